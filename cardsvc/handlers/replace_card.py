"""Replace the card of a case, by two people: the old one is hot, the case waits for a new one."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.card_life import Act
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Refusal
from cardsvc.store import card_life
from cardsvc.store.card_life import People
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush


def handle(context: Context, card_no: CardNo, reason: HotReason, people: People, now: datetime) -> CardNo | Refusal:
    """Block and release in one step; the new card is then bound at a station as any blank."""

    def act(connection: Connection) -> CardNo | Refusal:
        life = card_life.begin(connection, context.home_id, card_no, Act.REPLACE, people, now, reason)
        if isinstance(life, Refusal):
            return life
        life.make_hot(reason)
        life.release(reason)
        flush(life.tx)
        return card_no

    return transact(context.engine, act)
