"""What a station asks of a reader, and what can happen at one.

Events are values; only an exchange with a card may raise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from cardsvc.core.card.errors import CardError

DEADLINE_S = 3.0
"""No exchange may take longer (CARD.md section 2)."""


class Fault(StrEnum):
    """Why a reader cannot serve; each has its own sentence on the touch page (``[reader]`` in the catalogues)."""

    NO_DAEMON = "no_daemon"
    NO_READER = "no_reader"
    UNPLUGGED = "unplugged"
    BUSY = "busy"
    HUNG = "hung"


@dataclass(frozen=True, slots=True)
class CardIn:
    """A card lies on the reader; `atr` is the answer to reset."""

    atr: bytes


@dataclass(frozen=True, slots=True)
class CardOut:
    """The field is empty."""


@dataclass(frozen=True, slots=True)
class ReaderLost:
    """The reader or its daemon is gone; it comes back by itself when it can."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class ReaderBack:
    """The reader is there again."""


Event: TypeAlias = CardIn | CardOut | ReaderLost | ReaderBack


class ReaderFault(CardError):
    """The reader or its daemon failed during an exchange."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class CardMute(CardError):
    """The card lies there and does not answer within the deadline."""


class Reader(Protocol):
    """One reader. `wait` and `transmit` belong to one thread; `close` may come from another."""

    name: str

    def wait(self, timeout_s: float) -> Event | None:
        """The next thing that happens, or None when nothing did within `timeout_s` seconds."""

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange one APDU. Raises CardGone, CardMute or ReaderFault."""

    def close(self) -> None:
        """Let go of the reader."""


_NUMBERED = re.compile(r"(.*) [0-9A-F]{2} ([0-9A-F]{2})")
"""A name as PC/SC makes it: the device with its serial number, its index, and its slot."""


def choose(names: Sequence[str], wanted: str) -> str | None:
    """The reader that is meant by a part of its name, such as its serial number; empty: the first one.

    A reader that comes back after it was pulled out can have another index: where the whole name is not there, the
    same device and slot are meant.
    """
    exact = next((name for name in names if wanted in name), None)
    if exact is not None:
        return exact
    return next((name for name in names if _without_index(wanted) in _without_index(name)), None)


def _without_index(name: str) -> str:
    numbered = _NUMBERED.fullmatch(name)
    return f"{numbered[1]} {numbered[2]}" if numbered is not None else name
