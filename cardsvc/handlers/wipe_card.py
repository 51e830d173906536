"""Wipe the chip of a returned card and make it a blank card of the pool, with a number of its own.

The conversation with the chip is that of issuing: it takes off whatever was there.
"""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.card_life import Act, CardState, HeldCard, objection
from cardsvc.core.ids import CardNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import desfire_ev2
from cardsvc.store import card_life, cards
from cardsvc.store.card_life import People
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush


def wipeable(context: Context, uid: bytes) -> HeldCard | Refusal:
    """The returned card that this chip is: asked before the chip is touched."""
    with context.engine.connect() as connection:
        card = cards.by_uid(connection, context.home_id, uid)
    if card is None:
        return Refusal(Problem.CARD_UNKNOWN, uid.hex())
    return objection(Act.WIPE, card, None) or card


def handle(context: Context, old: CardNo, card_no: CardNo, people: People, now: datetime) -> CardNo | Refusal:
    """Record that the chip of `old` is the blank `card_no` now; the old card's row stays for its history."""

    def act(connection: Connection) -> CardNo | Refusal:
        life = card_life.begin(connection, context.home_id, old, Act.WIPE, people, now)
        if isinstance(life, Refusal):
            return life
        life.move(CardState.WIPED)
        row = {
            "home_id": context.home_id,
            "card_no": card_no,
            "uid": life.card.uid,
            "profile": desfire_ev2.PROFILE.name,
            "issue_no": 1,
            "key_version": context.vault.newest_version,
            "state": CardState.POOL.value,
            "counter": 0,
            "changed_log_no": life.tx.log.add("card issued", card_no, "", now, people.first),
        }
        cards.add(connection, row)
        flush(life.tx)
        return card_no

    return transact(context.engine, act)
