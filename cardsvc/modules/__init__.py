"""The civil-affairs modules, one folder each, found at start: each binds MODULE, and reads its own tables alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from cardsvc.core.registers import Entitlement

Waivers = Callable[[Connection, str, date], Iterable[Entitlement]]
"""Which waivers is a person entitled to on a local day? The person is the vault's blind index of their ID number.

It is asked beside every tap, never within one; it may be slow, and may raise: then it is asked again.
"""


@dataclass(frozen=True, slots=True)
class Module:
    """A module as it is plugged in; what it does not do is None."""

    name: str
    waivers: Waivers | None = None
