"""Rows 1 to 3: signed records of eight stations against bare taps on the same database, on both engines.

Stations say that they need no news, so that what is measured is the upload alone. What sends is as light as can be: it
shares the machine with what is measured.
"""

import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from bench.measuring import Figure, in_turns
from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.terms import Means
from cardsvc.demo.past_station import NO_NEWS
from cardsvc.virtual_reader.stack import free_port
from tests.support.home import Service, Station
from tests.support.process import answers
from tests.support.tools import PostgresCluster

STATIONS = 8
CASES = 2_500
"""So many that a case stays as long as a case is: about thirty facts, not hundreds of payments."""
BARE = """
CREATE TABLE bare_case (no INTEGER PRIMARY KEY, body TEXT);
CREATE TABLE bare_record (journal INTEGER, seq BIGINT, raw {bytes}, hash TEXT, PRIMARY KEY (journal, seq));
CREATE TABLE bare_fact (case_no INTEGER, journal INTEGER, seq BIGINT, body TEXT, PRIMARY KEY (journal, seq));
CREATE TABLE bare_line (journal INTEGER, seq BIGINT, n INTEGER, account TEXT, fen BIGINT,
  PRIMARY KEY (journal, seq, n));
CREATE TABLE bare_link (journal INTEGER, seq BIGINT, hash TEXT, PRIMARY KEY (journal, seq));
"""
PGBENCH = r"""
\set no random(1, 2500)
\set seq random(1, 9000000000000)
BEGIN;
SELECT body FROM bare_case WHERE no = :no FOR UPDATE;
INSERT INTO bare_record VALUES (:client_id, :seq, decode(repeat('ab', 600), 'hex'), repeat('a', 64));
INSERT INTO bare_fact VALUES (:no, :client_id, :seq, repeat('x', 400));
INSERT INTO bare_line VALUES (:client_id, :seq, 1, 'till', 100), (:client_id, :seq, 2, 'receivable', -100);
UPDATE bare_case SET body = repeat('y', 900) WHERE no = :no;
INSERT INTO bare_link VALUES (:client_id, :seq, repeat('b', 64));
COMMIT;
"""


class Senders:
    """Eight cashiers with signed requests made beforehand: what is measured is the service, not the signing."""

    def __init__(self, dsn: str, cases: int) -> None:
        self.service = Service(dsn)
        self.service.clock.now = datetime.now(UTC)
        booking = self.service.station(StationKind.BOOKING)
        self.cases = [booking.book(id_no=None).case_no for _ in range(cases)]
        self.stations = [Station(self.service, StationKind.CASHIER, number) for number in range(STATIONS)]
        for station in self.stations:
            station.send()

    def requests(self, station: Station, count: int, size: int) -> list[tuple[bytes, dict[str, str]]]:
        """`count` requests of `size` payments each, as bytes with their headers."""
        made = []
        for _ in range(count):
            for number in range(size):
                case_no = self.cases[(station.seq * 7 + number) % len(self.cases)] or CaseNo("")
                details = Details(amount_fen=100, means=Means.CASH)
                station.append(
                    wire.Observation(step=Step.PAY, details=details), case_no=case_no, staff_no=StaffNo("1010")
                )
            made.append(station.request(station.unsent, snapshot_version=NO_NEWS))
            station.unsent.clear()
            station.settled = station.seq
        return made

    def send(self, address: str, each: int, size: int) -> float:
        """All stations send at once; records a second."""
        prepared = [self.requests(station, each, size) for station in self.stations]
        failed: list[str] = []

        def one(requests: list[tuple[bytes, dict[str, str]]]) -> None:
            with closing(HTTPConnection(address.removeprefix("http://"), timeout=120)) as line:
                for body, headers in requests:
                    line.request("POST", "/stations/sync", body, headers)
                    answer = line.getresponse()
                    told = answer.read()
                    results = json.loads(told).get("results", []) if answer.status == 200 else []
                    if len(results) != size or {one["result"] for one in results} != {"recorded"}:
                        failed.append(told[:300].decode())

        threads = [threading.Thread(target=one, args=(requests,)) for requests in prepared]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.perf_counter() - began
        if failed:
            raise RuntimeError(f"the service did not record everything: {failed[0]}")
        return STATIONS * each * size / took


@contextmanager
def served(dsn: str) -> Iterator[str]:
    """The service in a process of its own; its address."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.served", dsn, str(port)])
    try:
        while not answers(f"http://127.0.0.1:{port}/empty"):
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _measure(engine: str, dsn: str, ceiling: Callable[[], float], quick: bool) -> list[Figure]:
    rounds, hundreds, singles = (1, 1, 5) if quick else (3, 12, 100)
    senders = Senders(dsn, 40 if quick else CASES)
    with served(dsn) as address:
        senders.send(address, 1, 10 if quick else 100)
        batch, bare = in_turns(lambda: senders.send(address, hundreds, 100), ceiling, rounds)
        single, bare_too = in_turns(lambda: senders.send(address, singles, 1), ceiling, rounds)
    senders.service.close()
    return [
        Figure(f"upload in hundreds, {engine}", batch, bare, "records/s", 1.0, True),
        Figure(f"upload one by one, {engine}", single, bare_too, "records/s", 0.15, True),
    ]


def on_postgresql(quick: bool) -> list[Figure]:
    """Rows 1 and 3 on PostgreSQL, against pgbench with 16 clients on the same cluster."""
    with PostgresCluster() as cluster:
        bare = cluster.new_database().replace("+psycopg", "")
        _bare_tables(lambda sql: cluster.run_sql(bare, sql), "BYTEA")
        script = cluster.folder / "tap.sql"
        script.write_text(PGBENCH)

        def ceiling() -> float:
            seconds = 2 if quick else 6
            return cluster.pgbench(bare, script, clients=16, seconds=seconds)

        return _measure("PostgreSQL", cluster.new_database(), ceiling, quick)


def on_sqlite(quick: bool) -> list[Figure]:
    """Rows 2 and 3 on SQLite, against one bare tap per transaction with the same pragmas on the same disk."""
    with tempfile.TemporaryDirectory() as folder:
        bare = sqlite3.connect(Path(folder, "bare.db"), isolation_level=None)
        bare.execute("PRAGMA journal_mode=WAL")
        bare.execute("PRAGMA synchronous=FULL")
        _bare_tables(bare.executescript, "BLOB")
        seq = 0

        def ceiling() -> float:
            nonlocal seq
            count = 1_000 if quick else 6_000
            began = time.perf_counter()
            for _ in range(count):
                seq += 1
                _bare_tap(bare, seq)
            return count / (time.perf_counter() - began)

        figures = _measure("SQLite", f"sqlite:///{folder}/onecard.db", ceiling, quick)
        bare.close()
        return figures


def _bare_tables(run: Callable[[str], object], bytes_: str) -> None:
    run(BARE.format(bytes=bytes_))
    for first in range(1, CASES + 1, 50):
        rows = ", ".join(f"({no}, '{'y' * 900}')" for no in range(first, first + 50))
        run(f"INSERT INTO bare_case VALUES {rows};")


def _bare_tap(db: sqlite3.Connection, seq: int) -> None:
    no = seq % CASES + 1
    db.execute("BEGIN IMMEDIATE")
    db.execute("SELECT body FROM bare_case WHERE no = ?", (no,)).fetchone()
    db.execute("INSERT INTO bare_record VALUES (1, ?, ?, ?)", (seq, b"\xab" * 600, "a" * 64))
    db.execute("INSERT INTO bare_fact VALUES (?, 1, ?, ?)", (no, seq, "x" * 400))
    db.execute("INSERT INTO bare_line VALUES (1, ?, 1, 'till', 100), (1, ?, 2, 'receivable', -100)", (seq, seq))
    db.execute("UPDATE bare_case SET body = ? WHERE no = ?", ("y" * 900, no))
    db.execute("INSERT INTO bare_link VALUES (1, ?, ?)", (seq, "b" * 64))
    db.execute("COMMIT")
