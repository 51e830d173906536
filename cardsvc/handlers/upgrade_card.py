"""Give a card the newest keys: a rollover reaches each card when it is next at the desk (CARD.md section 5)."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.card.script import Script
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.profiles import desfire_ev2
from cardsvc.store import cards
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.vault.vault import card_keys


def script(context: Context, uid: bytes) -> Script[None]:
    """The conversation; one that was torn is taken up again, whatever versions are on the card by then."""
    vault = context.vault
    known = {version: card_keys(vault, uid, version) for version in vault.versions}
    return desfire_ev2.PROFILE.rekey(known, vault.newest_version, context.chance)


def handle(context: Context, uid: bytes, by: StaffNo | None, now: datetime) -> CardNo | Refusal:
    """Record that the chip has proved its newest keys; stations get them with their next news."""

    def act(connection: Connection) -> CardNo | Refusal:
        log = open_log(connection, context.home_id)
        card = cards.by_uid(connection, context.home_id, uid)
        if card is None:
            return Refusal(Problem.CARD_UNKNOWN, uid.hex())
        version = context.vault.newest_version
        number = log.add(f"card rekeyed to version {version}", card.card_no, "", now, by)
        cards.set_key_version(connection, context.home_id, card.card_no, version, number)
        log.close()
        return card.card_no

    return transact(context.engine, act)
