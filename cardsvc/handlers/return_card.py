"""Take a card back: the family hands it in after its case is over, or when it was found again."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.card_life import Act, CardState
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Refusal
from cardsvc.store import card_life
from cardsvc.store.card_life import People
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush


def handle(context: Context, card_no: CardNo, people: People, now: datetime) -> CardNo | Refusal:
    """Returned; a card that is hot stays hot, for a copy of it may be about."""

    def act(connection: Connection) -> CardNo | Refusal:
        life = card_life.begin(connection, context.home_id, card_no, Act.RETURN, people, now)
        if isinstance(life, Refusal):
            return life
        life.move(CardState.RETURNED)
        flush(life.tx)
        return card_no

    return transact(context.engine, act)
