"""Links for people outside: one row's move is theirs to send, until a day, with a secret that only they have."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.store import tables as t


@dataclass(frozen=True, slots=True)
class Link:
    """What a link leads to."""

    module: str
    record: str
    row_id: str
    until: datetime
    made_by: str


def make(
    connection: Connection,
    home_id: HomeId,
    token_hash: str,
    to: tuple[str, str, str],
    until: datetime,
    by: StaffNo,
    now: datetime,
) -> None:
    """A new link to a row (module, record, id); the earlier ones to it end."""
    end(connection, home_id, to, now)
    module, record, row_id = to
    key = {"home_id": home_id, "token_hash": token_hash, "module": module, "record": record, "row_id": row_id}
    connection.execute(t.module_link.insert().values(**key, made_at=now, made_by=by, until=until))


def end(connection: Connection, home_id: HomeId, to: tuple[str, str, str], now: datetime) -> None:
    """No link leads to a row any more."""
    module, record, row_id = to
    c = t.module_link.c
    these = (c.home_id == home_id, c.module == module, c.record == record, c.row_id == row_id)
    connection.execute(update(t.module_link).where(*these, c.revoked_at.is_(None)).values(revoked_at=now))


def find(connection: Connection, home_id: HomeId, token_hash: str, now: datetime) -> Link | None:
    """The link of a secret, if it holds now."""
    c = t.module_link.c
    holds = (c.home_id == home_id, c.token_hash == token_hash, c.revoked_at.is_(None), c.until > now)
    row = connection.execute(select(t.module_link).where(*holds)).first()
    return Link(row.module, row.record, row.row_id, row.until, row.made_by) if row is not None else None
