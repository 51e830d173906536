"""Let a card that was found again serve again, by two people."""

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
    """Off the hot list: the key to its case again, or a blank of the pool again."""

    def act(connection: Connection) -> CardNo | Refusal:
        life = card_life.begin(connection, context.home_id, card_no, Act.UNBLOCK, people, now)
        if isinstance(life, Refusal):
            return life
        owned = life.case is not None or life.card.staff_no is not None
        life.bind_again()
        life.cool(CardState.BOUND if owned else CardState.POOL)
        flush(life.tx)
        return card_no

    return transact(context.engine, act)
