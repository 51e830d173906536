"""A file of rows: handed in, then committed or dropped by who handed it in. What lies between is done by itself."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import BinaryIO

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo, uuid7
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.uploads import OPEN, STALE, WAITING, Found, UploadState
from cardsvc.documents.safe_xlsx import RECORDS, Unsafe
from cardsvc.naming.cells import unnumbered
from cardsvc.rows import second_pair, uploads
from cardsvc.rows.keeping import Where
from cardsvc.rows.sealed_file import sealed_file
from cardsvc.rows.uploads import Upload
from cardsvc.store import staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

PIECE = 1 << 16
"""Bytes of a file that are in memory together."""
MOST_NAME = 120
"""The longest file name that is kept, in characters."""


def hand_in(
    context: Context,
    where: Where,
    file: BinaryIO,
    file_name: str,
    county: str | None,
    staff_no: StaffNo,
    now: datetime,
    known_on: date | None = None,
) -> str | Refusal:
    """Keep a file, encrypted, to be checked; its id. `county` is the only one whose rows it may bring, None for all.

    `known_on`: the local day of which it tells, not in the future (decision 0036); None: that on which it is kept.
    """
    if known_on is not None and known_on > local(now).date():
        return Refusal(Problem.DAY_TO_COME)
    if not 0 < file.seek(0, 2) <= RECORDS.size:
        return Refusal(Problem.SHEET_UNSAFE, Unsafe.TOO_LARGE if file.tell() else Unsafe.EMPTY)
    upload = Upload(
        home_id=context.home_id,
        id=uuid7(int(now.timestamp() * 1000), context.chance(10)).hex,
        module=where.module,
        record=where.record.name,
        file_name=unnumbered("".join(one for one in file_name if one.isprintable()))[-MOST_NAME:],
        county=county,
        made_at=now,
        made_by=staff_no,
        state=UploadState.READING,
        total=0,
        done=0,
        wrong=0,
        found=Found(),
        beat_at=now - STALE,
        takes=0,
        digest=_digest(context, file),
        known_on=known_on.isoformat() if known_on is not None else None,
    )
    content = sealed_file(context.vault, upload.place, file, context.chance)

    def act(connection: Connection) -> str | Refusal:
        log = open_log(connection, context.home_id)
        if uploads.waiting(connection, context.home_id, staff_no) >= OPEN:
            return Refusal(Problem.UPLOADS_WAITING)
        uploads.add(connection, upload, content)
        log.add(f"file handed in: {where.module}/{where.record.name}", upload.id, "", now, staff_no)
        log.close()
        return upload.id

    return transact(context.engine, act)


def _digest(context: Context, file: BinaryIO) -> str:
    """By what the same file is known when it comes again: keyed, as a list of few people could be guessed."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return context.vault.blind("upload", digest.hexdigest())


def commit(
    context: Context,
    upload_id: str,
    county: str | None,
    staff_no: StaffNo,
    now: datetime,
    again: bool = False,
    second: StaffNo | None = None,
) -> Upload | Refusal:
    """Let a file's rows be kept; only who handed it in does, and only while they may still bring what it brings.

    `again`: they know that rows of the same file were kept before. `second`: who agrees, where its record takes two.
    """

    def act(connection: Connection) -> Upload | Refusal:
        log = open_log(connection, context.home_id)  # of two that are kept at once, the second knows of the first
        upload = uploads.one(connection, context.home_id, upload_id)
        if upload is None:
            return Refusal(Problem.NOT_FOUND)
        if upload.made_by != staff_no or upload.county != county:
            return Refusal(Problem.UPLOAD_NOT_YOURS)
        if not again and uploads.same(connection, upload) is not None:
            return Refusal(Problem.UPLOAD_AGAIN)
        alone = context.modules[upload.module].record(upload.record).by_two is None
        whose, people = (upload.module, county), (staff_no, second)
        confirming = second_pair.confirming(connection, context.home_id, whose, people, alone)
        if isinstance(confirming, Refusal):
            return confirming
        to = {"state": UploadState.COMMITTING.value, "done": 0, "beat_at": now - STALE, "takes": 0}
        if upload.state is not UploadState.READY or not uploads.changed(connection, upload, **to):
            return Refusal(Problem.UPLOAD_NOT_READY)
        if confirming is not None:
            log.add(f"file to be kept: {upload.module}/{upload.record} with {confirming}", upload.id, "", now, staff_no)
            log.close()
        return replace(upload, state=UploadState.COMMITTING)

    return transact(context.engine, act)


def droppable(upload: Upload, now: datetime) -> bool:
    """Whether a file can be dropped: it waits, it is read, or whoever kept its rows has not been heard of."""
    dead = upload.state is UploadState.COMMITTING and upload.beat_at <= now - STALE
    return dead or upload.state in WAITING or upload.state is UploadState.READING


def may_drop(upload: Upload, staff_no: StaffNo, roles: Iterable[Role]) -> bool:
    """Whether somebody may: who handed it in, or a leader."""
    return upload.made_by == staff_no or Role.BUREAU_LEADER in roles


def drop(context: Context, upload_id: str, staff_no: StaffNo, now: datetime) -> Upload | Refusal:
    """Forget a file that was not committed: who handed it in does, or a leader; what is known about it stays."""
    with context.engine.connect() as connection:
        upload = uploads.one(connection, context.home_id, upload_id)
        member = staff.find(connection, context.home_id, staff_no)
    if upload is None:
        return Refusal(Problem.NOT_FOUND)
    if member is None or not may_drop(upload, staff_no, member.roles):
        return Refusal(Problem.UPLOAD_NOT_YOURS)
    if not droppable(upload, now) or not _dropped(context, upload, "file dropped", now, staff_no):
        return Refusal(Problem.UPLOAD_NOT_READY)
    return upload


def failed(context: Context, upload: Upload, why: Unsafe) -> None:
    """End a file that the service failed at, in whatever it was doing: none of its rows is kept, or taken back."""

    def act(connection: Connection) -> None:
        now = uploads.one(connection, context.home_id, upload.id)
        if now is not None and now.state is upload.state:
            ended = {UploadState.TAKING_BACK: UploadState.DONE, UploadState.RESTORING: UploadState.TAKEN_BACK}
            to = ended.get(now.state, UploadState.FAULTY)
            done = 0 if to is UploadState.FAULTY else now.total
            uploads.changed(connection, now, state=to, done=done, found=Found(unsafe=why.value))
            uploads.unstage(connection, now)

    transact(context.engine, act)


def gone(context: Context, upload: Upload, now: datetime) -> bool:
    """Drop a file of a record that is no longer there."""
    return _dropped(context, upload, "file dropped with its module", now)


def wipe_old(context: Context, before: datetime, now: datetime) -> int:
    """Drop files that nobody has decided about since then; how many."""
    with context.engine.connect() as connection:
        found = uploads.old(connection, context.home_id, before)
    return sum(_dropped(context, one, "file dropped by age", now) for one in found)


def _dropped(context: Context, upload: Upload, what: str, now: datetime, staff_no: StaffNo | None = None) -> bool:
    def act(connection: Connection) -> bool:
        log = open_log(connection, context.home_id)
        if not uploads.changed(connection, upload, state=UploadState.DROPPED.value):
            return False
        uploads.wipe(connection, upload)
        log.add(f"{what}: {upload.module}/{upload.record}", upload.id, "", now, staff_no)
        log.close()
        return True

    return transact(context.engine, act)
