"""Restore a file that was taken back: all rows that went with it stand again in one transaction, or none and why."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Record
from cardsvc.core.uploads import STALE, CellFault, Found, UploadState, in_row
from cardsvc.modules import Module
from cardsvc.rows import file_kept, keeping, second_pair, trails, uploads, withdrawing
from cardsvc.rows.beating import Beat
from cardsvc.rows.hindering import NAMED
from cardsvc.rows.keeping import Where
from cardsvc.rows.rechecking import Rows, gives_places, no_longer
from cardsvc.rows.uploads import Upload
from cardsvc.rows.withdrawing import Act, Withdrawn
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

CHUNK = 500
"""Rows that are in memory together."""


class Unfit(Exception):
    """Rows cannot stand again: the whole act is given up."""

    def __init__(self, found: Found, wrong: int) -> None:
        super().__init__(wrong)
        self.found, self.wrong = found, wrong


def ask(
    context: Context, upload: Upload, why: str, people: tuple[StaffNo, StaffNo | None], now: datetime
) -> Upload | Refusal:
    """Let a file's rows be restored by the service itself: by who took it back alone on that day, else by two."""

    def act(connection: Connection) -> Upload | Refusal:
        log = open_log(connection, context.home_id)
        if not withdrawing.sound(why):
            return Refusal(Problem.REASON_MISSING)
        own = alone(upload, people[0], now)
        second = second_pair.confirming(connection, context.home_id, (upload.module, upload.county), people, own)
        if isinstance(second, Refusal):
            return second
        to = {"state": UploadState.RESTORING.value, "done": 0, "beat_at": now - STALE, "takes": 0, "found": Found()}
        back = {"restored_why": why.strip(), "restored_by": people[0], "restored_second": second, "restored_at": now}
        if upload.state is not UploadState.TAKEN_BACK or not uploads.changed(connection, upload, **to, **back):
            return Refusal(Problem.UPLOAD_NOT_READY)
        confirmed = f" with {second}" if second is not None else ""
        log.add(f"import to be restored: {upload.module}/{upload.record}{confirmed}", upload.id, "", now, people[0])
        log.close()
        return upload

    return transact(context.engine, act)


def alone(upload: Upload, staff_no: StaffNo, now: datetime) -> bool:
    """Whether somebody may restore a file without a second person: who took it back alone, on the same day."""
    same = upload.back_by == staff_no and upload.back_second is None and upload.back_at is not None
    return same and upload.back_at is not None and local(upload.back_at).date() == local(now).date()


def handle(context: Context, module: Module, record: Record, upload: Upload) -> UploadState:
    """Let the rows of a file that this process has taken stand again. Raises Overtaken.

    What was withdrawn by itself before, stays so; what was restored by itself since stands already.
    """
    where, beat = Where(context.home_id, module.name, record), Beat(context.engine, context.clock, upload)

    def act(connection: Connection) -> None:
        now, digest, again = context.clock(), hashlib.sha256(), list[str]()
        beat.begin()
        log = file_kept.locked_first(connection, where, module)
        if faults := list(_unfit(context, connection, where, module, upload)):
            raise Unfit(_named(connection, where, upload, faults), len({one.row for one in faults}))
        back = Act(upload.restored_why or "", now, StaffNo(upload.restored_by or ""), upload.restored_second)
        for rows in _chunks(connection, where, upload):
            withdrawing.put_back(connection, where, rows, back)
            digest.update("".join(one.row.id for one in rows).encode())
            again += (one.row.id for one in rows)
            beat.forward(len(rows))
        # No death stopped one of them before: a row that was changed since is not taken back with its file.
        told, who = ("restored", digest.hexdigest()), (back.staff_no, now)
        file_kept.finish(connection, context.vault, (where, module), beat, log, told, again, who)

    try:
        transact(context.engine, act)
    except Unfit as error:
        return _stay(context, beat.upload, error)
    return UploadState.DONE


def _chunks(connection: Connection, where: Where, upload: Upload) -> Iterator[list[Withdrawn]]:
    after = ""
    while found := withdrawing.of_file(connection, where, upload, after, CHUNK):
        yield found
        after = found[-1].row.id


def _unfit(
    context: Context, connection: Connection, where: Where, module: Module, upload: Upload
) -> Iterator[CellFault]:
    """What is wrong with the rows, as with one that is restored by itself; numbered in the order of their ids."""
    sign_ups = gives_places(module, where.record)
    number = 0
    for rows in _chunks(connection, where, upload):
        for one in rows:
            number += 1
            values = {**keeping.opened(context.vault, where, one.row), "county": one.row.county}
            yield from in_row(number, withdrawing.unsound(where.record, values))
            if sign_ups:
                faults = trails.disagreed(connection, context.vault, where, module, values, {}, one.row.id)
                yield from in_row(number, faults)
    yield from no_longer(connection, where, module, _numbered(connection, where, upload))


def _numbered(connection: Connection, where: Where, upload: Upload) -> Iterator[Rows]:
    number = 0
    for rows in _chunks(connection, where, upload):
        yield [(number + n, one.row.id, one.columns | {"county": one.row.county}) for n, one in enumerate(rows, 1)]
        number += len(rows)


def _named(connection: Connection, where: Where, upload: Upload, faults: list[CellFault]) -> Found:
    """The first rows that cannot stand, by their ids, with what is wrong with them."""
    first = sorted({one.row for one in faults})[: NAMED + 1]
    ids = {
        number: row_id for rows in _numbered(connection, where, upload) for number, row_id, _ in rows if number in first
    }
    held = tuple((where.record.name, ids[number]) for number in first)
    told = dict.fromkeys(CellFault(first.index(one.row), one.fault) for one in faults if one.row in first)
    return Found(faults=tuple(told), held=held)


def _stay(context: Context, upload: Upload, error: Unfit) -> UploadState:
    """Nothing was restored; say which rows are in the way."""
    to = {"state": UploadState.TAKEN_BACK.value, "done": upload.total, "wrong": error.wrong}
    back = dict.fromkeys(("restored_why", "restored_by", "restored_second", "restored_at"))

    def act(connection: Connection) -> None:
        uploads.put(connection, upload, **to, **back, found=error.found)

    transact(context.engine, act)
    return UploadState.TAKEN_BACK
