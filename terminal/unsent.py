"""What waits at this station to be sent, kept up from the journal as it grows and as the service settles it."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from cardsvc.core import wire
from cardsvc.core.limits import Unsent, taken_in
from cardsvc.core.wire import Record
from terminal.journal import Journal

RECORD = TypeAdapter(Record)


@dataclass(frozen=True, slots=True)
class _Waiting:
    seq: int
    at: datetime
    cash_fen: int


class UnsentTally:
    """Reads each row of the journal once; `now` may be called from any thread."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.Lock()
        self._rows: deque[_Waiting] = deque()
        self._read = journal.settled_seq()

    def now(self) -> Unsent:
        """How much waits now."""
        with self._lock:
            settled = self._journal.settled_seq()
            while self._rows and self._rows[0].seq <= settled:
                self._rows.popleft()
            self._read = max(self._read, settled)
            while rows := self._journal.unsettled(after=self._read):
                self._rows.extend(_waiting(row.seq, RECORD.validate_json(row.raw)) for row in rows)
                self._read = rows[-1].seq
            oldest = self._rows[0].at if self._rows else None
            return Unsent(len(self._rows), sum(one.cash_fen for one in self._rows), oldest)


def _waiting(seq: int, record: Record) -> _Waiting:
    body = record.body
    fen = taken_in(body.step, body.details.amount_fen, body.details.means) if isinstance(body, wire.Observation) else 0
    return _Waiting(seq, record.wall_time, fen)
