"""MIFARE Classic 1K and 4K as many homes still have them: the UID and nothing else.

Its cipher is broken and its UID can be copied, so it proves nothing: the service decides every step, and neither load
nor release is ever taken with one (CARD.md section 1).
"""

from typing import Never

from cardsvc.core.card import desfire
from cardsvc.core.card.channel import Session
from cardsvc.core.card.errors import CardForeign
from cardsvc.core.card.image import CardImage, CardWrite, Identity, Written
from cardsvc.core.card.keys import CardKey
from cardsvc.core.card.profile import CardProfile, Chance, Example, Keys
from cardsvc.core.card.script import Script

STORAGE_CARD = bytes.fromhex("3B8F8001804F0CA00000030603")
"""How PC/SC part 3 (3.1.3.2.3.2) begins the ATR of an ISO 14443 A part 3 storage card: RID A000000306, SS 03."""
CHIPS = frozenset({b"\x00\x01", b"\x00\x02"})
"""Classic 1K and 4K."""
ATR_BYTES = 20


def recognises(atr: bytes) -> bool:
    """Whether the reader says that this is a Classic 1K or 4K."""
    return len(atr) == ATR_BYTES and atr.startswith(STORAGE_CARD) and atr[13:15] in CHIPS


def claims() -> Script[None]:
    """It has no application of ours. Raises CardForeign."""
    yield from _nothing()


def open_(key: CardKey, key_no: int, rnd_a: bytes) -> Script[Session]:
    """It cannot authenticate. Raises CardForeign."""
    return (yield from _nothing())


def read(uid: bytes, session: Session) -> Script[tuple[CardImage, Session]]:
    """It carries nothing of ours. Raises CardForeign."""
    return (yield from _nothing())


def read_identity(session: Session) -> Script[Identity]:
    """It says no number of ours. Raises CardForeign."""
    return (yield from _nothing())


def write(change: CardWrite, reader_id: bytes, session: Session) -> Script[tuple[Written, Session]]:
    """Nothing is ever written on it. Raises CardForeign."""
    return (yield from _nothing())


def personalise(keys: Keys, version: int, identity: Identity, chance: Chance) -> Script[None]:
    """No card of this kind is issued any more. Raises CardForeign."""
    yield from _nothing()


def _nothing() -> Script[Never]:
    yield from ()
    raise CardForeign("a storage card carries nothing of ours")


def examples() -> tuple[Example, ...]:
    """The pseudo-APDU for the UID, as a reader answers it for a Classic with four bytes and for one with seven."""
    ask = bytes.fromhex("FFCA000000")
    four, seven = bytes.fromhex("9E2B4C07"), bytes.fromhex("04A1B2C3D4E5F6")
    return tuple(
        Example(f"UID of {len(uid)} bytes", desfire.read_uid(), ((ask, uid + b"\x90\x00"),)) for uid in (four, seven)
    )


PROFILE = CardProfile(
    name="mifare_classic",
    writable=False,
    recognises=recognises,
    identify=desfire.read_uid,
    claims=claims,
    open=open_,
    read=read,
    read_identity=read_identity,
    write=write,
    personalise=personalise,
    personalise_staff=personalise,
    examples=examples,
)
