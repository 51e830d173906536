"""What the sums by day cost a tap: the upload of rows 1 to 3 with their triggers against the same without, in turns.

A tap may pay a twentieth for reports that nobody waits for (decision 0028).
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from sqlalchemy import text

from bench.measuring import Figure, in_turns
from bench.upload import CASES, Senders, served
from tests.support.tools import PostgresCluster

SUMMING = {"line_sums": "bill_line", "transfer_sums": "transfer", "fact_sums": "fact", "account_sums": "account"}
ALSO = {"sqlite": {"account_begins_or_ends": "account"}, "postgresql": {}}
TARGET = 0.95


def sums(quick: bool) -> list[Figure]:
    """Records a second, in hundreds and one by one, on both engines."""
    rounds, hundreds, singles = (1, 3, 20) if quick else (9, 12, 100)
    figures = []
    with tempfile.TemporaryDirectory() as folder, PostgresCluster() as cluster:
        for engine in ("SQLite", "PostgreSQL"):
            dsns = [f"sqlite:///{folder}/{n}.db" if engine == "SQLite" else cluster.new_database() for n in range(2)]
            with ExitStack() as stack:
                ours = stack.enter_context(_sending(dsns[0], quick, True))
                bare = stack.enter_context(_sending(dsns[1], quick, False))
                for name, each, size in (("in hundreds", hundreds, 100), ("one by one", singles, 1)):
                    found = in_turns(partial(ours, each, size), partial(bare, each, size), rounds)
                    figures.append(Figure(f"sums, upload {name}, {engine}", *found, "records/s", TARGET, True))
    return figures


@contextmanager
def _sending(dsn: str, quick: bool, summed: bool) -> Iterator[Callable[[int, int], float]]:
    """Eight stations and their service; without sums, the triggers that keep them are gone."""
    senders = Senders(dsn, 200 if quick else CASES)
    with senders.service.context.engine.begin() as connection:
        summing = SUMMING | ALSO[connection.dialect.name]
        for name, table in summing.items() if not summed else ():
            of = f" ON {table}" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER {name}{of}"))
    with served(dsn) as address:
        senders.send(address, 1, 100)
        yield lambda each, size: senders.send(address, each, size)
    senders.service.close()
