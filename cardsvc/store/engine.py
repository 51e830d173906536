"""Engines, the schema, and transactions that are run again when they collide.

A process refuses to start on a database that could lose what it has acknowledged (RELIABILITY.md promise 20).
"""

import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

__all__ = [
    "Connection",
    "Engine",
    "StoreConflict",
    "UnsafeStore",
    "create_schema",
    "open_engine",
    "statements",
    "transact",
]

T = TypeVar("T")
TRIES = 3
WRITES = "onecard_writes"
TYPES = {
    "postgresql": {"BYTES": "BYTEA", "MOMENT": "TIMESTAMPTZ", "WORDS": 'TEXT COLLATE "C"'},
    "sqlite": {"BYTES": "BLOB", "MOMENT": "TEXT", "WORDS": "TEXT"},
}
SCHEMA = Path(__file__).parents[2] / "schema.sql"


class StoreConflict(Exception):
    """Transactions collided more often than we try."""


class UnsafeStore(Exception):
    """The database could lose acknowledged rows; the message says which setting to change."""


def open_engine(dsn: str) -> Engine:
    """Connect. Raises UnsafeStore when the database is not durable."""
    if dsn.startswith("sqlite"):
        engine = create_engine(dsn, connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(engine, "connect", _sqlite_settings)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        engine = create_engine(dsn, pool_size=10, max_overflow=20, pool_pre_ping=True)
        event.listen(engine, "connect", _postgresql_settings)
        # Rows that are inserted together are one statement: its triggers sum them once, not row by row.
        engine.dialect.use_insertmanyvalues_wo_returning = True
    _refuse_unsafe(engine)
    return engine


def _postgresql_settings(connection: Any, _: Any) -> None:
    """No query of ours is compiled first: that took 760 ms of a figure of a half-year that is counted in 3 ms."""
    connection.execute("SET jit = off")
    connection.commit()


def _sqlite_settings(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Connection) -> None:
    """One writer: take the write lock at once, so that nobody fails half-way."""
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


def _refuse_unsafe(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            if connection.execute(text("PRAGMA synchronous")).scalar_one() < 2:
                raise UnsafeStore("SQLite runs with synchronous below FULL")
        elif connection.execute(text("SHOW fsync")).scalar_one() != "on":
            raise UnsafeStore("PostgreSQL runs with fsync = off: set it to on")


def statements(engine_name: str, schema: str | None = None) -> list[str]:
    """schema.sql for one engine, statement by statement; what belongs to a function or trigger is indented, or END."""
    source = schema if schema is not None else SCHEMA.read_text(encoding="utf-8")
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[engine_name]
    source = re.sub(rf"-- @{other}\n.*?-- @end\n", "", source, flags=re.DOTALL)
    source = re.sub(r"--[^\n]*", "", source)
    for word, kind in TYPES[engine_name].items():
        source = re.sub(rf"\b{word}\b", kind, source)
    return [piece.strip() for piece in re.split(r";\n(?![ \t]+\S|END)", source) if piece.strip()]


def create_schema(engine: Engine) -> None:
    """Make all tables in an empty database, in one transaction."""
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        for statement in statements(engine.dialect.name):
            connection.exec_driver_sql(statement)


def transact(engine: Engine, act: Callable[[Connection], T]) -> T:
    """Run `act` in one transaction; again, at most three times, when it collides with another.

    Raises StoreConflict when it collided every time.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with _turn(engine), engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
                return act(connection)
        except (IntegrityError, OperationalError) as error:
            if attempt == TRIES or not _collided(error):
                raise StoreConflict(type(error.orig).__name__) from error
    raise StoreConflict("unreachable")


def _turn(engine: Engine) -> AbstractContextManager[object]:
    """The writer's turn in this process: SQLite has one writer, and lets who waits sleep longer and longer."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _WRITERS.setdefault(str(engine.url), threading.Lock())


_WRITERS: dict[str, threading.Lock] = {}


def _collided(error: IntegrityError | OperationalError) -> bool:
    code = getattr(error.orig, "sqlstate", None)
    return isinstance(error, IntegrityError) or code in ("40001", "40P01") or "locked" in str(error.orig)
