"""Row 8: the half-year report over many ledger lines against the same report over few, on both engines.

PERFORMANCE.md says ten million against a hundred thousand; here it is a hundred thousand against ten thousand, which
two cores make in some minutes: the lines are written through the same triggers as every tap. Half of them are of the
half-year, half of the one before, which the report is held against.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from bench.measuring import Figure, in_turns
from cardsvc.handlers import make_report
from tests.support.half_year import HALF, ITEMS, write
from tests.support.home import Service
from tests.support.tools import PostgresCluster

MANY, FEW = 100_000, 10_000
QUICK = 4_000, 400


def report(quick: bool) -> list[Figure]:
    """Milliseconds of the report, from the summaries to its figures."""
    many, few = QUICK if quick else (MANY, FEW)
    figures = []
    with tempfile.TemporaryDirectory() as folder, PostgresCluster() as cluster:
        for engine in ("SQLite", "PostgreSQL"):
            dsns = [
                f"sqlite:///{folder}/{lines}.db" if engine == "SQLite" else cluster.new_database()
                for lines in (many, few)
            ]
            with made(dsns[0], many) as large, made(dsns[1], few) as small:
                ours, ceiling = in_turns(lambda: took(large), lambda: took(small), 1 if quick else 7)
            figures.append(Figure(f"half-year report of {many:,}, {engine}", ours, ceiling, "ms", 2.0, False))
    return figures


@contextmanager
def made(dsn: str, lines: int) -> Iterator[Service]:
    """A home with so many ledger lines."""
    service = Service(dsn)
    with service.context.engine.begin() as connection:
        write(connection, service.context.home_id, lines // ITEMS)
    with service.context.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
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
