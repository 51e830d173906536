"""Family cards as the service knows them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, HomeId
from cardsvc.core.snapshot import HotList
from cardsvc.store import tables as t

FAMILY, STAFF = "family", "staff"
LETTERS = {FAMILY: "C", STAFF: "S"}
"""What stands after the home in a card's number, by its kind."""


def last_number(connection: Connection, home_id: HomeId, kind: str = FAMILY) -> CardNo | None:
    """The highest number so far of this kind of card."""
    c = t.card.c
    where = (c.home_id == home_id, c.kind == kind)
    found = connection.execute(select(func.max(c.card_no)).where(*where)).scalar_one_or_none()
    return CardNo(found) if found else None


def next_number(connection: Connection, home_id: HomeId, kind: str = FAMILY) -> CardNo:
    """The next free number of this kind of card."""
    last = last_number(connection, home_id, kind)
    return CardNo(f"{home_id}{LETTERS[kind]}-{int(last.split('-')[-1]) + 1 if last else 1:06d}")


def known(connection: Connection, home_id: HomeId, uid: bytes) -> bool:
    """Whether a chip is known already."""
    c = t.card.c
    return connection.execute(select(c.card_no).where(c.home_id == home_id, c.uid == uid.hex())).first() is not None


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Take a card into the pool."""
    connection.execute(t.card.insert().values(row))


def make_hot(
    connection: Connection, home_id: HomeId, card_no: CardNo, reason: HotReason, log_no: int, now: datetime
) -> None:
    """Put a card on the hot list: blocked, and told to every station with its next hello."""
    c = t.card.c
    values = {"state": "blocked", "hot_reason": reason.value, "hot_at": now, "changed_log_no": log_no}
    connection.execute(update(t.card).where(c.home_id == home_id, c.card_no == card_no).values(values))
    _next_hot_version(connection, home_id)


def cool(connection: Connection, home_id: HomeId, card_no: CardNo, state: str, log_no: int) -> None:
    """Take a card off the hot list; `state` is what it is from now on."""
    c = t.card.c
    values = {"state": state, "hot_reason": None, "hot_at": None, "changed_log_no": log_no}
    connection.execute(update(t.card).where(c.home_id == home_id, c.card_no == card_no).values(values))
    _next_hot_version(connection, home_id)


def hot_list(connection: Connection, home_id: HomeId) -> HotList:
    """The hot list as stations know it."""
    c, h = t.card.c, t.home.c
    rows = connection.execute(
        select(c.card_no).where(c.home_id == home_id, c.hot_reason.is_not(None)).order_by(c.card_no)
    )
    cards = tuple(CardNo(row.card_no) for row in rows)
    version = connection.execute(select(h.hot_version).where(h.home_id == home_id)).scalar_one()
    return HotList(version=version, cards=cards)


def _next_hot_version(connection: Connection, home_id: HomeId) -> None:
    h = t.home.c
    connection.execute(update(t.home).where(h.home_id == home_id).values(hot_version=h.hot_version + 1))
