"""A card profile: how one kind of card is recognised, opened, read and written.

A profile is data and scripts; one file in `core.profiles` each (DESIGN.md section 5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cardsvc.core.card.channel import Session
from cardsvc.core.card.errors import CardForeign
from cardsvc.core.card.image import CardImage, CardWrite, Identity, Written
from cardsvc.core.card.keys import CardKey
from cardsvc.core.card.script import Script

KEY_MASTER, KEY_TAP, KEY_READ, KEY_BIND = range(4)
"""The four keys of our application (CARD.md section 5)."""
Keys = Mapping[int, bytes]
"""The keys of one card in one version: by key number, 16 bytes each."""
Chance = Callable[[int], bytes]


def fixed_keys(keys: Mapping[int, Keys], version: int, chance: Chance) -> Script[None]:
    """The `rekey` of a card whose keys cannot be changed: raises CardForeign."""
    yield from ()
    raise CardForeign("the keys of this kind of card cannot be changed")


@dataclass(frozen=True, slots=True)
class Example:
    """A transcript that a profile promises: (command, response) pairs and what `read` must make of them."""

    title: str
    script: Script[object]
    exchanges: tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class CardProfile:
    """One kind of card. `writable` says whether it can carry state and trail."""

    name: str
    writable: bool
    recognises: Callable[[bytes], bool]
    "By the answer to reset that the reader makes."
    identify: Callable[[], Script[bytes]]
    "The UID."
    claims: Callable[[], Script[None]]
    "Find our application without a key. Raises CardForeign when the card does not have it."
    open: Callable[[CardKey, int, bytes], Script[Session]]
    "Select our application and authenticate: key, key number, 16 random bytes."
    read: Callable[[bytes, Session], Script[tuple[CardImage, Session]]]
    read_identity: Callable[[Session], Script[Identity]]
    "Of a staff card: all that it carries."
    write: Callable[[CardWrite, bytes, Session], Script[tuple[Written, Session]]]
    "One atomic commit; the second argument is the reader's id (16 bytes)."
    personalise: Callable[[Keys, int, Identity, Chance], Script[None]]
    "From a factory chip: application, files, keys and their version (1 to 255), identity of a blank card."
    personalise_staff: Callable[[Keys, int, Identity, Chance], Script[None]]
    "From a factory chip: the same application with the identity alone, for somebody who works here."
    examples: Callable[[], tuple[Example, ...]]
    rekey: Callable[[Mapping[int, Keys], int, Chance], Script[None]] = fixed_keys
    "To the keys of a version, given the keys of every version that may be on the card; a torn one is taken up again."
