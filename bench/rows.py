"""Row 6: a module's list over 1,000,000 rows, every way to look at it, against the same page over 10,000; both engines.

The rows are organisations of the social register, made by the database itself: few kinds, twelve counties, twenty years
of days, names that begin alike. A page is read over HTTP from a service in a process of its own.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx2
from sqlalchemy import Engine, Table, text

from bench.measuring import Figure
from bench.pages import Reader, compared
from bench.upload import served
from cardsvc.commands.ground import plugged
from cardsvc.rows.counties import CODES
from cardsvc.rows.tables import table_of
from cardsvc.store.engine import WRITES
from tests.support.home import Service

LEADER = "1051"
LIST = "/office/modules/social_orgs/organisation"
PAGES = {
    "first page": "",
    "sorted by name": "sort=name",
    "sorted by day, down": "sort=registered_on&down=yes",
    "filtered": "f.kind=foundation",
    "filtered, sorted": "f.kind=association&sort=name",
    "two filters": "f.kind=association&f.level=county&sort=registered_on",
    "a county": "county=330324",
    "a county, sorted": "county=330324&sort=name&down=yes",
    "a month": "from=2015-03-01&to=2015-03-31",
    "nothing found": "f.kind=foundation&f.incubated_at=nowhere",
    "as of a day": "f.status=active&f.kind=association&as_of=2025-06-30",
}
SEARCHED = {"searched by name": "q=%E5%8D%8F%E4%BC%9A0007", "searched by a common beginning": "q=%E5%8D%8F"}
ROWS = """
INSERT INTO social_orgs_organisation (home_id, id, county, version, made_at, made_by, changed_at, changed_by, name,
    credit_code, kind, standing, level, status, registered_on, party, pilot, competent_unit)
WITH RECURSIVE number (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM number WHERE i < :many - 1)
SELECT 'WZ', {id}, substr(:counties, 1 + 6 * CAST(i % 12 AS INTEGER), 6), 1, :now, :who, :now, :who,
    '协会' || substr(CAST(10000000 + CAST(i AS BIGINT) * 7919 % 9999991 AS TEXT), 2), 'C' || CAST(i AS TEXT),
    {kind}, {standing}, {level}, {status},
    CAST(2005 + i % 20 AS TEXT) || '-' || substr(CAST(101 + i % 12 AS TEXT), 2) || '-' ||
        substr(CAST(101 + i % 28 AS TEXT), 2), {party}, i % 40 = 0, '民政局' || CAST(i % 50 AS TEXT)
FROM number
"""

HISTORY = """
INSERT INTO module_history (home_id, module, record, row_id, version, field, before, after, at, staff_no, move,
    log_no, day)
SELECT home_id, 'social_orgs', 'organisation', id, 2, 'status', 'active', status, made_at, :who, '', 1, '2026-03-01'
FROM social_orgs_organisation WHERE CAST(substr(id, 20) AS BIGINT) % 20 = 0
"""
"""Every twentieth was in force until March 2026."""


def _drawn(choices: list[str], step: int) -> str:
    """A choice of each, as SQL: the first ones are common, the last ones rare."""
    cases = " ".join(
        f"WHEN i * {step} % 100 < {100 - 100 // (n + 2)} THEN '{one}'" for n, one in enumerate(choices[:-1])
    )
    return f"CASE {cases} ELSE '{choices[-1]}' END" if cases else f"'{choices[0]}'"


def made(row_id: str) -> str:
    """The statement that makes the rows, each with its id as the engine makes 32 digits of its number `i`."""
    record = plugged()["social_orgs"].record("organisation")
    names = ("kind", "standing", "level", "status", "party")
    drawn = {name: _drawn(list(record.column(name).choices), 7 + 2 * n) for n, name in enumerate(names)}
    return ROWS.format(id=row_id, **drawn)


def filled(engine: Engine, many: int, now: datetime) -> Table:
    """Fill the register with so many rows; its table."""
    table = table_of("social_orgs", plugged()["social_orgs"].record("organisation"))
    postgres = engine.dialect.name == "postgresql"
    row_id = "lpad(CAST(i AS TEXT), 32, '0')" if postgres else "printf('%032d', i)"
    values = {"many": many, "counties": "".join(CODES), "now": now if postgres else now.isoformat(), "who": LEADER}
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        for index in table.indexes:
            index.drop(connection)  # and made again at once: a million rows into each took over ten minutes on SQLite
        connection.execute(text(made(row_id)), values)
        for index in table.indexes:
            index.create(connection)
    return table


@contextmanager
def home_with(dsn: str, many: int) -> Iterator[Reader]:
    """A home whose register has so many rows, and somebody who reads it."""
    modules = tuple(plugged().values())
    service = Service(dsn, modules=modules)
    engine, began = service.context.engine, time.perf_counter()
    table = filled(engine, many, datetime.now(UTC))
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(text(HISTORY), {"who": LEADER})
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM (ANALYZE)"))  # as its own daemon does after so many rows
            connection.execute(text("CHECKPOINT"))
    with engine.connect() as connection:
        deep = connection.execute(
            text(f"SELECT id FROM {table.name} ORDER BY id LIMIT 1 OFFSET {many // 10}")
        ).scalar_one()
        name = connection.execute(
            text(f"SELECT id FROM {table.name} ORDER BY name, id LIMIT 1 OFFSET {many * 9 // 10}")
        ).one()
    service.close()
    print(f"  {many:,} rows made in {time.perf_counter() - began:,.0f} s", file=sys.stderr, flush=True)
    far = {
        "deep page": urlencode({"after": deep}),
        "deep page by name": urlencode({"sort": "name", "after": name.id}),
    }
    with served(dsn) as url, httpx2.Client(base_url=url, timeout=300) as desk:
        desk.post("/office/sign-in", data={"staff_no": LEADER, "password": LEADER * 2})
        yield Reader(desk, LIST, PAGES | far | SEARCHED)


def rows(quick: bool) -> list[Figure]:
    """Milliseconds of each page, on both engines."""
    return compared("rows", home_with, SEARCHED, quick)
