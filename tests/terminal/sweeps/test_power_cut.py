"""Power cuts on the real journal at random places between its writes and syncs (promise 1)."""

import random
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardsvc.core.ids import JournalId
from terminal.journal import Journal, JournalBroken
from tests.terminal.sweeps.power import Event, cuts, traced

KEY, JOURNAL = bytes(range(32)), "ab" * 16
PROGRAM = f"""
import random, sys
from datetime import UTC, datetime
from pathlib import Path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cardsvc.core import wire
from cardsvc.core.problems import Problem
from cardsvc.core.wire import Record, RecordResult, Result
from terminal.journal import Journal
folder, rows, synchronous = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
journal = Journal(folder / "journal.db", "{JOURNAL}", key, allow_memory=True)
journal._db.execute("PRAGMA synchronous=" + synchronous)
journal._db.execute("PRAGMA wal_autocheckpoint=40")
chance = random.Random(rows)
def build(seq, prev):
    body = wire.Refused(step=None, problems=(Problem.CASE_UNKNOWN,) * chance.randint(1, 40))
    return Record(journal_id="{JOURNAL}", seq=seq, prev=prev, home_id="WZ", station_id="desk-1", body=body,
        wall_time=datetime(2026, 11, 1, tzinfo=UTC), boot_id="{JOURNAL}", steady_ms=seq, snapshot_version=1,
        software="test")
for number in range(1, rows + 1):
    appended = journal.append(build)
    sys.stdout.write(f"ack {{appended.key.seq}}\\n")
    sys.stdout.flush()
    if chance.random() < 0.2:
        first = journal.settled_seq() + 1
        results = [RecordResult(result=Result.RECORDED, seq=seq) for seq in range(first, number + 1)]
        journal.settle(results, datetime(2026, 11, 1, tzinfo=UTC))
"""


def lost(folder: Path, files: dict[str, bytearray], acknowledged: int) -> str | None:
    """What is wrong with the journal after the power is back; None when every acknowledged row is there and whole."""
    for left in folder.iterdir():
        left.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        journal = Journal(
            folder / "journal.db", JournalId(JOURNAL), Ed25519PrivateKey.from_private_bytes(KEY), allow_memory=True
        )
    except JournalBroken as error:
        return str(error)
    seq, _ = journal.head
    journal.close()
    return None if seq >= acknowledged else f"{acknowledged - seq} acknowledged rows are gone"


def run(folder: Path, events: list[Event], seed: int, count: int) -> list[str]:
    folder.mkdir(exist_ok=True)
    found = []
    for place, acknowledged, files in cuts(events, seed, count):
        fault = lost(folder, files, acknowledged)
        if fault is not None:
            found.append(f"seed {seed}, cut at {place} of {len(events)}: {fault}")
    return found


def record(folder: Path, rows: int, synchronous: str) -> list[Event]:
    folder.mkdir()
    return traced(PROGRAM, folder, str(rows), synchronous)


@pytest.mark.traced
def test_no_acknowledged_row_is_lost_whenever_the_power_goes(tmp_path: Path, night: bool) -> None:
    began = time.monotonic()
    rows, count, seed = (400, 20_000, random.randrange(2**32)) if night else (120, 500, 20261125)
    events = record(tmp_path / "whole", rows, "FULL")
    assert {event.call for event in events} >= {"ack", "write", "sync"}

    found = run(tmp_path / "cut", events, seed, count)

    print(f"seed {seed}: {count} cuts in {len(events)} events of {rows} rows, {time.monotonic() - began:.0f} s")
    assert found == []


@pytest.mark.traced
def test_the_same_cuts_find_what_synchronous_normal_loses(tmp_path: Path) -> None:
    events = record(tmp_path / "normal", 60, "NORMAL")

    found = run(tmp_path / "cut", events, 1, 100)

    assert len(found) > 10
    assert any("acknowledged rows are gone" in one for one in found)
