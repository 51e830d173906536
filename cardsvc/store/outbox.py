"""The outbox: what is to be told outside, written by the transaction that caused it, sent until it is confirmed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Update, func, select, update

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.outgoing import FINAL, SendError
from cardsvc.store import tables as t


@dataclass(frozen=True, slots=True)
class Entry:
    """One message; its id for ever is (`log_no`, `entry_no`). Sealed at outbox/{log_no}/{entry_no}/to and /body."""

    log_no: int
    entry_no: int
    channel: str
    notice: str
    case_no: CaseNo | None
    to_sealed: bytes | None
    body_sealed: bytes
    state: str = "waiting"
    tries: int = 0

    @property
    def where(self) -> str:
        """What its sealed values are bound to."""
        return f"outbox/{self.log_no}/{self.entry_no}"


def put(connection: Connection, home_id: HomeId, entry: Entry, now: datetime) -> None:
    """A new message that waits to be sent."""
    connection.execute(
        t.outbox.insert().values(
            home_id=home_id,
            log_no=entry.log_no,
            entry_no=entry.entry_no,
            channel=entry.channel,
            notice=entry.notice,
            case_no=entry.case_no,
            to_sealed=entry.to_sealed,
            body_sealed=entry.body_sealed,
            state="waiting",
            tries=0,
            next_at=now,
        )
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as lists show it: never the text or the number."""

    log_no: int
    entry_no: int
    channel: str
    notice: str
    case_no: str | None
    state: str
    tries: int
    next_at: datetime
    sent_at: datetime | None
    error: str | None


def of_case(connection: Connection, home_id: HomeId, case_no: CaseNo, notice: StrEnum | None = None) -> list[Entry]:
    """The messages about a case, the newest first."""
    o = t.outbox.c
    where = [o.home_id == home_id, o.case_no == case_no]
    if notice is not None:
        where.append(o.notice == notice.value)
    rows = connection.execute(select(t.outbox).where(*where).order_by(o.log_no.desc(), o.entry_no.desc()))
    return [_entry(row) for row in rows]


def take(
    connection: Connection, home_id: HomeId, channels: Collection[str], now: datetime, until: datetime, most: int = 50
) -> list[Entry]:
    """Those that are due, the oldest first; nobody else takes them before `until`, should this process end."""
    o = t.outbox.c
    rows = connection.execute(
        select(t.outbox)
        .where(o.home_id == home_id, o.state == "waiting", o.next_at <= now, o.channel.in_(channels))
        .order_by(o.log_no, o.entry_no)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    entries = [_entry(row) for row in rows]
    for entry in entries:
        connection.execute(_one(home_id, entry).values(next_at=until))
    return entries


def listed(connection: Connection, home_id: HomeId, state: str | None, before: int | None, most: int) -> list[Listed]:
    """A page of the outbox without what is sealed, the newest first, and one more."""
    o = t.outbox.c
    where = [o.home_id == home_id]
    if state is not None:
        where.append(o.state == state)
    if before is not None:
        where.append(o.log_no < before)
    columns = (o.log_no, o.entry_no, o.channel, o.notice, o.case_no, o.state, o.tries, o.next_at, o.sent_at, o.error)
    rows = connection.execute(
        select(*columns).where(*where).order_by(o.log_no.desc(), o.entry_no.desc()).limit(most + 1)
    )
    return [Listed(**row) for row in rows.mappings()]


def counts(connection: Connection, home_id: HomeId) -> dict[str, int]:
    """How many messages are in each state."""
    o = t.outbox.c
    rows = connection.execute(select(o.state, func.count()).where(o.home_id == home_id).group_by(o.state))
    return {row[0]: row[1] for row in rows}


def sent(connection: Connection, home_id: HomeId, entry: Entry, now: datetime) -> None:
    """The receiver has confirmed it."""
    connection.execute(_one(home_id, entry).values(state="sent", sent_at=now, tries=entry.tries + 1, error=None))


def again(connection: Connection, home_id: HomeId, entry: Entry, next_at: datetime, error: SendError) -> None:
    """It was not confirmed; it is tried again, unless another process has got it through meanwhile."""
    o = t.outbox.c
    values = {"next_at": next_at, "tries": entry.tries + 1, "error": error.value}
    if error in FINAL:
        values["state"] = "failed"
    connection.execute(_one(home_id, entry).where(o.state == "waiting").values(**values))


def send_anew(connection: Connection, home_id: HomeId, log_no: int, entry_no: int, now: datetime) -> bool:
    """Somebody wants it tried now; False when it is not there, or confirmed."""
    o = t.outbox.c
    where = (o.home_id == home_id, o.log_no == log_no, o.entry_no == entry_no, o.state != "sent")
    done = connection.execute(update(t.outbox).where(*where).values(state="waiting", next_at=now))
    return bool(done.rowcount)


def _one(home_id: HomeId, entry: Entry) -> Update:
    o = t.outbox.c
    return update(t.outbox).where(o.home_id == home_id, o.log_no == entry.log_no, o.entry_no == entry.entry_no)


def _entry(row: Any) -> Entry:
    number = CaseNo(row.case_no) if row.case_no else None
    return Entry(
        row.log_no, row.entry_no, row.channel, row.notice, number, row.to_sealed, row.body_sealed, row.state, row.tries
    )
