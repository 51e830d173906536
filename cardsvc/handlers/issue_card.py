"""Take a personalised blank card into the pool, from where a station binds it to a case."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.card.image import LAYOUT, Identity
from cardsvc.core.card.profile import KEY_BIND, KEY_MASTER, KEY_READ, KEY_TAP
from cardsvc.core.card.script import Script
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import desfire_ev2
from cardsvc.store import cards
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def next_number(context: Context) -> CardNo:
    """The next free card number of the home."""
    with context.engine.connect() as connection:
        return cards.next_number(connection, context.home_id)


def script(context: Context, uid: bytes, card_no: CardNo) -> Script[None]:
    """The conversation that makes a factory chip a blank card of the pool."""
    keys = {number: context.vault.card_key(uid, number) for number in (KEY_MASTER, KEY_TAP, KEY_READ, KEY_BIND)}
    identity = Identity(LAYOUT, context.home_id, card_no, None, 1)
    return desfire_ev2.PROFILE.personalise(keys, identity, context.chance)


def handle(context: Context, card_no: CardNo, uid: bytes, now: datetime) -> CardNo | Refusal:
    """Record a card that has been personalised; refuses a chip that is known already."""

    def act(connection: Connection) -> CardNo | Refusal:
        log = open_log(connection, context.home_id)
        if cards.known(connection, context.home_id, uid):
            return Refusal(Problem.CARD_NOT_BLANK, card_no)
        number = log.add("card issued", card_no, "", now)
        row = {
            "home_id": context.home_id,
            "card_no": card_no,
            "uid": uid.hex(),
            "profile": desfire_ev2.PROFILE.name,
            "issue_no": 1,
            "key_version": desfire_ev2.KEY_VERSION,
            "state": "pool",
            "counter": 0,
            "changed_log_no": number,
        }
        cards.add(connection, row)
        log.close()
        return card_no

    return transact(context.engine, act)
