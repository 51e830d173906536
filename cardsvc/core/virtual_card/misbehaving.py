"""Cards that misbehave on demand: a plan says what goes wrong at which exchange."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from cardsvc.core.card.errors import CardGone
from cardsvc.core.virtual_card.card import VirtualCard


class Fault(Enum):
    """What can go wrong at an exchange."""

    GONE_BEFORE = "gone_before"  # pulled: the command never arrived
    GONE_AFTER = "gone_after"  # pulled: the command was executed, the answer lost
    EMPTY = "empty"  # success without data, as PC/SC does for a torn card
    MUTE = "mute"  # no answer at all
    ENDLESS = "endless"  # additional frames for ever
    HUGE = "huge"  # an answer of 64 KB
    CORRUPT = "corrupt"  # one bit of the answer flipped
    SWAP = "swap"  # another card on the same handle


class Mute(Exception):
    """The card does not answer; a reader turns this into its deadline."""


@dataclass(slots=True)
class Misbehaving:
    """A card with a plan: exchange number (from 0) to fault. `other` is the card that SWAP brings."""

    card: VirtualCard
    plan: Mapping[int, Fault]
    other: VirtualCard | None = None
    exchange: int = field(default=0)
    gone: bool = False

    @property
    def atr(self) -> bytes:
        """The card's answer to reset."""
        return self.card.atr

    def field_off(self) -> None:
        """The card leaves the field, and may come back."""
        self.card.field_off()
        self.gone = False

    def transmit(self, apdu: bytes) -> bytes:
        """Answer an APDU, or misbehave. Raises CardGone and Mute as planned."""
        if self.gone:
            raise CardGone("out of the field")
        number, self.exchange = self.exchange, self.exchange + 1
        fault = self.plan.get(number)
        if fault is None:
            return self.card.transmit(apdu)
        return FAULTS[fault](self, apdu)


def _leave(card: Misbehaving) -> bytes:
    card.gone = True
    card.card.field_off()
    raise CardGone("pulled away")


def _leave_after(card: Misbehaving, apdu: bytes) -> bytes:
    card.card.transmit(apdu)
    return _leave(card)


def _mute(card: Misbehaving, apdu: bytes) -> bytes:
    raise Mute


def _empty(card: Misbehaving, apdu: bytes) -> bytes:
    card.card.transmit(apdu)
    card.card.field_off()
    card.gone = True
    return b""


def _swap(card: Misbehaving, apdu: bytes) -> bytes:
    if card.other is not None:
        card.card.field_off()
        card.card = card.other
    return card.card.transmit(apdu)


def _endless(card: Misbehaving, apdu: bytes) -> bytes:
    card.plan = dict.fromkeys(range(card.exchange, card.exchange + 1000), Fault.ENDLESS)
    return bytes(8) + b"\x91\xaf"


def _corrupt(card: Misbehaving, apdu: bytes) -> bytes:
    answer = card.card.transmit(apdu)
    return bytes([answer[0] ^ 0x01]) + answer[1:]


FAULTS: Mapping[Fault, Callable[[Misbehaving, bytes], bytes]] = {
    Fault.GONE_BEFORE: lambda card, apdu: _leave(card),
    Fault.GONE_AFTER: _leave_after,
    Fault.EMPTY: _empty,
    Fault.MUTE: _mute,
    Fault.ENDLESS: _endless,
    Fault.HUGE: lambda card, apdu: bytes(65_536) + b"\x91\x00",
    Fault.CORRUPT: _corrupt,
    Fault.SWAP: _swap,
}


class ForeignCard:
    """A card of somebody else: it selects nothing of ours (a bank card, a door card)."""

    atr = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")

    def __init__(self, uid: bytes = bytes.fromhex("DEADBEEF")) -> None:
        self.uid = uid

    def field_off(self) -> None:
        """Nothing to forget."""

    def transmit(self, apdu: bytes) -> bytes:
        """The UID, and no to everything else."""
        return self.uid + b"\x90\x00" if apdu[:2] == b"\xff\xca" else b"\x6a\x82"
