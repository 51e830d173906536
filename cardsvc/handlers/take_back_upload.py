"""Take back a file whose rows were kept by mistake: all of them are withdrawn in one transaction, or none and why."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Record
from cardsvc.core.uploads import STALE, Found, UploadState
from cardsvc.modules import Module
from cardsvc.rows import hindering, keeping, second_pair, uploads, withdrawing
from cardsvc.rows.beating import Beat
from cardsvc.rows.hindering import NAMED, Hindrance
from cardsvc.rows.keeping import Where, sliced
from cardsvc.rows.uploads import Overtaken, Upload
from cardsvc.rows.withdrawing import Act
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


class Held(Exception):
    """Something stands against it: the whole act is given up."""

    def __init__(self, found: tuple[Hindrance, ...]) -> None:
        super().__init__(len(found))
        self.found = found


def ask(
    context: Context, upload: Upload, why: str, people: tuple[StaffNo, StaffNo | None], now: datetime
) -> Upload | Refusal:
    """Let a file's rows be taken back by the service itself: by who brought them on that day, else by two."""

    def act(connection: Connection) -> Upload | Refusal:
        log = open_log(connection, context.home_id)
        if not withdrawing.sound(why):
            return Refusal(Problem.REASON_MISSING)
        record = context.modules[upload.module].record(upload.record)
        own = alone(connection, upload, record, people[0], now)
        second = second_pair.confirming(connection, context.home_id, (upload.module, upload.county), people, own)
        if isinstance(second, Refusal):
            return second
        to = {"state": UploadState.TAKING_BACK.value, "done": 0, "beat_at": now - STALE, "takes": 0, "found": Found()}
        back: dict[str, Any] = {"back_why": why.strip(), "back_by": people[0], "back_second": second, "back_at": now}
        back |= dict.fromkeys(("restored_why", "restored_by", "restored_second", "restored_at"))
        if upload.state is not UploadState.DONE or not uploads.changed(connection, upload, **to, **back):
            return Refusal(Problem.UPLOAD_NOT_READY)
        confirmed = f" with {second}" if second is not None else ""
        log.add(f"import to be taken back: {upload.module}/{upload.record}{confirmed}", upload.id, "", now, people[0])
        log.close()
        return upload

    return transact(context.engine, act)


def alone(connection: Connection, upload: Upload, record: Record, staff_no: StaffNo, now: datetime) -> bool:
    """Whether somebody may take a file back without a second person: their own of today, which they kept alone.

    One of which a row was withdrawn before and restored is not theirs alone, as with a single row.
    """
    own = upload.made_by == staff_no and local(upload.made_at).date() == local(now).date()
    where = Where(upload.home_id, upload.module, record)
    return own and record.by_two is None and not withdrawing.restored_of(connection, where, upload.id)


def handle(context: Context, module: Module, record: Record, upload: Upload) -> UploadState:
    """Withdraw the rows of a file that this process has taken. Raises Overtaken.

    A row that was withdrawn by itself meanwhile is not in the way.
    """
    where, beat = Where(context.home_id, module.name, record), Beat(context.engine, context.clock, upload)

    def act(connection: Connection) -> None:
        now, digest = context.clock(), hashlib.sha256()
        beat.begin()
        versions = withdrawing.brought(connection, where, upload.id, upload.made_at)
        out = Act(upload.back_why or "", upload.back_at or now, StaffNo(upload.back_by or ""), upload.back_second)
        for some in sliced(versions):
            rows = withdrawing.stood(connection, where, some)
            digest.update(withdrawing.put_aside(connection, where, rows, out).encode())
            beat.forward(len(rows))
        # Taps go on until here (on PostgreSQL). Under the lock nobody makes a row that leads to one of these.
        log = open_log(connection, context.home_id)
        if found := tuple(_held(connection, where, module, versions)):
            raise Held(found)
        if not withdrawing.take_out(connection, where, versions):
            raise Overtaken
        uploads.put(connection, beat.upload, state=UploadState.TAKEN_BACK.value, done=beat.done)
        what = f"{beat.done} rows taken back: {module.name}/{record.name}"
        log.add(what, upload.id, digest.hexdigest(), now, out.staff_no)
        log.close()

    try:
        transact(context.engine, act)
    except Held as error:
        return _stands(context, beat.upload, error.found)
    return UploadState.TAKEN_BACK


def _held(connection: Connection, where: Where, module: Module, versions: dict[str, int]) -> Iterator[Hindrance]:
    """What stands against it: rows that were changed since, what leads to one; up to `NAMED` and one."""
    found = [Hindrance(where.record.name, row_id) for row_id in withdrawing.changed(connection, where, versions)]
    for some in sliced(versions):
        if len(found) > NAMED:
            break
        rows = {one.id: one for one in keeping.find_all(connection, where, some)}
        found += hindering.hindrances(connection, where, module, rows, versions.keys())
    yield from dict.fromkeys(found[: NAMED + 1])


def _stands(context: Context, upload: Upload, found: tuple[Hindrance, ...]) -> UploadState:
    """Nothing was taken back; say what is in the way."""
    held = Found(held=tuple((one.record, one.id) for one in found))
    to = {"state": UploadState.DONE.value, "done": upload.total}
    back = {"back_why": None, "back_by": None, "back_second": None, "back_at": None}

    def act(connection: Connection) -> None:
        uploads.put(connection, upload, **to, **back, found=held)

    transact(context.engine, act)
    return UploadState.DONE
