"""Letting the rows of a file stand, in one transaction: when the log is locked, and what is done under its lock."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from cardsvc.core.ids import StaffNo
from cardsvc.core.uploads import UploadState
from cardsvc.modules import Module
from cardsvc.rows import stopping, uploads
from cardsvc.rows.beating import Beat
from cardsvc.rows.keeping import Where
from cardsvc.rows.rechecking import gives_places
from cardsvc.store.log import Log, open_log
from cardsvc.vault.vault import Vault


def locked_first(connection: Connection, where: Where, module: Module) -> Log | None:
    """The log, where it is locked before a row is written; None where that can wait.

    Places are given under its lock, as one by one; so are rows to what others may agree to meanwhile.
    """
    at_once = gives_places(module, where.record) or where.record.bound_by
    return open_log(connection, where.home_id) if at_once else None


def finish(
    connection: Connection,
    vault: Vault,
    at: tuple[Where, Module],
    beat: Beat,
    log: Log | None,
    told: tuple[str, str],
    rows: Iterable[str],
    who: tuple[StaffNo, datetime],
    **to: Any,
) -> None:
    """All rows of a file stand: say so, and stop those whose person a case says to be dead. Raises Overtaken.

    `log`: as `locked_first` gave it. `told`: what became of so many rows, and their digest. `rows`: the ids of those
    that may be paid. `to`: what becomes of the file beside its state.
    """
    where, module = at
    uploads.put(connection, beat.upload, state=UploadState.DONE.value, done=beat.done, **to)
    # The log's head is locked last: while rows are written, taps go on (on PostgreSQL; SQLite has one writer).
    log = log or open_log(connection, where.home_id)
    what, digest = told
    said = f"{beat.done} rows {what}: {module.name}/{where.record.name}"
    log.add(said, beat.upload.id, digest, who[1], who[0])
    stopping.stop_told(connection, vault, log, where, module, rows, who[1])
    log.close()
