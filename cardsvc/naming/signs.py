"""The signs of a case: keyed indexes of its name, its ID number and its place; nothing in clear leaves here."""

from collections.abc import Callable
from datetime import datetime

from cardsvc.core.local_time import local
from cardsvc.core.people import NAMELESS
from cardsvc.core.radar import Signs
from cardsvc.naming.names import name_words, shape, sounds, squeezed
from cardsvc.naming.places import place

Blind = Callable[[str, str], str]
"""The vault's keyed index of a value of a kind."""


def signs_of(blind: Blind, name: str, id_no: str | None, address: str, opened_at: datetime) -> Signs:
    """What the case is compared by; somebody without a name by ID number, place and day alone."""
    form = shape(name)
    where = place(address)
    return Signs(
        name=blind("word", squeezed(name)) if form else None,
        shape=blind("shape", form) if form else None,
        sounds=frozenset(blind("sound", one) for one in sounds(name)),
        place=blind("place", where) if where else None,
        identity=identity(blind, id_no),
        day=local(opened_at).date(),
    )


def identity(blind: Blind, id_no: str | None) -> str | None:
    """The keyed index of an ID number."""
    return blind("id_no", id_no.upper()) if id_no else None


def words_of(blind: Blind, name: str, signs: Signs) -> list[str]:
    """The keyed words of a case: those by which its name is found, and those by which it is compared."""
    found = {blind("word", word) for word in name_words(name)} if name != NAMELESS else set()
    return sorted(found | {one for one in (signs.name, signs.shape, *signs.sounds) if one is not None})
