"""Block a card that is lost, damaged or stolen: no station serves it from its next exchange on."""

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
    """Hot at once; its case goes on, and another blank may be bound to it."""

    def act(connection: Connection) -> CardNo | Refusal:
        life = card_life.begin(connection, context.home_id, card_no, Act.BLOCK, people, now, reason)
        if isinstance(life, Refusal):
            return life
        life.make_hot(reason)
        life.release(reason)
        flush(life.tx)
        return card_no

    return transact(context.engine, act)
