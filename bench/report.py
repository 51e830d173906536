"""Row 8: the half-year report over many ledger lines against the same report over few, on both engines.

The lines are loaded while the triggers sleep, and summed by the same code as `cardsvc verify` sums them with; a test
holds that against what the triggers make of each tap. Half of them are of the half-year, half of the one before, which
the report is held against. PERFORMANCE.md says ten million against a hundred thousand: that is `whole`; a million is
loaded in minutes.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from bench.measuring import Figure, in_turns
from cardsvc.handlers import make_report
from tests.support.half_year import HALF, ITEMS
from tests.support.home import Service
from tests.support.many_lines import load
from tests.support.tools import PostgresCluster

WHOLE, MANY, FEW = 10_000_000, 1_000_000, 100_000
QUICK = 4_000, 400
ROUNDS = 15


def report(quick: bool) -> list[Figure]:
    """Milliseconds of the report, from the summaries to its figures."""
    size = (*QUICK, 1) if quick else (MANY, FEW, ROUNDS)
    with tempfile.TemporaryDirectory() as folder, PostgresCluster() as cluster:
        return [
            _against("SQLite", lambda lines: f"sqlite:///{folder}/{lines}.db", *size),
            _against("PostgreSQL", lambda _: cluster.new_database(), *size),
        ]


def whole_on_sqlite(quick: bool) -> list[Figure]:
    """The same over ten million lines: half an hour's loading on a quiet machine, and 12 GB of disk."""
    with tempfile.TemporaryDirectory() as folder:
        return [_against("SQLite", lambda lines: f"sqlite:///{folder}/{lines}.db", *_size(quick))]


def whole_on_postgresql(quick: bool) -> list[Figure]:
    """The same on PostgreSQL: 15 GB of disk."""
    with PostgresCluster() as cluster:
        return [_against("PostgreSQL", lambda _: cluster.new_database(), *_size(quick))]


def _size(quick: bool) -> tuple[int, int, int]:
    return (*QUICK, 1) if quick else (WHOLE, FEW, ROUNDS)


def _against(engine: str, dsn: Callable[[int], str], many: int, few: int, rounds: int) -> Figure:
    with made(dsn(many), many) as large, made(dsn(few), few) as small:
        ours, ceiling = in_turns(lambda: took(large), lambda: took(small), rounds)
    return Figure(f"half-year report of {many:,}, {engine}", ours, ceiling, "ms", 2.0, False)


@contextmanager
def made(dsn: str, lines: int) -> Iterator[Service]:
    """A home with so many ledger lines."""
    service, began = Service(dsn), time.perf_counter()
    load(service.context.engine, service.context.home_id, lines // ITEMS)
    with service.context.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    print(f"  {lines:,} lines loaded in {time.perf_counter() - began:,.0f} s", file=sys.stderr, flush=True)
    took(service)
    yield service
    service.close()


def took(service: Service) -> float:
    """Milliseconds of one report. Raises RuntimeError when it is not what was posted."""
    began = time.perf_counter()
    found = make_report.handle(service.context, HALF, "zh_CN")
    passed = (time.perf_counter() - began) * 1000
    if not isinstance(found, make_report.Made) or len(found.report.course) != 6:
        raise RuntimeError(f"the report is not whole: {found}")
    return passed
