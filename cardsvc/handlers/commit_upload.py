"""Commit the checked rows of a file: all of them in one transaction, or none and why."""

import hashlib
from collections.abc import Iterator
from datetime import date

from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.records import Record
from cardsvc.core.uploads import KEPT, CellFault, Found, UploadState
from cardsvc.documents.safe_xlsx import Unsafe
from cardsvc.modules import Module
from cardsvc.rows import file_kept, importing, keeping, uploads
from cardsvc.rows.beating import Beat
from cardsvc.rows.keeping import Where
from cardsvc.rows.rechecking import Rows, no_longer
from cardsvc.rows.uploads import Upload
from cardsvc.store.engine import Connection, transact

CHUNK = 500
"""Rows that are in memory together."""
SHOWN = 20
"""Rows that are left aside when nothing could be kept, to be looked at."""


class Incomplete(Exception):
    """Fewer rows are put aside than were read of the file, or more."""


class NoLonger(Exception):
    """Rows that were right when they were checked are not now."""

    def __init__(self, faults: tuple[CellFault, ...]) -> None:
        super().__init__(len(faults))
        self.faults = faults


def handle(context: Context, module: Module, record: Record, upload: Upload) -> UploadState:
    """Keep the rows of a file that this process has taken (`upload` as it was changed then). Raises Overtaken."""
    where, beat = Where(context.home_id, module.name, record), Beat(context.engine, context.clock, upload)

    def act(connection: Connection) -> None:
        now, digest, begun = context.clock(), hashlib.sha256(), list[str]()
        known_on = date.fromisoformat(upload.known_on) if upload.known_on else local(now).date()
        beat.begin()
        log = file_kept.locked_first(connection, where, module)
        if faults := tuple(no_longer(connection, where, module, _chunks(connection, where, upload))):
            raise NoLonger(faults)
        for rows in _chunks(connection, where, upload):
            columns = [(row_id, one) for _, row_id, one in rows]
            keeping.insert_columns(connection, where, columns, upload.made_by, now, upload.id, known_on)
            digest.update("".join(row_id for _, row_id, _ in rows).encode())
            begun += (row_id for row_id, _ in columns) if _pays_at_once(module, record) else ()
            beat.forward(len(rows))
        if beat.done != upload.total:
            raise Incomplete
        uploads.wipe(connection, upload)
        told, who = ("imported", digest.hexdigest()), (upload.made_by, now)
        file_kept.finish(connection, context.vault, (where, module), beat, log, told, begun, who, total=beat.done)

    try:
        transact(context.engine, act)
    except NoLonger as error:
        found = Found(faults=error.faults[:KEPT], unread=upload.found.unread)
        return _refused(context, beat.upload, found, len(error.faults))
    except Incomplete:
        return _refused(context, beat.upload, Found(unsafe=Unsafe.INCOMPLETE.value), 0)
    return UploadState.DONE


def _chunks(connection: Connection, where: Where, upload: Upload) -> Iterator[Rows]:
    after = 0
    while found := uploads.staged(connection, upload, after, CHUNK):
        yield [(row, row_id, importing.columns_in(where, body)) for row, row_id, body in found]
        after = found[-1][0]


def _pays_at_once(module: Module, record: Record) -> bool:
    """Whether a new row of it can be paid as it comes: a death that was told stops it."""
    return any(one.record == record.name and record.start.get(one.state) in one.open for one in module.payments)


def _refused(context: Context, upload: Upload, found: Found, wrong: int) -> UploadState:
    """Nothing was kept; say which rows are in the way."""
    to = {"state": UploadState.FAULTY.value, "done": 0, "wrong": wrong}

    def act(connection: Connection) -> None:
        uploads.put(connection, upload, **to, found=found)
        uploads.faulty(connection, upload, SHOWN)

    transact(context.engine, act)
    return UploadState.FAULTY
