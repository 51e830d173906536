"""The snapshot on disk: applied all or nothing, there again after a restart."""

import json
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from cardsvc.core.case import Case
from cardsvc.core.ids import CardNo, CaseNo, RecordKey
from cardsvc.core.snapshot import KnownCard, KnownCase, Setup, Snapshot, SnapshotDelta, apply
from cardsvc.core.wire import Key

KEEP_EVERY = timedelta(hours=1)
NEVER = datetime.min.replace(tzinfo=UTC)
DELTA = TypeAdapter(SnapshotDelta)
CARD, CASE, SETUP = TypeAdapter(KnownCard), TypeAdapter(KnownCase), TypeAdapter(Setup)


class LocalSnapshot:
    """What this station knows. The disk holds only what the service signed; our own taps are added in memory."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.executescript(
            """PRAGMA journal_mode=WAL;
            CREATE TABLE IF NOT EXISTS told (
                only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER, made_at TEXT, setup TEXT, hot TEXT
            ) STRICT;
            CREATE TABLE IF NOT EXISTS known (kind TEXT, no TEXT, body TEXT, PRIMARY KEY (kind, no)) STRICT;"""
        )
        self.current: Snapshot | None = self._load()
        self._kept_at = self.current.made_at if self.current is not None else NEVER

    def take(self, raw: bytes) -> None:
        """Apply signed news, in memory and on disk in one transaction. Raises ValueError when they do not follow."""
        news = DELTA.validate_json(raw)
        with self._lock:
            moved = apply(self.current, news)
            self._db.execute("BEGIN IMMEDIATE")
            if news.since == 0:
                self._db.execute("DELETE FROM known")
            for kind, gone in (("case", news.gone_cases), ("card", news.gone_cards)):
                self._db.executemany("DELETE FROM known WHERE kind = ? AND no = ?", [(kind, no) for no in gone])
            rows: list[tuple[str, str, str]] = []
            rows += [("case", one.case.case_no, one.model_dump_json()) for one in news.cases]
            rows += [("card", one.card_no, one.model_dump_json()) for one in news.cards]
            self._db.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", rows)
            self._db.execute(
                "INSERT OR REPLACE INTO told VALUES (1, ?, ?, ?, ?)",
                (
                    moved.version,
                    moved.made_at.isoformat(),
                    moved.setup.model_dump_json(),
                    moved.hot.model_dump_json(),
                ),
            )
            self._db.execute("COMMIT")
            self.current, self._kept_at = moved, moved.made_at

    def heard(self, at: datetime) -> None:
        """The service had no news at this moment: what is known is as fresh as that. On disk once an hour."""
        with self._lock:
            known = self.current
            if known is None or at <= known.made_at:
                return
            if at - self._kept_at >= KEEP_EVERY:
                self._db.execute("UPDATE told SET made_at = ?", (at.isoformat(),))
                self._kept_at = at
            self.current = replace(known, made_at=at)

    def note(self, case: Case, card_no: CardNo | None = None, counter: int = 0, last: RecordKey | None = None) -> None:
        """Remember what we have just done ourselves, until the service says it."""
        with self._lock:
            known = self.current
            if known is None or case.case_no not in known.cases:
                return
            cases = dict(known.cases)
            cases[case.case_no] = cases[case.case_no].model_copy(update={"case": case})
            cards = dict(known.cards)
            if card_no in cards and last is not None:
                update = {"counter": counter, "last": Key.of(last), "case_no": case.case_no}
                cards[card_no] = cards[card_no].model_copy(update=update)
            self.current = replace(known, cases=MappingProxyType(cases), cards=MappingProxyType(cards))

    def _load(self) -> Snapshot | None:
        row = self._db.execute("SELECT version, made_at, setup, hot FROM told").fetchone()
        if row is None:
            return None
        version, made_at, setup, hot = row
        known = {"version": version, "made_at": made_at, "setup": json.loads(setup), "hot": json.loads(hot)}
        empty = {"since": 0, **known}
        snapshot = apply(None, DELTA.validate_json(json.dumps(empty)))
        cases = {}
        cards = {}
        for kind, no, body in self._db.execute("SELECT kind, no, body FROM known"):
            if kind == "case":
                cases[CaseNo(no)] = CASE.validate_json(body)
            else:
                cards[CardNo(no)] = CARD.validate_json(body)
        return replace(snapshot, cases=MappingProxyType(cases), cards=MappingProxyType(cards))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
