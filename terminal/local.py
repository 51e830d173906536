"""The snapshot on disk: applied all or nothing, there again after a restart."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from cardsvc.core.case import Case
from cardsvc.core.ids import CardNo, CaseNo, RecordKey
from cardsvc.core.snapshot import KnownCard, KnownCase, Setup, Snapshot, SnapshotDelta, apply
from cardsvc.core.wire import Key

KEEP_EVERY = timedelta(hours=1)
DELTA = TypeAdapter(SnapshotDelta)
CARD, CASE, SETUP = TypeAdapter(KnownCard), TypeAdapter(KnownCase), TypeAdapter(Setup)
TABLES = """PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS told (
    only INTEGER PRIMARY KEY CHECK (only = 1), version TEXT, made_at TEXT, setup TEXT, hot TEXT, digest TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS known (kind TEXT, no TEXT, body TEXT, digest TEXT, PRIMARY KEY (kind, no)) STRICT;"""


class SnapshotNotKept(Exception):
    """The disk did not take the news: what was known before stands, in memory and on disk."""


class LocalSnapshot:
    """What this station knows. The disk holds only what the service signed; our own taps are added in memory."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.digest: str | None = None
        self.current: Snapshot | None = None
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        try:
            self._db.executescript(TABLES)
            self._load()
        except (sqlite3.DatabaseError, ValueError):
            # What is not as it was written is worth nothing: it is dropped, and all of it asked for anew.
            self._db.close()
            for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
                path.with_name(name).unlink(missing_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.executescript(TABLES)
        self._kept_at: datetime | None = None

    def take(self, raw: bytes) -> None:
        """Apply signed news, in memory and on disk in one transaction. Raises ValueError when they do not follow.

        Raises SnapshotNotKept when the disk did not take them.
        """
        news = DELTA.validate_json(raw)
        with self._lock:
            moved = apply(self.current, news)
            try:
                whole = self._keep(news, moved)
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise SnapshotNotKept(str(error)) from error
            self.current, self.digest = moved, whole

    def _keep(self, news: SnapshotDelta, moved: Snapshot) -> str:
        """Write the news; the digest of all that is known now."""
        self._db.execute("BEGIN IMMEDIATE")
        if news.since == 0:
            self._db.execute("DELETE FROM known")
        for kind, gone in (("case", news.gone_cases), ("card", news.gone_cards)):
            self._db.executemany("DELETE FROM known WHERE kind = ? AND no = ?", [(kind, no) for no in gone])
        rows: list[tuple[str, str, str]] = []
        rows += [("case", one.case.case_no, one.model_dump_json()) for one in news.cases]
        rows += [("card", one.card_no, one.model_dump_json()) for one in news.cards]
        self._db.executemany(
            "INSERT OR REPLACE INTO known VALUES (?, ?, ?, ?)", [(*row, _digest(*row)) for row in rows]
        )
        whole = self._keep_head(moved)
        self._db.execute("COMMIT")
        return whole

    def _keep_head(self, moved: Snapshot) -> str:
        """Write what the whole is made of, and the digest over it and every row."""
        head = (
            str(moved.version),
            moved.made_at.isoformat(),
            moved.setup.model_dump_json(),
            moved.hot.model_dump_json(),
        )
        digests = self._db.execute("SELECT digest FROM known ORDER BY kind, no").fetchall()
        whole = _digest(*head, *(one for (one,) in digests))
        self._db.execute("INSERT OR REPLACE INTO told VALUES (1, ?, ?, ?, ?, ?)", (*head, whole))
        return whole

    def heard(self, at: datetime) -> None:
        """The service had no news at this moment: what is known is as fresh as that. On disk once an hour.

        Raises SnapshotNotKept when the disk did not take it.
        """
        with self._lock:
            known = self.current
            if known is None or at <= known.made_at:
                return
            moved = replace(known, made_at=at)
            if self._kept_at is None or at - self._kept_at >= KEEP_EVERY:
                try:
                    self.digest = self._keep_head(moved)
                except sqlite3.Error as error:
                    raise SnapshotNotKept(str(error)) from error
                self._kept_at = at
            self.current = moved

    def note(
        self, case_no: CaseNo, noted: Callable[[Case], Case], card_no: CardNo | None, counter: int, last: RecordKey
    ) -> None:
        """Remember what we have just done ourselves, until the service says it: `noted` of the case as it is now."""
        with self._lock:
            known = self.current
            if known is None or case_no not in known.cases:
                return
            cases = dict(known.cases)
            cases[case_no] = cases[case_no].model_copy(update={"case": noted(cases[case_no].case)})
            cards = dict(known.cards)
            if card_no in cards:
                update = {"counter": counter, "last": Key.of(last), "case_no": case_no}
                cards[card_no] = cards[card_no].model_copy(update=update)
            self.current = replace(known, cases=MappingProxyType(cases), cards=MappingProxyType(cards))

    def _load(self) -> None:
        """What is on disk. Raises ValueError or DatabaseError when it is not what was written."""
        row = self._db.execute("SELECT version, made_at, setup, hot, digest FROM told").fetchone()
        if row is None:
            return
        *head, whole = row
        rows = self._db.execute("SELECT kind, no, body FROM known ORDER BY kind, no").fetchall()
        if _digest(*head, *(_digest(*one) for one in rows)) != whole:
            raise ValueError("the snapshot on disk is not what was written")
        version, made_at, setup, hot = head
        known = {"version": int(version), "made_at": made_at, "setup": json.loads(setup), "hot": json.loads(hot)}
        snapshot = apply(None, DELTA.validate_json(json.dumps({"since": 0, **known})))
        cases = {CaseNo(no): CASE.validate_json(body) for kind, no, body in rows if kind == "case"}
        cards = {CardNo(no): CARD.validate_json(body) for kind, no, body in rows if kind == "card"}
        self.current = replace(snapshot, cases=MappingProxyType(cases), cards=MappingProxyType(cards))
        self.digest = whole

    def close(self) -> None:
        """Close the file."""
        self._db.close()


def _digest(*parts: str) -> str:
    """SHA-256 (64 hex digits) over length-prefixed parts."""
    raw = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(raw).hexdigest()
