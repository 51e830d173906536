"""The log of a home: one chained link for each record and each act, numbered under a lock.

The lock on the head orders all that a home writes; nothing is decided by comparing clocks.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.store.tables import audit_link, log_head

GENESIS = "0" * 64


@dataclass(slots=True)
class Log:
    """The open end of the log within one transaction."""

    connection: Connection
    home_id: HomeId
    log_no: int
    root: str
    links: list[dict[str, Any]] = field(default_factory=list)

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
        return number

    def close(self) -> None:
        """Write the links and the new head."""
        if self.links:
            self.connection.execute(_LINKS, self.links)
            self.connection.execute(_MOVED, {"of_home": self.home_id, "log_no": self.log_no, "root": self.root})
            self.links = []


def open_log(connection: Connection, home_id: HomeId) -> Log:
    """Lock the head of a home's log until the transaction ends."""
    row = connection.execute(_HEAD, {"of_home": home_id}).one()
    return Log(connection, home_id, row.log_no, row.root)


def link_hash(prev: str, log_no: int, what: str, subject: str, digest: str) -> str:
    """The hash of a link, 64 hex digits: SHA-256 over its length-prefixed parts."""
    parts = [part.encode() for part in (prev, str(log_no), what, subject, digest)]
    return hashlib.sha256(b"".join([len(part).to_bytes(4, "big") + part for part in parts])).hexdigest()


# Built once: each transaction of a home runs them.
_HEAD = select(log_head).where(log_head.c.home_id == bindparam("of_home")).with_for_update()
_LINKS = audit_link.insert()
_MOVED = (
    update(log_head)
    .where(log_head.c.home_id == bindparam("of_home"))
    .values(log_no=bindparam("log_no"), root=bindparam("root"))
)
