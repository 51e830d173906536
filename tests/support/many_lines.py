"""The books of half_year loaded at once: their rows while the triggers sleep, then the sums by the product's own fill.

A test holds a small load against what the triggers make of the same books.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, text

from cardsvc.core.ids import HomeId
from cardsvc.store import summing
from cardsvc.store import tables as t
from tests.support.half_year import ORDER, Books

DAYS = 30
"""So many days are one transaction."""
BALANCES = """
INSERT INTO account
SELECT home_id, account, sum(debits), sum(credits), 0 FROM (
    SELECT home_id, debit AS account, amount_fen AS debits, 0 AS credits FROM transfer
    UNION ALL SELECT home_id, credit, 0, amount_fen FROM transfer
) AS sides GROUP BY home_id, account
"""


def load(engine: Engine, home_id: HomeId, cases: int) -> None:
    """Load so many cases into a founded home in which nothing was posted."""
    with _quick(engine) as connection:
        of_home = t.log_head.c.home_id == home_id
        books = Books(home_id, cases, connection.execute(t.log_head.select().where(of_home)).one().log_no)
        for number, rows in enumerate(books.days(), 1):
            for name in ORDER[1:]:
                _insert(connection, name, rows[name])
            if number % DAYS == 0:
                connection.commit()
                connection.begin()
        connection.execute(t.log_head.update().where(of_home).values(log_no=books.log_no))
        connection.execute(text(BALANCES))
        connection.commit()
        connection.execute(text("ANALYZE"))
        connection.execute(t.business_day.delete())
        summing.fill(connection, home_id)
        connection.commit()


@contextmanager
def _quick(engine: Engine) -> Iterator[Connection]:
    """A connection on which no trigger wakes; on SQLite they are away until it is closed."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text("SET work_mem = '512MB'"))
            yield connection
            connection.execute(text("SET session_replication_role = DEFAULT"))
            connection.execute(text("RESET work_mem"))
            connection.commit()
            return
        triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        connection.exec_driver_sql("PRAGMA cache_size = -1000000")
        for one in triggers:
            connection.execute(text(f"DROP TRIGGER {one.name}"))
        yield connection
        for one in triggers:
            connection.exec_driver_sql(one.sql)
        connection.commit()
        connection.invalidate()


def _insert(connection: Connection, name: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    moments = [key for key in rows[0] if isinstance(t.metadata.tables[name].columns[key].type, t.Moment)]
    columns = ", ".join(rows[0])
    if connection.dialect.name == "postgresql":
        with connection.connection.cursor().copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))
        return
    as_text = t.Moment().process_bind_param
    for row in rows:
        for key in moments:
            row[key] = as_text(row[key], connection.dialect)
    places = ", ".join(f":{key}" for key in rows[0])
    connection.exec_driver_sql(f"INSERT INTO {name} ({columns}) VALUES ({places})", rows)
