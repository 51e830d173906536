"""Row 6 for a list of the console: each of its pages over many rows against the same page over few, on both engines."""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import httpx2

from bench.measuring import Figure
from tests.support.tools import PostgresCluster

TARGET, SEARCH_TARGET = 1.5, 4.0


class Reader:
    """Reads pages of one list and says how long each took."""

    def __init__(self, desk: httpx2.Client, path: str, addresses: dict[str, str]) -> None:
        self.desk, self.path, self.addresses = desk, path, addresses

    def took(self, name: str) -> float:
        """Milliseconds of a page."""
        began = time.perf_counter()
        answer = self.desk.get(f"{self.path}?{self.addresses[name]}")
        if answer.status_code != 200:
            raise RuntimeError(f"{name}: {answer.status_code}")
        return (time.perf_counter() - began) * 1000


HomeWith = Callable[[str, int], AbstractContextManager[Reader]]
"""A home at a DSN whose list has so many rows, and somebody who reads it."""


def compared(kind: str, home_with: HomeWith, searched: Collection[str], quick: bool) -> list[Figure]:
    """Milliseconds of each page; those that are searched have a target of their own."""
    few, many, rounds = (1_000, 10_000, 1) if quick else (10_000, 1_000_000, 15)
    figures: list[Figure] = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        cluster = stack.enter_context(PostgresCluster())
        for engine in ("SQLite", "PostgreSQL"):
            dsns = [
                f"sqlite:///{Path(folder, f'{count}.db')}" if engine == "SQLite" else cluster.new_database()
                for count in (few, many)
            ]
            with home_with(dsns[0], few) as short, home_with(dsns[1], many) as long:
                for name in short.addresses:
                    pairs = [(long.took(name), short.took(name)) for _ in range(rounds + 1)][1:]
                    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
                    target = SEARCH_TARGET if name in searched else TARGET
                    figures.append(Figure(f"{kind}, {name}, {engine}", ours, theirs, "ms", target, False))
                    print(f"  {figures[-1]}", file=sys.stderr, flush=True)
    return figures
