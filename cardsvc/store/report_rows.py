"""From a figure of a report down to its rows, a page at a time by key; together the rows are the figure, to the fen.

Names are in the order of their bytes, here and in the database, whatever order the database itself has.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, or_, select, text, true, tuple_

from cardsvc.core.facts import Step, StepTaken, step_of
from cardsvc.core.ids import HomeId
from cardsvc.core.ledger import Account
from cardsvc.core.reporting import OF_LOST_BOOKS, Period, Rows, What, since_of
from cardsvc.core.trial_balance import case_of
from cardsvc.store import business_days, counted_steps, price_books, reports, short
from cardsvc.store import tables as t
from cardsvc.store.business_days import Range
from cardsvc.store.summing import FOREVER, SAYS
from cardsvc.store.tables.money import OF_THE_HOME
from cardsvc.store.working import FACT

SEEN = (What.CAME, What.WENT)
LINES = (What.PRICE, What.WAIVER, What.DUE)
_NUMBERED = re.compile(r"([A-Za-z0-9_.-]{1,32})\|([0-9]{1,18})\|([0-9]{1,9})", re.ASCII)
KEYS: Mapping[What, re.Pattern[str]] = {
    **dict.fromkeys((*LINES, *SEEN), _NUMBERED),
    What.STANDS: re.compile(r"([0-9-]{10})\|([a-zA-Z0-9/_-]{1,60})", re.ASCII),
    What.TO_REST: re.compile(r"([A-Z0-9-]{1,20})", re.ASCII),
    What.TAPS: re.compile(r"([0-9]{1,18})\|([A-Z0-9-]{1,20})", re.ASCII),
    **dict.fromkeys(OF_LOST_BOOKS, re.compile(r"([0-9]{1,18})\|([A-Z0-9-]{1,20})\|([0-9]{1,9})", re.ASCII)),
}
"""How the places of rows in their lists are written; what is none of them begins at the first page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a figure: `key` is its place in the list, `name` an item, a reason, a step or since when it stands.

    `value` in fen, or 1 for a tap or a case; `who` a payer, a cashier or a person; `at` when it was posted. Of what
    lost books paid out: the `second` person and the `reason` too.
    """

    key: str
    case_no: str
    at: datetime | None
    name: str
    who: str
    value: int
    cause: str
    observed: bool | None = None
    second: str = ""
    reason: str = ""


def page(connection: Connection, home_id: HomeId, asked: Rows, period: Period, after: str, most: int) -> list[Row]:
    """A page of a figure's rows, the earliest first, and one more; `after` is the key of the last one seen."""
    place = KEYS[asked.what].fullmatch(after)
    key = list(place.groups()) if place is not None else []
    range_ = business_days.of_days(connection, home_id, *period)
    if asked.what in LINES:
        return _lines(connection, home_id, asked, period, range_, key, most)
    if asked.what in SEEN:
        return _transfers(connection, home_id, asked, period, range_, key, most)
    if asked.what is What.STANDS:
        return _standing(connection, home_id, asked, reports.last_begun(connection, home_id, period), key, most)
    if asked.what in OF_LOST_BOOKS:
        return _short(connection, home_id, asked, period, key, most)
    if asked.what is What.TO_REST:
        return _to_rest(connection, home_id, period, key, most)
    return _taps(connection, home_id, asked, range_, key, most)


def _within(log_no: Any, range_: Range) -> list[ColumnElement[bool]]:
    return [log_no >= range_.first] + ([log_no < range_.end] if range_.end is not None else [])


def _says(connection: Connection, what: str) -> ColumnElement[Any]:
    return literal_column(SAYS[connection.dialect.name][what])


def _lines(
    connection: Connection, home_id: HomeId, asked: Rows, period: Period, range_: Range, key: list[str], most: int
) -> list[Row]:
    """Item by item, as the index has them; the summary says which items there are."""
    x, k, s, f = t.bill_line.c, t.audit_link.c, t.revenue_day.c, t.fact.alias("f")
    value = {What.PRICE: x.price_fen, What.WAIVER: x.waiver_fen, What.DUE: x.due_fen}[asked.what]
    days = (s.home_id == home_id, s.day >= period.first.isoformat(), s.day <= period.last.isoformat())
    items = sorted(connection.execute(select(s.item, s.price_version).where(*days).distinct()).all())
    if asked.regime is not None:
        regimes = price_books.regimes(connection, home_id)
        items = [one for one in items if regimes.get((one.price_version, one.item), "") == asked.regime]
    versions: dict[str, list[str]] = {}
    for one in items:
        versions.setdefault(one.item, []).append(one.price_version)
    where = [x.home_id == home_id, value != 0, *_within(x.log_no, range_)]
    of_fact = and_(f.c.home_id == x.home_id, f.c.case_no == x.case_no, f.c.log_no == x.log_no)
    category: ColumnElement[Any] = literal_column(
        SAYS[connection.dialect.name]["first"].format("bill_line.waiver_source")
    )
    for column, wanted in (
        (x.payer, asked.payer),
        (func.coalesce(x.waiver_payer, ""), asked.waiver_payer),
        (category, asked.waiver_for),
        (func.coalesce(_says(connection, "station"), ""), asked.station),
    ):
        if wanted is not None:
            where.append(column == wanted)
    found: list[Row] = []
    for item, of in versions.items():
        if (asked.item is not None and item != asked.item) or (key and item < key[0]):
            continue
        place = tuple_(x.log_no, x.line_no) > (int(key[1]), int(key[2])) if key and item == key[0] else true()
        rows = connection.execute(
            select(t.bill_line, value.label("value"), k.at.label("posted"))
            .outerjoin(f, of_fact)
            .outerjoin(t.audit_link, (k.home_id == x.home_id) & (k.log_no == x.log_no))
            .where(*where, x.item == item, x.price_version.in_(of), place)
            .order_by(x.log_no, x.line_no)
            .limit(most + 1 - len(found))
        )
        found += [
            Row(f"{item}|{one.log_no}|{one.line_no}", one.case_no, one.posted, item, one.payer, one.value, one.cause)
            for one in rows
        ]
        if len(found) > most:
            break
    return found


def _transfers(
    connection: Connection, home_id: HomeId, asked: Rows, period: Period, range_: Range, key: list[str], most: int
) -> list[Row]:
    """Till by till, as the index has them."""
    x, k, m, f = t.transfer.c, t.audit_link.c, t.money_day.c, t.fact.alias("f")
    side = x.debit if asked.what is What.CAME else x.credit
    days = (m.home_id == home_id, m.day >= period.first.isoformat(), m.day <= period.last.isoformat())
    tills = sorted(connection.execute(select(m.means).where(*days).distinct()).scalars())
    staff = func.coalesce(_says(connection, "staff"), "")
    where = [x.home_id == home_id, *_within(x.log_no, range_)]
    where += [x.memo == asked.memo] if asked.memo is not None else []
    where += [staff == asked.cashier] if asked.cashier is not None else []
    of_fact = and_(f.c.home_id == x.home_id, f.c.case_no == x.case_no, f.c.log_no == x.log_no)
    found: list[Row] = []
    for means in tills:
        if (asked.means is not None and means != asked.means) or (key and means < key[0]):
            continue
        place = tuple_(x.log_no, x.entry_no) > (int(key[1]), int(key[2])) if key and means == key[0] else true()
        rows = connection.execute(
            select(t.transfer, staff.label("cashier"), k.at.label("posted"))
            .outerjoin(f, of_fact)
            .outerjoin(t.audit_link, (k.home_id == x.home_id) & (k.log_no == x.log_no))
            .where(*where, side == f"till/{means}", text(OF_THE_HOME.format(f"transfer.{side.name}")), place)
            .order_by(x.log_no, x.entry_no)
            .limit(most + 1 - len(found))
        )
        found += [
            Row(
                f"{means}|{one.log_no}|{one.entry_no}",
                *(one.case_no, one.posted, one.memo, one.cashier, one.amount_fen, one.cause),
            )
            for one in rows
        ]
        if len(found) > most:
            break
    return found


def _standing(
    connection: Connection, home_id: HomeId, asked: Rows, as_of: date, key: list[str], most: int
) -> list[Row]:
    """Accounts that stood at the end of a day, the longest first."""
    c = t.account_spell.c
    day, kind = as_of.isoformat(), asked.kind or ""
    where: list[ColumnElement[bool]] = [c.home_id == home_id, c.since <= day]
    where.append(or_(c.kind == kind, and_(c.kind > f"{kind}/", c.kind < f"{kind}0")))
    if asked.age is not None:
        first, last = since_of(asked.age, as_of)
        where += [c.since >= first.isoformat(), c.since <= last.isoformat()]
    if key:
        where.append(tuple_(c.since, c.account) > (key[0], key[1]))
    spells: list[Any] = []
    for stands in (c.until == FOREVER, and_(c.until > day, c.until < FOREVER)):
        listed = select(t.account_spell).where(*where, stands).order_by(c.since, c.account).limit(most + 1)
        spells += connection.execute(listed).all()
    spells = sorted(spells, key=lambda one: (one.since, one.account))[: most + 1]
    fen = _balances(
        connection, home_id, [one.account for one in spells], business_days.ends(connection, home_id, as_of)
    )
    return [
        Row(
            f"{one.since}|{one.account}",
            *(case_of(Account(one.account)) or "", None, one.since, one.kind),
            *(fen.get(one.account, 0) * (1 if one.kind.startswith("receivable/") else -1), ""),
        )
        for one in spells
    ]


def _balances(connection: Connection, home_id: HomeId, accounts: list[str], end: int | None) -> dict[str, int]:
    """Debits less credits of accounts before a log number, from their cases' transfers."""
    x = t.transfer.c
    cases = {case_of(Account(one)) for one in accounts}
    where = [x.home_id == home_id, x.case_no.in_(cases)] + ([x.log_no < end] if end is not None else [])
    sums: dict[str, int] = {}
    for debit, credit, fen in connection.execute(select(x.debit, x.credit, x.amount_fen).where(*where)):
        sums[debit] = sums.get(debit, 0) + fen
        sums[credit] = sums.get(credit, 0) - fen
    return sums


def _short(
    connection: Connection, home_id: HomeId, asked: Rows, period: Period, key: list[str], most: int
) -> list[Row]:
    """What moved what lost books paid out: in the period, or until its end where what is left is asked for."""
    range_ = business_days.of_days(connection, home_id, *period)
    if asked.what is What.LEFT:
        as_of = reports.last_begun(connection, home_id, period)
        range_ = Range(1, business_days.ends(connection, home_id, as_of))
    after = (int(key[0]), key[1], int(key[2])) if key else None
    found: list[Row] = []
    for one in short.pieces(connection, home_id, range_):
        value = one.into(asked.kind or "") if asked.what is What.LEFT else one.counts(asked.what)
        if value and asked.memo in (None, one.memo) and (after is None or one.key > after):
            fact = FACT.validate_json(one.body) if one.body is not None else None
            reason = fact.body.details.reason if fact is not None and isinstance(fact.body, StepTaken) else None
            people = (fact.staff_no, fact.second_staff_no or "") if fact is not None else ("", "")
            name = "|".join(map(str, one.key))
            seen = (one.key[1], one.at, one.memo, people[0], value, one.cause)
            found.append(Row(name, *seen, second=people[1], reason=reason or ""))
    return found[: most + 1]


def _to_rest(connection: Connection, home_id: HomeId, period: Period, key: list[str], most: int) -> list[Row]:
    """Cases with ashes that wait, and when these were sealed last."""
    k, f, a = t.funeral_case.c, t.fact.alias("f"), t.audit_link.c
    sealed = (f.c.home_id == k.home_id, f.c.case_no == k.case_no, _says(connection, "step") == Step.SEAL.value)
    last = select(func.max(f.c.log_no)).where(*sealed).scalar_subquery()
    at = select(a.at).where(a.home_id == k.home_id, a.log_no == last)
    where = [*counted_steps.unrested(connection, home_id, period), *([k.case_no > key[0]] if key else [])]
    asked = select(k.case_no, at.scalar_subquery().label("at")).where(*where).order_by(k.case_no).limit(most + 1)
    return [Row(one.case_no, one.case_no, one.at, Step.SEAL.value, "", 1, "") for one in connection.execute(asked)]


def _taps(connection: Connection, home_id: HomeId, asked: Rows, range_: Range, key: list[str], most: int) -> list[Row]:
    f, k = t.fact.alias("f"), t.audit_link.c
    where = [f.c.home_id == home_id, *_within(f.c.log_no, range_)]
    if asked.station is not None:
        where.append(_says(connection, "station") == asked.station)
    if asked.observed is not None:
        where.append(_says(connection, "observed") == int(asked.observed))
    if asked.step is not None:
        where.append(_says(connection, "step") == asked.step)
    if key:
        where.append(tuple_(f.c.log_no, f.c.case_no) > (int(key[0]), key[1]))
    rows = connection.execute(
        select(f.c.log_no, f.c.case_no, f.c.body, f.c.cause, k.at.label("posted"))
        .outerjoin(t.audit_link, (k.home_id == f.c.home_id) & (k.log_no == f.c.log_no))
        .where(*where)
        .order_by(f.c.log_no, f.c.case_no)
        .limit(most + 1)
    )
    return [row for one in rows for row in _tap(one)]


def _tap(one: Any) -> Iterator[Row]:
    fact = FACT.validate_json(one.body)
    step = step_of(fact)
    name = step.value if step is not None else ""
    key = f"{one.log_no}|{one.case_no}"
    yield Row(key, one.case_no, fact.at, name, fact.staff_no, 1, one.cause, fact.observed)
