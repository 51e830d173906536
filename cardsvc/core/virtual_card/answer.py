"""How the virtual card answers: what a command is, how it is opened in a session, and how it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cardsvc.core.card.apdu import OK
from cardsvc.core.card.channel import Mode
from cardsvc.core.virtual_card.messaging import Broken, Link

if TYPE_CHECKING:
    from cardsvc.core.virtual_card.card import VirtualCard

Answer = tuple[bytes, int]
MASTER = 0


class Failed(Exception):
    """The card says no: a status word."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


@dataclass(frozen=True, slots=True)
class Logical:
    """A command with all its frames."""

    ins: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Handler:
    """How to run a command; `length` tells how many bytes it must gather, None when the first frame is all."""

    run: Callable[[VirtualCard, Logical], Answer]
    length: Callable[[VirtualCard, bytes], int | None] = lambda card, data: None


def exactly(data: bytes, length: int) -> bytes:
    """The data, which must have this length in bytes."""
    if len(data) != length:
        raise Failed(0x917E)
    return data


def opened(card: VirtualCard, logical: Logical, header: int, mode: Mode) -> bytes:
    """Clear header and data; in a session everything is protected as the mode says."""
    if card.link is None:
        return logical.data
    try:
        return card.link.open(logical.ins, logical.data, header, mode)
    except Broken:
        raise Failed(0x911E) from None


def closed(card: VirtualCard, data: bytes, mode: Mode) -> Answer:
    """A good answer, protected as the mode says when there is a session."""
    return (data if card.link is None else card.link.close(data, mode)), OK


def need_key(card: VirtualCard, key_no: int) -> Link:
    """The session, which must have been opened with this key."""
    if card.link is None or card.link.key_no != key_no:
        raise Failed(0x91AE)
    return card.link
