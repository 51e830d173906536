"""Row 8: the half-year report over many ledger lines against the same report over few, on both engines.

The lines are loaded while the triggers sleep, and summed by the same code as `cardsvc verify` sums them with; a test
holds that against what the triggers make of each tap. Half of them are of the half-year, half of the one before, which
the report is held against. PERFORMANCE.md says ten million against a hundred thousand: that is `whole`; a million is
loaded in minutes.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
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
    return _against(*(QUICK if quick else (MANY, FEW)), 1 if quick else ROUNDS)


def whole(quick: bool) -> list[Figure]:
    """The same over ten million lines: half an hour's loading, and 25 GB of disk."""
    return _against(*(QUICK if quick else (WHOLE, FEW)), 1 if quick else ROUNDS)


def _against(many: int, few: int, rounds: int) -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory() as folder, PostgresCluster() as cluster:
        for engine in ("SQLite", "PostgreSQL"):
            dsns = [
                f"sqlite:///{folder}/{lines}.db" if engine == "SQLite" else cluster.new_database()
                for lines in (many, few)
            ]
            with made(dsns[0], many) as large, made(dsns[1], few) as small:
                ours, ceiling = in_turns(lambda: took(large), lambda: took(small), rounds)
            figures.append(Figure(f"half-year report of {many:,}, {engine}", ours, ceiling, "ms", 2.0, False))
    return figures


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
