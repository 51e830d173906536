"""Numbered stocks of forms: certificates, which only a closed furnace record draws, and receipts of two families.

DOMAIN.md sections 6 and 7. What one stock can do, all can: received, handed on, drawn, void, counted.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, TextClause, func, select, text, update

from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem
from cardsvc.core.receipts import Family
from cardsvc.core.stock import Count, FormState
from cardsvc.core.terms import Reason
from cardsvc.store import tables as t
from cardsvc.store.working import WorkingSet

PAGE = 50
COUNTS, ACTS = 20, 30
COUNT = TypeAdapter(Count)


@dataclass(frozen=True, slots=True)
class Stock:
    """A stock: how the log calls it, its tables and its own rows in them, and who keeps it.

    `acts` are its audit links, as an index of schema.sql has them; `not_blank` says of numbers that they are no blank
    forms of it.
    """

    name: str
    forms: Table
    counts: Table
    keep: Action
    acts: TextClause
    not_blank: Problem
    own: Mapping[str, str] = field(default_factory=dict)

    def mine(self, table: Table, home_id: HomeId) -> list[Any]:
        """Says of a row that it is of this stock."""
        return [table.c.home_id == home_id, *(table.c[name] == value for name, value in self.own.items())]


CERTIFICATES = Stock(
    name="certificates",
    forms=t.certificate,
    counts=t.certificate_count,
    keep=Action.KEEP_CERTIFICATES,
    not_blank=Problem.CERTIFICATE_NOT_STOCK,
    acts=text("substr(what, 1, 13) = 'certificates '"),
)
RECEIPTS: Mapping[Family, Stock] = {
    family: Stock(
        name=f"receipts {family}",
        forms=t.receipt,
        counts=t.receipt_count,
        keep=Action.KEEP_RECEIPTS,
        not_blank=Problem.RECEIPT_NOT_STOCK,
        acts=text(f"substr(what, 1, 9) = 'receipts ' AND substr(what, 10, {len(family) + 1}) = '{family} '"),
        own={"family": family.value},
    )
    for family in Family
}


@dataclass(frozen=True, slots=True)
class Form:
    """A numbered form, and what has become of it."""

    number: str
    state: FormState
    batch: str
    held_by: StaffNo | None
    case_no: CaseNo | None
    shown_name: str | None
    drawn_at: datetime | None
    drawn_by: StaffNo | None
    void_at: datetime | None
    void_why: Reason | None
    void_by: StaffNo | None
    void_second: StaffNo | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of the stock by hand."""

    log_no: int
    at: datetime
    staff_no: StaffNo
    counted: int
    recorded: int
    differences: Count


def next_certificate(tx: WorkingSet) -> str | None:
    """The next number of the stock that this transaction has not drawn; None when the stock is empty."""
    c = t.certificate.c
    rows = tx.connection.execute(
        select(c.number).where(c.home_id == tx.home_id, c.state == "stock").order_by(c.number).limit(1 + len(tx.drawn))
    ).scalars()
    return next((number for number in rows if number not in tx.drawn), None)


def states(connection: Connection, stock: Stock, home_id: HomeId, numbers: Collection[str]) -> dict[str, FormState]:
    """What has become of those of the numbers that the home ever received."""
    c, wanted = stock.forms.c, sorted(numbers)
    found: dict[str, FormState] = {}
    for first in range(0, len(wanted), 500):
        some = wanted[first : first + 500]
        rows = connection.execute(
            select(c.number, c.state).where(*stock.mine(stock.forms, home_id), c.number.in_(some))
        )
        found |= {row.number: FormState(row.state) for row in rows}
    return found


def add(
    connection: Connection, stock: Stock, home_id: HomeId, numbers: Iterable[str], batch: str, held_by: StaffNo
) -> None:
    """New numbers in the stock, in somebody's keeping."""
    rows = [
        {"home_id": home_id, "number": number, "state": "stock", "batch": batch, "held_by": held_by, **stock.own}
        for number in numbers
    ]
    connection.execute(stock.forms.insert(), rows)


def change(
    connection: Connection, stock: Stock, home_id: HomeId, numbers: Iterable[str], values: Mapping[str, Any]
) -> None:
    """The same change to each of these forms."""
    wanted = sorted(numbers)
    for first in range(0, len(wanted), 500):
        some = wanted[first : first + 500]
        these = (*stock.mine(stock.forms, home_id), stock.forms.c.number.in_(some))
        connection.execute(update(stock.forms).where(*these).values(**values))


def in_stock(connection: Connection, stock: Stock, home_id: HomeId, held_by: str | None = None) -> list[str]:
    """The numbers that are in the stock, or in somebody's keeping."""
    c = stock.forms.c
    where = [*stock.mine(stock.forms, home_id), c.state == "stock"] + ([c.held_by == held_by] if held_by else [])
    return list(connection.execute(select(c.number).where(*where).order_by(c.number)).scalars())


def keepers(connection: Connection, stock: Stock, home_id: HomeId) -> list[tuple[StaffNo | None, int, str, str]]:
    """Who keeps how many forms of the stock, with their first and last number."""
    c = stock.forms.c
    rows = connection.execute(
        select(c.held_by, func.count(), func.min(c.number), func.max(c.number))
        .where(*stock.mine(stock.forms, home_id), c.state == "stock")
        .group_by(c.held_by)
        .order_by(c.held_by)
    )
    return [(StaffNo(who) if who else None, count, first, last) for who, count, first, last in rows]


def figures(connection: Connection, stock: Stock, home_id: HomeId) -> dict[FormState, int]:
    """How many forms are in each state."""
    c, ours = stock.forms.c, stock.mine(stock.forms, home_id)
    rows = connection.execute(select(c.state, func.count()).where(*ours).group_by(c.state))
    return dict.fromkeys(FormState, 0) | {FormState(state): count for state, count in rows}


def page(connection: Connection, stock: Stock, home_id: HomeId, state: FormState | None, after: str) -> list[Form]:
    """A page of forms and one more, by number, from the one after `after` on."""
    c = stock.forms.c
    where = [*stock.mine(stock.forms, home_id), c.number > after] + ([c.state == state.value] if state else [])
    return _forms(connection, stock, where, PAGE + 1)


def form(connection: Connection, stock: Stock, home_id: HomeId, number: str) -> Form | None:
    """One form; None for a number that the home never received."""
    where = [*stock.mine(stock.forms, home_id), stock.forms.c.number == number]
    return next(iter(_forms(connection, stock, where, 1)), None)


def _forms(connection: Connection, stock: Stock, where: Sequence[Any], most: int) -> list[Form]:
    c, f = stock.forms.c, t.funeral_case.c
    of_case = (f.home_id == c.home_id) & (f.case_no == c.case_no)
    rows = connection.execute(
        select(stock.forms, f.shown_name)
        .outerjoin(t.funeral_case, of_case)
        .where(*where)
        .order_by(c.number)
        .limit(most)
    )
    return [
        Form(
            number=row.number,
            state=FormState(row.state),
            batch=row.batch,
            held_by=row.held_by,
            case_no=row.case_no,
            shown_name=row.shown_name,
            drawn_at=row.drawn_at,
            drawn_by=row.drawn_by,
            void_at=row.void_at,
            void_why=Reason(row.void_why) if row.void_why is not None else None,
            void_by=row.void_by,
            void_second=row.void_second,
        )
        for row in rows
    ]


def add_count(connection: Connection, stock: Stock, home_id: HomeId, one: Counted) -> None:
    """Keep a count."""
    connection.execute(
        stock.counts.insert().values(
            home_id=home_id,
            log_no=one.log_no,
            at=one.at,
            staff_no=one.staff_no,
            counted=one.counted,
            recorded=one.recorded,
            body=one.differences.model_dump_json(exclude_none=True),
            **stock.own,
        )
    )


def counts(connection: Connection, stock: Stock, home_id: HomeId) -> list[Counted]:
    """The last counts, the newest first."""
    ours = stock.mine(stock.counts, home_id)
    rows = connection.execute(select(stock.counts).where(*ours).order_by(stock.counts.c.log_no.desc()).limit(COUNTS))
    return [
        Counted(row.log_no, row.at, row.staff_no, row.counted, row.recorded, COUNT.validate_json(row.body))
        for row in rows
    ]


def acts(connection: Connection, stock: Stock, home_id: HomeId) -> Sequence[Any]:
    """The last acts on the stock, as the audit log has them, the newest first."""
    c = t.audit_link.c
    return connection.execute(
        select(c.log_no, c.at, c.what, c.subject, c.staff_no)
        .where(c.home_id == home_id, stock.acts)
        .order_by(c.log_no.desc())
        .limit(ACTS)
    ).all()
