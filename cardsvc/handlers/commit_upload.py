"""Commit the checked rows of a file: all of them in one transaction, or none and why."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cardsvc.context import Context
from cardsvc.core.records import Fault, Record, Wrong
from cardsvc.core.uploads import KEPT, CellFault, Found, UploadState
from cardsvc.documents.record_sheet import COUNTY
from cardsvc.documents.safe_xlsx import Unsafe
from cardsvc.modules import Module
from cardsvc.rows import importing, keeping, uploads
from cardsvc.rows.keeping import Where
from cardsvc.rows.tables import blind
from cardsvc.rows.uploads import Overtaken, Upload
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

CHUNK = 500
"""Rows that are in memory together."""
SHOWN = 20
"""Rows that are left aside when nothing could be kept, to be looked at."""
Rows = list[tuple[int, str, dict[str, Any]]]


class Incomplete(Exception):
    """Fewer rows are put aside than were read of the file, or more."""


class NoLonger(Exception):
    """Rows that were right when they were checked are not now."""

    def __init__(self, faults: tuple[CellFault, ...]) -> None:
        super().__init__(len(faults))
        self.faults = faults


def handle(context: Context, module: Module, record: Record, upload: Upload) -> UploadState:
    """Keep the rows of a file that this process has taken (`upload` as it was changed then). Raises Overtaken."""
    where, beat = Where(context.home_id, module.name, record), _Beat(context, upload)

    def act(connection: Connection) -> None:
        now, digest = context.clock(), hashlib.sha256()
        beat.begin()
        # Places are given under the lock of the log, as one by one.
        log = open_log(connection, context.home_id) if _gives_places(module, record) else None
        if faults := tuple(_no_longer(connection, where, module, upload)):
            raise NoLonger(faults)
        for rows in _chunks(connection, where, upload):
            columns = [(row_id, one) for _, row_id, one in rows]
            keeping.insert_columns(connection, where, columns, upload.made_by, now, upload.id)
            digest.update("".join(row_id for _, row_id, _ in rows).encode())
            beat.forward(len(rows))
        if beat.done != upload.total:
            raise Incomplete
        to = {"state": UploadState.DONE.value, "done": beat.done, "total": beat.done}
        if not uploads.changed(connection, beat.upload, **to):
            raise Overtaken
        uploads.wipe(connection, upload)
        # The log's head is locked last: while rows are written, taps go on (on PostgreSQL; SQLite has one writer).
        log = log or open_log(connection, context.home_id)
        what = f"{beat.done} rows imported: {module.name}/{record.name}"
        log.add(what, upload.id, digest.hexdigest(), now, upload.made_by)
        log.close()

    try:
        transact(context.engine, act)
    except NoLonger as error:
        found = Found(faults=error.faults[:KEPT], unread=upload.found.unread)
        return _refused(context, beat.upload, found, len(error.faults))
    except Incomplete:
        return _refused(context, beat.upload, Found(unsafe=Unsafe.INCOMPLETE.value), 0)
    return UploadState.DONE


class _Beat:
    """Says how far it is, beside the transaction; SQLite has one writer, and says it at the end."""

    def __init__(self, context: Context, upload: Upload) -> None:
        self._context, self.upload, self.done = context, upload, 0
        self._aloud = context.engine.dialect.name != "sqlite"

    def begin(self) -> None:
        """From the first row, also when the transaction is run again."""
        self.done = 0

    def forward(self, rows: int) -> None:
        """So many rows more."""
        self.done += rows
        if not self._aloud:
            return
        now = self._context.clock()
        to = {"done": self.done, "beat_at": now}
        if not transact(self._context.engine, lambda connection: uploads.changed(connection, self.upload, **to)):
            raise Overtaken
        self.upload = replace(self.upload, beat_at=now)


def _chunks(connection: Connection, where: Where, upload: Upload) -> Iterator[Rows]:
    after = 0
    while found := uploads.staged(connection, upload, after, CHUNK):
        yield [(row, row_id, importing.columns_in(where, body)) for row, row_id, body in found]
        after = found[-1][0]


def _no_longer(connection: Connection, where: Where, module: Module, upload: Upload) -> Iterator[CellFault]:
    """Rows whose unique values were taken, or whose links were lost, since they were checked."""
    record, places = where.record, Counter[str]()
    unique = [one for one in record.columns if one.unique]
    links = importing.links(where)
    if not unique and not links and not record.together:
        return
    for rows in _chunks(connection, where, upload):
        for column in unique:
            name = blind(column.name) if column.secret else column.name
            keys = {row: one[name] for row, _, one in rows if one.get(name) is not None}
            taken = importing.taken(connection, where, column, keys.values())
            yield from (CellFault(row, Fault(column.name, Wrong.TWICE)) for row, key in keys.items() if key in taken)
        for column in links:
            to = Where(where.home_id, module.name, module.record(column.of))
            ids = {row: one[column.name] for row, _, one in rows if one.get(column.name) is not None}
            there, own = importing.there(connection, to, ids.values()), {row: one[COUNTY] for row, _, one in rows}
            still = (row for row, at in ids.items() if at in there and keeping.leads_to(own[row], there[at]))
            lost = sorted(ids.keys() - set(still))
            yield from (CellFault(row, Fault(column.name, Wrong.NO_SUCH_ROW)) for row in lost)
        for names in record.together:
            wholes = {row: tuple(one.get(each) for each in names) for row, _, one in rows}
            taken = importing.alike(connection, where, names, (one for one in wholes.values() if None not in one))
            yield from (CellFault(row, Fault(names[-1], Wrong.TWICE)) for row, one in wholes.items() if one in taken)
        apart = importing.disagreed(connection, where, module, ((row, one) for row, _, one in rows), places)
        yield from (CellFault(row, fault) for row, fault in apart)


def _gives_places(module: Module, record: Record) -> bool:
    return module.trail is not None and record.name == module.trail.sign_ups.record


def _refused(context: Context, upload: Upload, found: Found, wrong: int) -> UploadState:
    """Nothing was kept; say which rows are in the way."""
    to = {"state": UploadState.FAULTY.value, "done": 0, "wrong": wrong}

    def act(connection: Connection) -> None:
        if not uploads.changed(connection, upload, **to, found=found):
            raise Overtaken
        uploads.faulty(connection, upload, SHOWN)

    transact(context.engine, act)
    return UploadState.FAULTY
