"""Give somebody who works here a card of their own: it says its number, and the PIN is still asked."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.card.image import LAYOUT, Identity
from cardsvc.core.card.script import Script
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import desfire_ev2
from cardsvc.store import cards, staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.vault.vault import card_keys


def next_number(context: Context) -> CardNo:
    """The next free number of a staff card."""
    with context.engine.connect() as connection:
        return cards.next_number(connection, context.home_id, cards.STAFF)


def script(context: Context, uid: bytes, card_no: CardNo) -> Script[None]:
    """The conversation that makes a factory chip a staff card; nothing personal goes onto it."""
    version = context.vault.newest_version
    identity = Identity(LAYOUT, context.home_id, card_no, None, 1)
    keys = card_keys(context.vault, uid, version)
    return desfire_ev2.PROFILE.personalise_staff(keys, version, identity, context.chance)


def handle(
    context: Context, card_no: CardNo, uid: bytes, owner: StaffNo, now: datetime, by: StaffNo | None = None
) -> CardNo | Refusal:
    """Record a staff card that has been personalised for `owner`; `by` is who gives it out."""

    def act(connection: Connection) -> CardNo | Refusal:
        log = open_log(connection, context.home_id)
        if staff.find(connection, context.home_id, owner) is None:
            return Refusal(Problem.STAFF_UNKNOWN, owner)
        if cards.known(connection, context.home_id, uid):
            return Refusal(Problem.CARD_NOT_BLANK, card_no)
        number = log.add("staff card issued", f"{card_no} {owner}", "", now, by)
        row = {
            "home_id": context.home_id,
            "card_no": card_no,
            "uid": uid.hex(),
            "profile": desfire_ev2.PROFILE.name,
            "issue_no": 1,
            "key_version": context.vault.newest_version,
            "state": "bound",
            "counter": 0,
            "changed_log_no": number,
            "kind": cards.STAFF,
            "staff_no": owner,
        }
        cards.add(connection, row)
        log.close()
        return card_no

    return transact(context.engine, act)
