"""The log of a home: one chained link for each record and each act, numbered under a lock.

The lock on the head orders all that a home writes; nothing is decided by comparing clocks.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.store.tables import audit_link, business_day, log_head

GENESIS = "0" * 64


@dataclass(slots=True)
class Log:
    """The open end of the log within one transaction."""

    connection: Connection
    home_id: HomeId
    log_no: int
    root: str
    day: str
    "The business day that is open: it never goes back, whatever the clock does."
    links: list[dict[str, Any]] = field(default_factory=list)
    days: dict[int, str] = field(default_factory=dict)
    "Business days that begin in this transaction, by their first log number."

    def add(self, what: str, subject: str, digest: str, at: datetime, staff_no: StaffNo | None = None) -> int:
        """Chain one more link; returns its number."""
        number = self.log_no + 1
        link = link_hash(self.root, number, what, subject, digest)
        self.links.append(
            {
                "home_id": self.home_id,
                "log_no": number,
                "at": at,
                "what": what,
                "subject": subject,
                "staff_no": staff_no,
                "digest": digest,
                "prev": self.root,
                "hash": link,
            }
        )
        self.log_no, self.root = number, link
        self.begin(local(at).date(), number)
        return number

    def begin(self, day: date, log_no: int) -> None:
        """A business day begins with this log number, unless it or a later one has begun."""
        if day.isoformat() > self.day:
            self.day = self.days[log_no] = day.isoformat()

    def open_days(self) -> None:
        """Write the days that have begun: what is posted next is of the last one."""
        rows = [{"home_id": self.home_id, "day": day, "from_log_no": log_no} for log_no, day in self.days.items()]
        if rows:
            self.connection.execute(_DAYS, rows)
            self.days = {}

    def close(self) -> None:
        """Write the links and the new head."""
        self.open_days()
        if self.links:
            self.connection.execute(_LINKS, self.links)
            moved = {"of_home": self.home_id, "log_no": self.log_no, "root": self.root, "day": self.day}
            self.connection.execute(_MOVED, moved)
            self.links = []


def open_log(connection: Connection, home_id: HomeId) -> Log:
    """Lock the head of a home's log until the transaction ends."""
    row = connection.execute(_HEAD, {"of_home": home_id}).one()
    return Log(connection, home_id, row.log_no, row.root, row.day)


def link_hash(prev: str, log_no: int, what: str, subject: str, digest: str) -> str:
    """The hash of a link, 64 hex digits: SHA-256 over its length-prefixed parts."""
    parts = [part.encode() for part in (prev, str(log_no), what, subject, digest)]
    return hashlib.sha256(b"".join([len(part).to_bytes(4, "big") + part for part in parts])).hexdigest()


# Built once: each transaction of a home runs them.
_HEAD = select(log_head).where(log_head.c.home_id == bindparam("of_home")).with_for_update()
_LINKS, _DAYS = audit_link.insert(), business_day.insert()
_MOVED = (
    update(log_head)
    .where(log_head.c.home_id == bindparam("of_home"))
    .values(log_no=bindparam("log_no"), root=bindparam("root"), day=bindparam("day"))
)
