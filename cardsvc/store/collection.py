"""One-time codes that collectors of ashes are sent; only hashes are kept."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.store import tables as t
from cardsvc.store.grounds import code_hash


def add_code(
    connection: Connection, home_id: HomeId, case_no: CaseNo, code: str, now: datetime, until: datetime
) -> None:
    """A new code; those before it are good no more."""
    c, hashed = t.collection_code.c, code_hash(code)
    connection.execute(
        update(t.collection_code)
        .where(c.home_id == home_id, c.case_no == case_no, c.used_at.is_(None))
        .values(used_at=now)
    )
    same = select(c.code_hash).where(c.home_id == home_id, c.case_no == case_no, c.code_hash == hashed)
    if connection.execute(same).first() is not None:  # the same six digits once more
        where = (c.home_id == home_id, c.case_no == case_no, c.code_hash == hashed)
        connection.execute(update(t.collection_code).where(*where).values(made_at=now, expires_at=until, used_at=None))
        return
    values = {"home_id": home_id, "case_no": case_no, "code_hash": hashed, "made_at": now, "expires_at": until}
    connection.execute(t.collection_code.insert().values(**values))


def use_codes(connection: Connection, home_id: HomeId, case_no: CaseNo, now: datetime) -> None:
    """The ashes went out: no code of this case is good any more."""
    c = t.collection_code.c
    connection.execute(
        update(t.collection_code)
        .where(c.home_id == home_id, c.case_no == case_no, c.used_at.is_(None))
        .values(used_at=now)
    )
