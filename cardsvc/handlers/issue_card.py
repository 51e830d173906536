"""Take a personalised blank card into the pool, from where a station binds it to a case."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.card.image import LAYOUT, Identity
from cardsvc.core.card.profile import KEY_MASTER
from cardsvc.core.card.script import Script
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import desfire_ev2
from cardsvc.store import cards
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.vault.vault import card_keys


def next_number(context: Context) -> CardNo:
    """The next free card number of the home."""
    with context.engine.connect() as connection:
        return cards.next_number(connection, context.home_id)


def script(context: Context, uid: bytes, card_no: CardNo) -> Script[None]:
    """The conversation that makes a chip a blank card of the pool; nothing is left of what it was in this home.

    A chip whose making was torn, or that was made and never recorded, is made anew.
    """
    vault = context.vault
    version = vault.newest_version
    yield from desfire_ev2.wipe({one: vault.card_key(uid, KEY_MASTER, one) for one in vault.versions}, context.chance)
    identity = Identity(LAYOUT, context.home_id, card_no, None, 1)
    keys = card_keys(vault, uid, version)
    yield from desfire_ev2.PROFILE.personalise(keys, version, identity, context.chance)


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
            "key_version": context.vault.newest_version,
            "state": "pool",
            "counter": 0,
            "changed_log_no": number,
        }
        cards.add(connection, row)
        log.close()
        return card_no

    return transact(context.engine, act)
