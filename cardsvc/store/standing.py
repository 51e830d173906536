"""Whether a journal is taken from: waiting, approved, halted, revoked; and who has said hello since a restore."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from cardsvc.core.ids import HomeId, JournalId, StaffNo, StationId
from cardsvc.core.problems import Problem
from cardsvc.core.wire import RevokedWhy
from cardsvc.store import tables as t


def living(connection: Connection, home_id: HomeId, station_id: StationId) -> list[JournalId]:
    """The journals of a station that were not revoked, the newest first."""
    j = t.journal.c
    rows = connection.execute(
        select(j.journal_id)
        .where(j.home_id == home_id, j.station_id == station_id, j.revoked_at.is_(None))
        .order_by(j.journal_id.desc())
    )
    return [JournalId(row.journal_id) for row in rows]


def approve(
    connection: Connection, home_id: HomeId, journal_id: JournalId, by: tuple[StaffNo, StaffNo], now: datetime
) -> None:
    """Take from a journal from now on, and let every station know its key."""
    _change(connection, home_id, journal_id, approved_at=now, approved_by=",".join(by))


def revoke(connection: Connection, home_id: HomeId, journal_id: JournalId, why: RevokedWhy, now: datetime) -> None:
    """Take nothing more from a journal, and let every station know what its key is worth now."""
    _change(connection, home_id, journal_id, revoked_at=now, revoked_why=why.value)


def halt(connection: Connection, home_id: HomeId, journal_id: JournalId, problem: Problem) -> None:
    """The journal was rolled back or copied: only a new one helps."""
    _change(connection, home_id, journal_id, halted=problem.value)


def _change(connection: Connection, home_id: HomeId, journal_id: JournalId, **values: Any) -> None:
    j = t.journal.c
    connection.execute(update(t.journal).where(j.home_id == home_id, j.journal_id == journal_id).values(**values))
    home = update(t.home).where(t.home.c.home_id == home_id).values(setup_version=t.home.c.setup_version + 1)
    connection.execute(home)


def said_hello(connection: Connection, home_id: HomeId, journal_id: JournalId, epoch: int) -> None:
    """The station knows of this epoch, and has sent again what the service had lost."""
    j = t.journal.c
    connection.execute(
        update(t.journal).where(j.home_id == home_id, j.journal_id == journal_id).values(epoch_seen=epoch)
    )
