"""Virtual cards of the demo home: blank ones of the pool, and the cards of open cases, each a file of its own."""

from collections.abc import Callable, Iterable
from pathlib import Path

from cardsvc.context import Context
from cardsvc.core.card.image import CardWrite
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_BIND, KEY_TAP
from cardsvc.core.card.script import Script, run
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card import store
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.handlers import issue_card, issue_staff_card

Change = tuple[CardWrite, bytes]
"""What a tap wrote, and the reader id (16 bytes) with which it did."""


def uid(context: Context) -> bytes:
    """A fresh UID, 7 bytes."""
    return bytes([4]) + context.chance(6)


def blank(context: Context) -> VirtualCard:
    """A card of the pool: personalised, and known to the service."""
    card = VirtualCard(uid(context), context.chance)
    card_no = issue_card.next_number(context)
    personalise(context, card, card_no)
    issue_card.handle(context, card_no, card.uid, context.clock())
    return card


def personalise(context: Context, card: VirtualCard, card_no: CardNo) -> None:
    """Make a factory chip a blank card."""
    run(issue_card.script(context, card.uid, card_no), card.transmit)
    card.field_off()


def staff_card(context: Context, owner: StaffNo) -> tuple[CardNo, VirtualCard]:
    """A card for somebody who works here, and its number."""
    card = VirtualCard(uid(context), context.chance)
    card_no = issue_staff_card.next_number(context)
    run(issue_staff_card.script(context, card.uid, card_no), card.transmit)
    card.field_off()
    issue_staff_card.handle(context, card_no, card.uid, owner, context.clock())
    return card_no, card


def written(context: Context, card_uid: bytes, card_no: CardNo, changes: Iterable[Change]) -> VirtualCard:
    """A card on which all these taps were written, the first of them with the bind key."""
    card = VirtualCard(card_uid, context.chance)
    personalise(context, card, card_no)
    for number, (change, reader_id) in enumerate(changes):
        key_no = KEY_TAP if number else KEY_BIND
        key = SoftwareKey(context.vault.card_key(card_uid, key_no, context.vault.newest_version))
        run(_tap(key, key_no, change, reader_id, context.chance(16)), card.transmit)
        card.field_off()
    return card


def _tap(key: SoftwareKey, key_no: int, change: CardWrite, reader_id: bytes, rnd_a: bytes) -> Script[None]:
    session = yield from PROFILE.open(key, key_no, rnd_a)
    yield from PROFILE.write(change, reader_id, session)


def keep(card: VirtualCard, path: Path) -> None:
    """Write the card's committed state; a file half written never replaces a whole one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(store.dump(card))
    fresh.replace(path)


def keeper(card: VirtualCard, path: Path) -> Callable[[], None]:
    """Called after every exchange: writes the card whenever something lasting has happened to it."""
    kept = card.changes

    def look() -> None:
        nonlocal kept
        if card.changes != kept:
            keep(card, path)
            kept = card.changes

    return look
