"""A station's journal: what it says happened, on disk before anything is written to a card.

SQLite in WAL mode with synchronous=FULL, read back at start; one writer; any error of the disk closes it for good,
because an fsync that failed cannot be tried again.
"""

import fcntl
import shutil
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter

from cardsvc.core import wire
from cardsvc.core.ids import JournalId, RecordKey
from cardsvc.core.problems import Problem
from cardsvc.core.wire import Intent, Judgement, Record, RecordResult, Settled, Written

RECORD = TypeAdapter(Record)
JUDGEMENT = TypeAdapter(Judgement)
KEPT = timedelta(days=30)
"""How long a settled row stays."""
ROOM_BYTES = 16 * 1024 * 1024
"""A tap is refused before the card is touched when less than this is free."""


class JournalBroken(Exception):
    """The journal cannot be trusted or written: the station stops taking taps and says so."""


@dataclass(frozen=True, slots=True)
class Appended:
    """A row that is on disk."""

    key: RecordKey
    record: Record
    raw: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is sent."""

    seq: int
    raw: bytes
    sig: bytes


class Journal:
    """One station's journal file. Raises JournalBroken when it is unsafe, broken, or open in another process."""

    def __init__(
        self, path: Path, journal_id: JournalId, key: Ed25519PrivateKey, *, allow_memory: bool = False
    ) -> None:
        self.path, self.journal_id, self._key = path, journal_id, key
        self._lock = threading.RLock()
        self._broken: str | None = None
        if not allow_memory and _file_system(path.parent) in ("tmpfs", "ramfs"):
            raise JournalBroken("the journal lies on a file system that forgets: choose a folder on a disk")
        self._owner = _own(path)
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA foreign_keys=ON")
            if self._db.execute("PRAGMA synchronous").fetchone()[0] < 2:
                raise JournalBroken("the journal does not sync: synchronous is below FULL")
            self._db.executescript(files("terminal").joinpath("journal.sql").read_text())
            self._pruned = self._tombstone()
            self._seq, self._hash = self._end()
            self._told: dict[str, str] = dict(self._db.execute("SELECT name, value FROM told").fetchall())
            self._open: dict[int, Record] = self._read_open_intents()
            self.verify()
        except (sqlite3.Error, JournalBroken) as error:
            self._owner.close()
            raise JournalBroken(str(error)) from error

    @property
    def head(self) -> tuple[int, bytes]:
        """The last row's number and hash (32 bytes)."""
        return self._seq, self._hash

    @property
    def broken(self) -> str | None:
        """Why the journal is closed; None while it can be written."""
        return self._broken

    @property
    def stopped(self) -> Problem | None:
        """Why nothing may be begun here any more: the service revoked this journal, or it was copied."""
        standing = self.told("standing")
        return Problem(standing) if standing else None

    @property
    def oldest_kept(self) -> int:
        """The number of the first row that is still here; 0 when there is none."""
        return self._pruned[0] + 1 if self._seq > self._pruned[0] else 0

    def told(self, name: str) -> str | None:
        """What the service once told, by name: standing, epoch, witnessed."""
        return self._told.get(name)

    def keep(self, name: str, value: str) -> None:
        """Keep what the service told over a restart."""
        with self._lock:
            if self._told.get(name) != value:
                self._db.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (name, value))
                self._told[name] = value

    def room(self) -> str | None:
        """Why nothing may be begun now, asked before a card is touched; None when there is room."""
        if self._broken is not None:
            return self._broken
        free = shutil.disk_usage(self.path.parent).free
        return None if free >= ROOM_BYTES else f"only {free // 1024} KiB left on the disk"

    def append(self, build: Callable[[int, str], Record]) -> Appended:
        """Append a record, synced to disk when this returns. `build` gets its number and the hash before it (hex).

        Raises JournalBroken when the disk did not take it; the journal is closed then.
        """
        with self._lock:
            if self._broken is not None:
                raise JournalBroken(self._broken)
            seq = self._seq + 1
            record = build(seq, self._hash.hex())
            raw = record.model_dump_json(exclude_none=True).encode()
            digest = wire.record_hash(raw)
            row = (seq, record.body.kind, _refers(record), raw, self._key.sign(digest), digest)
            try:
                self._db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", row)
            except sqlite3.Error as error:
                self._broken = f"the disk did not take a record: {error}"
                raise JournalBroken(self._broken) from error
            self._seq, self._hash = seq, digest
            if isinstance(record.body, Intent):
                self._open[seq] = record
            self._open.pop(_refers(record) or 0, None)
            return Appended(RecordKey(self.journal_id, seq), record, raw, digest)

    def unsettled(self, limit: int = wire.MOST_RECORDS, after: int | None = None) -> list[Row]:
        """The rows that the service has not answered, in order, with no gap; or those after a number."""
        start = self.settled_seq() if after is None else after
        with self._lock:
            rows = self._db.execute(
                "SELECT seq, raw, sig FROM record WHERE seq > ? ORDER BY seq LIMIT ?", (start, limit)
            ).fetchall()
        return [Row(*row) for row in rows]

    def settled_seq(self) -> int:
        """Everything up to this number is settled."""
        with self._lock:
            last = self._db.execute("SELECT coalesce(max(seq), 0) FROM settlement").fetchone()[0]
            return max(int(last), self._pruned[0])

    def settle(self, results: list[RecordResult], at: datetime) -> None:
        """Keep the service's answers; in order, and only once each. `at` is when they came.

        Raises JournalBroken as `append` does.
        """
        when = at.astimezone(UTC).isoformat()
        rows = [
            (one.seq, one.result.value, one.judgement.model_dump_json() if one.judgement else None, when)
            for one in results
            if one.seq > self._pruned[0]
        ]
        with self._lock:
            if self._broken is not None:
                raise JournalBroken(self._broken)
            try:
                self._db.execute("BEGIN")
                self._db.executemany("INSERT OR IGNORE INTO settlement VALUES (?, ?, ?, ?)", rows)
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                self._broken = f"the disk did not take an answer: {error}"
                raise JournalBroken(self._broken) from error

    def prune(self, backed_up: int, now: datetime) -> int:
        """Forget rows that are settled for 30 days and in a verified backup (up to `backed_up`); how many.

        Neither an open intent nor what follows it is pruned, and never the newest row. The tombstone that stays
        carries the last hash, so the chain goes on from it.
        """
        with self._lock:
            young = (now - KEPT).astimezone(UTC).isoformat()
            first_young = self._db.execute("SELECT min(seq) FROM settlement WHERE settled_at > ?", (young,)).fetchone()
            ends = [backed_up, self.settled_seq(), self._seq - 1, *(seq - 1 for seq in self._open)]
            last = min([*ends, first_young[0] - 1] if first_young[0] is not None else ends)
            if last <= self._pruned[0]:
                return 0
            (digest,) = self._db.execute("SELECT hash FROM record WHERE seq = ?", (last,)).fetchone()
            sig = self._key.sign(wire.tombstone_bytes(self.journal_id, last, digest))
            try:
                self._db.execute("BEGIN")
                self._db.execute("INSERT OR REPLACE INTO tombstone VALUES (1, ?, ?, ?)", (last, digest, sig))
                self._db.execute("DELETE FROM settlement WHERE seq <= ?", (last,))
                self._db.execute("DELETE FROM record WHERE seq <= ?", (last,))
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                self._broken = f"the disk did not take a change: {error}"
                raise JournalBroken(self._broken) from error
            count, self._pruned = last - self._pruned[0], (last, digest)
            return count

    def judgement(self, seq: int) -> Judgement | None:
        """What the service thinks of a row; None while it has not said."""
        with self._lock:
            row = self._db.execute("SELECT judgement FROM settlement WHERE seq = ?", (seq,)).fetchone()
        return JUDGEMENT.validate_json(row[0]) if row is not None and row[0] is not None else None

    def open_intents(self) -> list[Record]:
        """Intents whose outcome is not known: the card was pulled, or we were killed in between."""
        with self._lock:
            return list(self._open.values())

    def recent(self, count: int) -> list[Record]:
        """The newest records, newest first."""
        with self._lock:
            rows = self._db.execute("SELECT raw FROM record ORDER BY seq DESC LIMIT ?", (count,)).fetchall()
        return [RECORD.validate_json(raw) for (raw,) in rows]

    def saying(self, *words: str) -> list[Record]:
        """The records whose bytes have one of these words, oldest first; the journal keeps about a month."""
        of_it = " OR ".join("instr(raw, CAST(? AS BLOB))" for _ in words)
        with self._lock:
            rows = self._db.execute(f"SELECT raw FROM record WHERE {of_it} ORDER BY seq", words).fetchall()
        return [RECORD.validate_json(raw) for (raw,) in rows]

    def verify(self) -> None:
        """Read it all back: numbers, hashes, chain, signatures. Raises JournalBroken at the first that is wrong."""
        public = self._key.public_key()
        expected, before = self._tombstone()
        expected += 1
        for seq, raw, sig, digest in self._db.execute("SELECT seq, raw, sig, hash FROM record ORDER BY seq"):
            if seq != expected or wire.record_hash(raw) != digest:
                raise JournalBroken(f"row {expected} of the journal is missing or changed")
            if RECORD.validate_json(raw).prev != before.hex():
                raise JournalBroken(f"row {seq} of the journal does not follow the one before")
            try:
                public.verify(sig, digest)
            except InvalidSignature:
                raise JournalBroken(f"row {seq} of the journal has a wrong signature") from None
            before, expected = digest, expected + 1

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._broken = "closed"
            self._db.close()
            self._owner.close()

    def _read_open_intents(self) -> dict[int, Record]:
        query = """SELECT seq, raw FROM record AS intent WHERE kind = 'intent' AND NOT EXISTS (
            SELECT 1 FROM record AS outcome WHERE outcome.refers = intent.seq) ORDER BY seq"""
        return {seq: RECORD.validate_json(raw) for seq, raw in self._db.execute(query).fetchall()}

    def _end(self) -> tuple[int, bytes]:
        row = self._db.execute("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1").fetchone()
        return (int(row[0]), bytes(row[1])) if row else self._pruned

    def _tombstone(self) -> tuple[int, bytes]:
        """The number and hash of the last row that was pruned; before any, what the first row follows.

        Raises JournalBroken for a tombstone that this station did not sign.
        """
        row = self._db.execute("SELECT last_seq, last_hash, sig FROM tombstone").fetchone()
        if row is None:
            return 0, wire.genesis(self.journal_id)
        last, digest, sig = row
        try:
            self._key.public_key().verify(sig, wire.tombstone_bytes(self.journal_id, last, digest))
        except InvalidSignature:
            raise JournalBroken("the tombstone of the journal has a wrong signature") from None
        return int(last), bytes(digest)


def _refers(record: Record) -> int | None:
    match record.body:
        case Written(intent_seq=seq, torn=False):
            return seq
        case Settled(intent=key) if key.journal_id == record.journal_id:
            return key.seq
        case Intent():
            return None
        case _:
            return None


def _own(path: Path) -> IO[bytes]:
    """Lock the journal for this process alone. Raises JournalBroken when another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    owner = path.with_suffix(".lock").open("wb")
    try:
        fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        owner.close()
        raise JournalBroken("another process has this journal open") from None
    return owner


def _file_system(folder: Path) -> str:
    """The kind of file system that a folder lies on; empty where that cannot be told."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    folder = folder.resolve()
    best = ("", "")
    for line in mounts.read_text().splitlines():
        _, point, kind, *_ = line.split()
        if folder.is_relative_to(point) and len(point) >= len(best[0]):
            best = (point, kind)
    return best[1]
