"""A desk with cards: personalised virtual cards, keys, and a tap as a station does it."""

import random
from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardsvc.core.card.image import CardImage, CardState, CardWrite, Identity, TrailEntry, TrailKey, entry_hash
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_BIND, KEY_TAP
from cardsvc.core.card.script import Script, run
from cardsvc.core.ids import CardNo, CaseNo, HomeId, JournalId, RecordKey
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card.card import VirtualCard

HOME = HomeId("WZ")
JOURNAL = JournalId("ab" * 16)
STATION_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
READER_ID = bytes(16)


class Answering(Protocol):
    def transmit(self, apdu: bytes) -> bytes: ...


def chance(seed: int) -> Callable[[int], bytes]:
    return random.Random(seed).randbytes


def keys(number: int) -> dict[int, bytes]:
    return {key_no: bytes([number, key_no] * 8) for key_no in range(4)}


def blank(number: int = 1) -> VirtualCard:
    """A personalised card of the pool, without a case."""
    card = VirtualCard(bytes([4, number, 3, 4, 5, 6, 7]), chance(number))
    identity = Identity(1, HOME, CardNo(f"WZC-{number:06d}"), None, 1)
    run(PROFILE.personalise(keys(number), 1, identity, chance(1000 + number)), card.transmit)
    card.field_off()
    return card


def bound(number: int = 1) -> VirtualCard:
    """A card that is the key to a case, after one tap."""
    card = blank(number)
    image = look(card, number, KEY_BIND)
    assert image.identity is not None
    identity = Identity(1, HOME, image.identity.card_no, CaseNo(f"WZ-2026-{number:06d}"), 1)
    run(tap(number, 1, identity=identity), card.transmit)
    card.field_off()
    return card


def look(card: Answering, number: int, key_no: int = KEY_TAP) -> CardImage:
    """Read a card."""

    def script() -> Script[CardImage]:
        uid = yield from PROFILE.identify()
        session = yield from PROFILE.open(SoftwareKey(keys(number)[key_no]), key_no, bytes(16))
        image, _ = yield from PROFILE.read(uid, session)
        return image

    return run(script(), card.transmit)


def tap(number: int, seq: int, identity: Identity | None = None) -> Script[CardImage]:
    """One whole tap, read and write in one session, as a station does it; returns the image that was read."""
    key_no = KEY_TAP if identity is None else KEY_BIND
    uid = yield from PROFILE.identify()
    session = yield from PROFILE.open(SoftwareKey(keys(number)[key_no]), key_no, bytes([seq] * 16))
    image, session = yield from PROFILE.read(uid, session)
    yield from PROFILE.write(change(image, seq, identity), READER_ID, session)
    return image


def change(image: CardImage, seq: int, identity: Identity | None = None) -> CardWrite:
    assert image.state is not None
    before = entry_hash(image.trail[-1]) if image.trail else bytes(16)
    key = RecordKey(JOURNAL, seq)
    unsigned = TrailEntry(3, key, 5, 0, 1_700_000_000_000 + seq, before, bytes(64))
    signature = STATION_KEY.sign(unsigned.signed_bytes(image.uid))
    entry = TrailEntry(3, key, 5, 0, unsigned.time_ms, before, signature)
    return CardWrite(CardState(image.state.counter + 1, key, 5, 0, bytes([seq] * 16)), entry, identity)


def key_of(number: int, journal_id: JournalId) -> TrailKey | None:
    known = (number, journal_id) == (3, JOURNAL)
    return TrailKey(STATION_KEY.public_key().public_bytes_raw()) if known else None
