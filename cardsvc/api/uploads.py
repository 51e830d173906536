"""Files of rows are checked and committed by the service itself; any number of processes may, one for each file."""

import logging
from collections import Counter
from dataclasses import replace

from cardsvc.context import Context
from cardsvc.core.uploads import STALE, TAKES, WEEK, UploadState
from cardsvc.documents.safe_xlsx import Unsafe
from cardsvc.handlers import check_upload, commit_upload, import_rows, restore_upload, take_back_upload
from cardsvc.rows import uploads
from cardsvc.rows.uploads import Overtaken, Upload
from cardsvc.store.engine import Connection, transact

WORK = {
    UploadState.READING: check_upload.handle,
    UploadState.COMMITTING: commit_upload.handle,
    UploadState.TAKING_BACK: take_back_upload.handle,
    UploadState.RESTORING: restore_upload.handle,
}
KEPT_ROWS = frozenset({UploadState.TAKING_BACK, UploadState.RESTORING})
"""What is done with rows that were kept: its file is not dropped."""
LOG = logging.getLogger("cardsvc.uploads")


def work_due(context: Context) -> Counter[str]:
    """Work on the files that nobody works on, one after another, and wipe what has waited too long.

    How often each outcome came: a state, or `overtaken`. A file that a killed process left is begun anew, so
    often; one that kills each process is given up.
    """
    outcomes, now = Counter[str](), context.clock()
    while (upload := _taken(context)) is not None:
        outcomes[_worked(context, upload)] += 1
    outcomes[UploadState.DROPPED.value] += import_rows.wipe_old(context, now - WEEK, now)
    return +outcomes


def _taken(context: Context) -> Upload | None:
    """The next file, which is now this process's."""

    def act(connection: Connection) -> Upload | None:
        now = context.clock()
        while (found := uploads.due(connection, context.home_id, now - STALE)) is not None:
            takes = found.takes + 1
            if uploads.changed(connection, found, beat_at=now, takes=takes):
                return replace(found, beat_at=now, takes=takes)
        return None

    return transact(context.engine, act)


def _worked(context: Context, upload: Upload) -> str:
    module = context.modules.get(upload.module)
    record = next((one for one in module.records if one.name == upload.record), None) if module is not None else None
    if upload.state in KEPT_ROWS and (module is None or record is None):
        import_rows.failed(context, upload, Unsafe.FAILED)
        return UploadState.DONE.value
    if module is None or record is None:
        import_rows.gone(context, upload, context.clock())
        return UploadState.DROPPED.value
    if upload.takes > TAKES:
        LOG.error("file %s is given up: whoever worked on it was not heard of again, %d times", upload.id, TAKES)
        import_rows.failed(context, upload, Unsafe.KILLS)
        return UploadState.FAULTY.value
    try:
        return WORK[upload.state](context, module, record, upload).value
    except Overtaken:
        LOG.info("file %s: somebody else has taken or dropped it", upload.id)
        return "overtaken"
    except Exception as error:
        # Of this file alone: it is not taken again. What an error says may be what a cell says, and is not logged.
        LOG.error("file %s could not be read: %s", upload.id, type(error).__name__)
        import_rows.failed(context, upload, Unsafe.FAILED)
        return UploadState.FAULTY.value
