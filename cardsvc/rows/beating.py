"""How far a long act with a file's rows is, and that whoever does it is alive: said beside its transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from cardsvc.rows import uploads
from cardsvc.rows.uploads import Overtaken, Upload
from cardsvc.store.engine import transact


class Beat:
    """Says how far it is, beside the transaction; SQLite has one writer, and says it at the end."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime], upload: Upload) -> None:
        self._engine, self._clock, self.upload, self.done = engine, clock, upload, 0
        self._aloud = engine.dialect.name != "sqlite"

    def begin(self) -> None:
        """From the first row, also when the transaction is run again."""
        self.done = 0

    def forward(self, rows: int) -> None:
        """So many rows more. Raises Overtaken."""
        self.done += rows
        if not self._aloud:
            return
        now = self._clock()
        to = {"done": self.done, "beat_at": now}
        if not transact(self._engine, lambda connection: uploads.changed(connection, self.upload, **to)):
            raise Overtaken
        self.upload = replace(self.upload, beat_at=now)
