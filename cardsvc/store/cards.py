"""Family cards as the service knows them."""

from typing import Any

from sqlalchemy import Connection, func, select

from cardsvc.core.ids import CardNo, HomeId
from cardsvc.store import tables as t


def last_number(connection: Connection, home_id: HomeId) -> CardNo | None:
    """The highest card number so far."""
    c = t.card.c
    found = connection.execute(select(func.max(c.card_no)).where(c.home_id == home_id)).scalar_one_or_none()
    return CardNo(found) if found else None


def known(connection: Connection, home_id: HomeId, uid: bytes) -> bool:
    """Whether a chip is known already."""
    c = t.card.c
    return connection.execute(select(c.card_no).where(c.home_id == home_id, c.uid == uid.hex())).first() is not None


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Take a card into the pool."""
    connection.execute(t.card.insert().values(row))
