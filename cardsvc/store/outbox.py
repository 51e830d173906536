"""The outbox: what is to be told outside, written by the transaction that caused it, sent until it is confirmed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Update, select, update

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.terms import Notice
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


def of_case(connection: Connection, home_id: HomeId, case_no: CaseNo, notice: Notice | None = None) -> list[Entry]:
    """The messages about a case, the newest first."""
    o = t.outbox.c
    where = [o.home_id == home_id, o.case_no == case_no]
    if notice is not None:
        where.append(o.notice == notice.value)
    rows = connection.execute(select(t.outbox).where(*where).order_by(o.log_no.desc(), o.entry_no.desc()))
    return [_entry(row) for row in rows]


def waiting(connection: Connection, home_id: HomeId, now: datetime, most: int = 100) -> list[Entry]:
    """Those that are due to be sent, the oldest first."""
    o = t.outbox.c
    rows = connection.execute(
        select(t.outbox)
        .where(o.home_id == home_id, o.state == "waiting", o.next_at <= now)
        .order_by(o.log_no, o.entry_no)
        .limit(most)
    )
    return [_entry(row) for row in rows]


def sent(connection: Connection, home_id: HomeId, entry: Entry, now: datetime) -> None:
    """The receiver has confirmed it."""
    connection.execute(_one(home_id, entry).values(state="sent", sent_at=now, tries=entry.tries + 1))


def again(connection: Connection, home_id: HomeId, entry: Entry, next_at: datetime) -> None:
    """It could not be sent; it is tried again."""
    connection.execute(_one(home_id, entry).values(next_at=next_at, tries=entry.tries + 1))


def _one(home_id: HomeId, entry: Entry) -> Update:
    o = t.outbox.c
    return update(t.outbox).where(o.home_id == home_id, o.log_no == entry.log_no, o.entry_no == entry.entry_no)


def _entry(row: Any) -> Entry:
    number = CaseNo(row.case_no) if row.case_no else None
    return Entry(
        row.log_no, row.entry_no, row.channel, row.notice, number, row.to_sealed, row.body_sealed, row.state, row.tries
    )
