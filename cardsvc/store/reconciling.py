"""Read the books of a day at one moment, and keep what a night found."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, func, or_, select

from cardsvc.core import ledger
from cardsvc.core.books import Books, Count, Drawn, Money, Unsent, bounds
from cardsvc.core.case import Case
from cardsvc.core.facts import Stage, Step
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.ledger import Account, Transfer, deposits, receivable
from cardsvc.core.reconciliation import Findings
from cardsvc.core.terms import Payer
from cardsvc.store import drills
from cardsvc.store import tables as t
from cardsvc.store.open_money import at_counter
from cardsvc.store.working import CASE

FINDINGS = TypeAdapter(Findings)


@contextmanager
def one_moment(engine: Engine) -> Iterator[Connection]:
    """A connection whose reads all see the same moment, and that keeps no writer waiting."""
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**level) as connection, connection.begin():
        yield connection


def log_no_at(connection: Connection, home_id: HomeId, at: datetime) -> int:
    """The first log number at or after a moment. Log numbers and times grow together, so that halving finds it."""
    c = t.audit_link.c
    last = connection.execute(select(func.max(c.log_no)).where(c.home_id == home_id)).scalar_one() or 0
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        where = (c.home_id == home_id, c.log_no == middle)
        if connection.execute(select(c.at).where(*where)).scalar_one() < at:
            low = middle + 1
        else:
            high = middle
    return low


def cases_since(connection: Connection, home_id: HomeId, at: datetime, *, open_too: bool) -> tuple[Case, ...]:
    """The cases that something happened to since a moment; if asked, also all that are open or whose money is."""
    c = t.funeral_case.c
    moved = c.changed_log_no >= log_no_at(connection, home_id, at)
    where = or_(moved, c.stage != Stage.CLOSED.value, at_counter()) if open_too else moved
    rows = connection.execute(select(c.body).where(c.home_id == home_id, where).order_by(c.case_no))
    return tuple(CASE.validate_json(body) for body in rows.scalars())


def books(connection: Connection, home_id: HomeId, day: date, now: datetime) -> Books:
    """The books of a local day."""
    since, until = bounds(day)
    cases = cases_since(connection, home_id, since, open_too=True)
    numbers = {case.case_no for case in cases}
    o, m, k = t.occupancy.c, t.missing_record.c, t.mark.c
    occupied = connection.execute(select(o.kind, o.code, o.case_no).where(o.home_id == home_id))
    missing = connection.execute(
        select(m.journal_id, m.seq, m.case_no).where(m.home_id == home_id, m.resolved_at.is_(None))
    )
    labels = connection.execute(select(k.code, k.case_no).where(k.home_id == home_id, k.kind == "label"))
    return Books(
        day=day,
        now=now,
        cases=cases,
        occupancy={(row.kind, row.code): CaseNo(row.case_no) for row in occupied},
        count=_count(connection, home_id, since, until),
        drawn=tuple(one for one in _drawn(connection, home_id) if one.case_no in numbers),
        stock=_stock(connection, home_id),
        labels={row.code: CaseNo(row.case_no) for row in labels if row.case_no in numbers},
        money=_money(connection, home_id, numbers, _closed_at(cases)),
        unsent=_unsent(connection, home_id),
        missing=tuple((f"{row.journal_id}:{row.seq}", CaseNo(row.case_no) if row.case_no else None) for row in missing),
        red_drills=drills.open_red(connection, home_id),
    )


def _count(connection: Connection, home_id: HomeId, since: datetime, until: datetime) -> Count | None:
    c = t.body_count.c
    where = (c.home_id == home_id, c.at >= since, c.at < until)
    row = connection.execute(select(c.counted, c.recorded).where(*where).order_by(c.log_no.desc()).limit(1)).first()
    return Count(row.counted, row.recorded) if row is not None else None


def _drawn(connection: Connection, home_id: HomeId) -> Iterator[Drawn]:
    c = t.certificate.c
    for row in connection.execute(select(c.number, c.case_no, c.disc).where(c.home_id == home_id, c.state == "drawn")):
        yield Drawn(row.number, CaseNo(row.case_no), row.disc)


def _stock(connection: Connection, home_id: HomeId) -> int:
    c = t.certificate.c
    where = (c.home_id == home_id, c.state == "stock")
    return connection.execute(select(func.count()).select_from(t.certificate).where(*where)).scalar_one()


def _closed_at(cases: Iterable[Case]) -> dict[CaseNo, int]:
    """The log numbers at which cases were closed for a reason: what was open then, two people agreed to."""
    ends = ((case.case_no, case.last(Step.CLOSE)) for case in cases)
    return {
        case_no: int(end.cause.rpartition(":")[2])
        for case_no, end in ends
        if end is not None and end.reason is not None
    }


def _agreed(connection: Connection, home_id: HomeId, closed_at: Mapping[CaseNo, int]) -> dict[Account, int]:
    """The balances of these cases' accounts when they were closed, in fen."""
    x = t.transfer.c
    where = (x.home_id == home_id, x.case_no.in_(sorted(closed_at)))
    rows = connection.execute(select(x.case_no, x.log_no, x.debit, x.credit, x.amount_fen, x.memo).where(*where))
    return ledger.balances(
        Transfer(debit=Account(row.debit), credit=Account(row.credit), amount_fen=row.amount_fen, memo=row.memo)
        for row in rows
        if row.log_no <= closed_at[CaseNo(row.case_no)]
    )


def _money(
    connection: Connection, home_id: HomeId, numbers: set[CaseNo], closed_at: Mapping[CaseNo, int]
) -> dict[CaseNo, Money]:
    line, moved = t.bill_line.c, t.transfer.c
    sums = select(line.case_no, func.sum(line.price_fen)).where(line.home_id == home_id).group_by(line.case_no)
    charged = {case_no: int(amount) for case_no, amount in connection.execute(sums)}
    accounts: dict[CaseNo, dict[str, int]] = {}
    for side, sign in ((moved.debit, 1), (moved.credit, -1)):
        moves = select(moved.case_no, side, func.sum(moved.amount_fen)).where(moved.home_id == home_id)
        for case_no, account, amount in connection.execute(moves.group_by(moved.case_no, side)):
            balances = accounts.setdefault(CaseNo(case_no), {})
            balances[account] = balances.get(account, 0) + sign * int(amount)
    money, agreed = {}, _agreed(connection, home_id, closed_at)
    for number in numbers:
        balances = accounts.get(number, {})
        family, held = receivable(number, Payer.FAMILY), deposits(number)
        money[number] = Money(
            charged=charged.get(number, 0),
            revenue=-sum(amount for account, amount in balances.items() if account.startswith("revenue/")),
            balance=sum(balances.values()),
            owed=balances.get(family, 0) + balances.get(held, 0),
            by_other=balances.get(receivable(number, Payer.OTHER), 0),
            agreed=agreed.get(family, 0) + agreed.get(held, 0),
            agreed_other=agreed.get(receivable(number, Payer.OTHER), 0),
        )
    return money


def _unsent(connection: Connection, home_id: HomeId) -> tuple[Unsent, ...]:
    o, link = t.outbox.c, t.audit_link.c
    rows = connection.execute(
        select(o.log_no, o.entry_no, o.case_no, o.state, link.at)
        .join(t.audit_link, (link.home_id == o.home_id) & (link.log_no == o.log_no))
        .where(o.home_id == home_id, o.state != "sent")
        .order_by(o.log_no, o.entry_no)
    )
    return tuple(
        Unsent(
            f"{row.log_no}-{row.entry_no}", CaseNo(row.case_no) if row.case_no else None, row.at, row.state == "failed"
        )
        for row in rows
    )


def done(connection: Connection, home_id: HomeId, day: date) -> bool:
    """Whether the day has been reconciled."""
    c = t.reconciliation.c
    where = (c.home_id == home_id, c.day == day.isoformat())
    return connection.execute(select(c.log_no).where(*where).limit(1)).first() is not None


def first_done(connection: Connection, home_id: HomeId) -> date | None:
    """The first day that was ever reconciled."""
    c = t.reconciliation.c
    found = connection.execute(select(func.min(c.day)).where(c.home_id == home_id)).scalar_one()
    return date.fromisoformat(found) if found is not None else None


def done_since(connection: Connection, home_id: HomeId, day: date) -> set[date]:
    """The days from this one on that were reconciled."""
    c = t.reconciliation.c
    rows = connection.execute(select(c.day).where(c.home_id == home_id, c.day >= day.isoformat())).scalars()
    return {date.fromisoformat(one) for one in rows}


def keep(connection: Connection, home_id: HomeId, findings: Findings, log_no: int) -> None:
    """Keep what was found."""
    values = {"day": findings.day.isoformat(), "made_at": findings.at, "body": findings.model_dump_json()}
    connection.execute(t.reconciliation.insert().values(home_id=home_id, log_no=log_no, **values))


def found_on(connection: Connection, home_id: HomeId, day: date) -> list[Findings]:
    """What was found of a day, the newest first."""
    c = t.reconciliation.c
    rows = connection.execute(
        select(c.body).where(c.home_id == home_id, c.day == day.isoformat()).order_by(c.log_no.desc())
    )
    return [FINDINGS.validate_json(body) for body in rows.scalars()]


def nights(connection: Connection, home_id: HomeId, most: int = 40) -> list[Findings]:
    """The newest result of each of the last days."""
    c = t.reconciliation.c
    rows = connection.execute(
        select(c.body).where(c.home_id == home_id).order_by(c.day.desc(), c.log_no.desc()).limit(most * 3)
    )
    newest: dict[date, Findings] = {}
    for body in rows.scalars():
        found = FINDINGS.validate_json(body)
        newest.setdefault(found.day, found)
    return list(newest.values())[:most]
