"""The summaries made anew from what they sum: for `verify`, and for a database that had none.

The database keeps them itself (schema.sql); nothing else writes there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Table, select, text

from cardsvc.core.day_close import row_of
from cardsvc.core.ids import HomeId
from cardsvc.core.ledger import Account
from cardsvc.store import business_days
from cardsvc.store import tables as t

FOREVER = "9999-12-31"
"""Until when something stands that stands still."""
LONG_AGO = "0001-01-01"
"""Since when something stands, in a month's carried sums, that had stood for more than a year when the month began."""
YEAR = timedelta(days=366)
"""From so many days on it is of the last age (core.reporting.AGES), on whichever day of the month one asks."""
_FACT = "LEFT JOIN fact AS f ON f.home_id = x.home_id AND f.case_no = x.case_no AND f.log_no = x.log_no"
_DAYS = "(SELECT array_agg({0} ORDER BY from_log_no) FROM business_day WHERE home_id = :home)"
SAYS: Mapping[str, Mapping[str, str]] = {
    "sqlite": {
        "day": (
            "(SELECT day FROM business_day AS d WHERE d.home_id = x.home_id AND d.from_log_no <= x.log_no"
            " ORDER BY d.from_log_no DESC LIMIT 1)"
        ),
        "station": "json_extract(f.body, '$.station_kind')",
        "staff": "json_extract(f.body, '$.staff_no')",
        "observed": "json_extract(f.body, '$.observed')",
        "step": "CASE json_extract(f.body, '$.body.kind') WHEN 'booked' THEN 'book'"
        " ELSE json_extract(f.body, '$.body.step') END",
        "first": "substr(COALESCE({0}, ''), 1, instr(COALESCE({0}, '') || ' ', ' ') - 1)",
    },
    "postgresql": {
        # It would look through all days for each row: found in an array, a row costs a tenth of it.
        "day": f"({_DAYS.format('day')})[width_bucket(x.log_no, {_DAYS.format('from_log_no')})]",
        "station": "f.body::jsonb ->> 'station_kind'",
        "staff": "f.body::jsonb ->> 'staff_no'",
        "observed": "(f.body::jsonb ->> 'observed')::boolean::int",
        "step": "CASE f.body::jsonb -> 'body' ->> 'kind' WHEN 'booked' THEN 'book'"
        " ELSE f.body::jsonb -> 'body' ->> 'step' END",
        "first": "split_part(COALESCE({0}, ''), ' ', 1)",
    },
}
SUMMED = {
    "revenue_day": (
        f"SELECT x.home_id, {{day}}, x.item, x.payer, COALESCE({{station}}, ''), x.price_version,"
        " COALESCE(x.waiver_payer, ''), {category}, count(*), sum(x.price_fen), sum(x.waiver_fen), sum(x.due_fen)"
        f" FROM bill_line AS x {_FACT} WHERE x.home_id = :home GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
    ),
    "money_day": (
        f"SELECT x.home_id, {{day}}, substr(x.side, 6), COALESCE({{staff}}, ''), x.memo, count(*), sum(x.came),"
        " sum(x.went) FROM (SELECT home_id, case_no, log_no, memo, debit AS side, amount_fen AS came, 0 AS went"
        " FROM transfer WHERE debit LIKE 'till/%' UNION ALL SELECT home_id, case_no, log_no, memo, credit, 0,"
        f" amount_fen FROM transfer WHERE credit LIKE 'till/%') AS x {_FACT}"
        " WHERE x.home_id = :home GROUP BY 1, 2, 3, 4, 5"
    ),
    "tap_day": (
        f"SELECT x.home_id, {{day}}, {{station}}, {{observed}}, count(*) FROM fact AS x {_FACT}"
        " WHERE x.home_id = :home GROUP BY 1, 2, 3, 4"
    ),
}
_SIDE = "SELECT x.{side} AS account, {{day}} AS day, {sums} FROM transfer AS x WHERE x.home_id = :home"
_MOVED = (
    "SELECT account, day, sum(debits) AS debits, sum(credits) AS credits FROM ("
    + _SIDE.format(side="debit", sums="x.amount_fen AS debits, 0 AS credits")
    + " UNION ALL "
    + _SIDE.format(side="credit", sums="0, x.amount_fen")
    + ") AS sides WHERE account LIKE 'receivable/%' OR account LIKE 'deposit/%' OR account LIKE 'suspense/%'"
    " GROUP BY account, day ORDER BY account, day"
)


@dataclass(slots=True)
class Standing:
    """How long each account of a case has stood, and what days moved by it."""

    spells: list[tuple[str, str, str, str]] = field(default_factory=list)
    "(account, since, kind, until)"
    days: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    "(day, kind, since): debits and credits, in fen"


def standing(moved: Iterable[tuple[str, str, int, int]]) -> Standing:
    """Spells and their movements from (account, day, debits, credits), ordered by account and day.

    A spell begins with the first day that moves an account which was even, and is over on the day that ends even; what
    a day takes away and brings back has not been away.
    """
    found = Standing()
    for account, days in groupby(moved, key=lambda one: one[0]):
        balance, since, until, kind = 0, "", "", row_of(Account(account))
        for _, day, debits, credits_ in days:
            if balance == 0:
                if since:
                    found.spells.append((account, since, kind, until))
                since = day
            balance += debits - credits_
            until = FOREVER if balance else day
            sums = found.days.setdefault((day, kind, since), [0, 0])
            sums[0] += debits
            sums[1] += credits_
        found.spells.append((account, since, kind, until))
    return found


def carried(days: Mapping[tuple[str, str, str], list[int]], months: Iterable[str]) -> dict[tuple[str, str, str], int]:
    """What stood as each month began, from what days moved (`Standing.days`): (month, kind, since) to fen.

    `months`: the first day of each in which something was posted, in order.
    """
    found: dict[tuple[str, str, str], int] = {}
    stands: dict[tuple[str, str], int] = {}
    moved = sorted(days.items(), reverse=True)
    for month in months:
        while moved and moved[-1][0][0] < month:
            (_, kind, since), (debit, credit) = moved.pop()
            stands[kind, since] = stands.get((kind, since), 0) + debit - credit
        old = (date.fromisoformat(month) - YEAR).isoformat()
        for (kind, since), fen in stands.items():
            key = (month, kind, since if since > old else LONG_AGO)
            found[key] = found.get(key, 0) + fen
    return {key: fen for key, fen in found.items() if fen}


def fill(connection: Connection, home_id: HomeId) -> None:
    """Sum up what a home has that was posted before there were summaries; its business days first."""
    days = [
        {"home_id": home_id, "from_log_no": log_no, "day": day}
        for log_no, day in business_days.from_log(connection, home_id)
    ]
    if not days:
        return
    connection.execute(t.business_day.insert(), days)
    connection.execute(t.log_head.update().where(t.log_head.c.home_id == home_id).values(day=days[-1]["day"]))
    for name in SUMMED:
        connection.execute(text(f"INSERT INTO {name} {_sql(connection, name)}"), {"home": home_id})
    found = _standing(connection, home_id)
    spells = (dict(zip(("account", "since", "kind", "until"), one, strict=True)) for one in found.spells)
    _insert(connection, t.account_spell, home_id, spells)
    rows = (
        {"day": day, "kind": kind, "since": since, "debit_fen": debit, "credit_fen": credit}
        for (day, kind, since), (debit, credit) in found.days.items()
    )
    _insert(connection, t.standing_day, home_id, rows)
    months = (
        {"month": month, "kind": kind, "since": since, "fen": fen}
        for (month, kind, since), fen in _carried(connection, home_id, found).items()
    )
    _insert(connection, t.standing_month, home_id, months)


def _insert(connection: Connection, table: Table, home_id: HomeId, rows: Iterator[dict[str, Any]]) -> None:
    while some := [{"home_id": home_id, **one} for one in islice(rows, 10_000)]:
        connection.execute(table.insert(), some)


def faults(connection: Connection, home_id: HomeId) -> Iterator[str]:
    """Days and sums that are not what was posted, in words."""
    yield from business_days.faults(connection, home_id)
    found = _standing(connection, home_id)
    made: dict[str, set[tuple[Any, ...]]] = {
        name: _plain(connection.execute(text(_sql(connection, name)), {"home": home_id})) for name in SUMMED
    }
    made["account_spell"] = {(home_id, *one) for one in found.spells}
    made["standing_day"] = {(home_id, *key, *sums) for key, sums in found.days.items()}
    months = _carried(connection, home_id, found)
    made["standing_month"] = {(home_id, *key, fen) for key, fen in months.items()}
    for name, rows in made.items():
        table = t.metadata.tables[name]
        kept = _plain(connection.execute(select(table).where(table.c.home_id == home_id)))
        for row in sorted(rows ^ kept, key=str):
            yield f"{name} is not what was posted: {' '.join(str(one) for one in row[1:4])}"


def _standing(connection: Connection, home_id: HomeId) -> Standing:
    moved = text(_MOVED.format(day=SAYS[connection.dialect.name]["day"]))
    rows = connection.execute(moved.execution_options(yield_per=1_000), {"home": home_id})
    return standing((row.account, row.day, int(row.debits), int(row.credits)) for row in rows)


def _carried(connection: Connection, home_id: HomeId, found: Standing) -> dict[tuple[str, str, str], int]:
    return carried(found.days, business_days.months(connection, home_id))


def _sql(connection: Connection, name: str) -> str:
    says = SAYS[connection.dialect.name]
    return SUMMED[name].format(**says, category=says["first"].format("x.waiver_source"))


def _plain(rows: Iterable[Any]) -> set[tuple[Any, ...]]:
    return {tuple(one if isinstance(one, str | None) else int(one) for one in row) for row in rows}
