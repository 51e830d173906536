"""EV2 secure messaging: mutual authentication, session keys, enciphered and MACed commands (CARD.md section 4).

A plain conversation yields `Ask`s; `secured` turns it into commands for one authenticated session. The session's state
changes only after a whole exchange, and any error ends it.
"""

from collections.abc import Generator
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias, TypeVar

from cryptography.hazmat.primitives.constant_time import bytes_eq

from cardsvc.core.card.apdu import ISO_OK, MORE, OK, Response, meaning, native
from cardsvc.core.card.errors import CardForged, CardRefused
from cardsvc.core.card.keys import BLOCK, CardKey, SoftwareKey
from cardsvc.core.card.script import Script

T = TypeVar("T")
FRAME = 240
"""Bytes of data in one frame of a chained command."""


class Mode(Enum):
    """How bytes travel within a session."""

    PLAIN = 0
    MAC = 1
    FULL = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """A logical command: clear header, data, and how both ways are protected.

    `ends` marks the command whose success ends the session without a MAC (changing the authenticated key).
    """

    ins: int
    header: bytes = b""
    data: bytes = b""
    sends: Mode = Mode.MAC
    answers: Mode = Mode.MAC
    ends: bool = False


Talk: TypeAlias = Generator[Ask, bytes, T]
"""A plain conversation: asks, gets clear data, returns what it learned."""


@dataclass(frozen=True, slots=True)
class Session:
    """An authenticated session: transaction identifier (4 bytes), command counter, two session keys."""

    ti: bytes
    counter: int
    enc: CardKey
    mac: CardKey
    key_no: int


def authenticate(key: CardKey, key_no: int, rnd_a: bytes) -> Script[Session]:
    """AuthenticateEV2First with key `key_no`; `rnd_a` is 16 fresh random bytes.

    Raises CardRefused for a status other than success, CardForged when the card does not prove the key.
    """
    answer = yield native(0x71, bytes([key_no, 0]))
    rnd_b = key.decrypt(_data(answer, MORE, BLOCK))
    answer = yield native(0xAF, key.encrypt(rnd_a + rnd_b[1:] + rnd_b[:1]))
    proof = key.decrypt(_data(answer, OK, 2 * BLOCK))
    if not bytes_eq(proof[4:20], rnd_a[1:] + rnd_a[:1]):
        raise CardForged("the card does not know the key")
    enc, mac = session_keys(key, rnd_a, rnd_b)
    return Session(proof[:4], 0, enc, mac, key_no)


def session_keys(key: CardKey, rnd_a: bytes, rnd_b: bytes) -> tuple[CardKey, CardKey]:
    """The session keys for enciphering and MACing (CARD.md section 4.3)."""
    mixed = bytes(a ^ b for a, b in zip(rnd_a[2:8], rnd_b[0:6], strict=True))
    context = rnd_a[0:2] + mixed + rnd_b[6:16] + rnd_a[8:16]
    enc = key.cmac(bytes.fromhex("A55A00010080") + context)
    mac = key.cmac(bytes.fromhex("5AA500010080") + context)
    return SoftwareKey(enc), SoftwareKey(mac)


def secured(talk: Talk[T], session: Session) -> Script[tuple[T, Session]]:
    """Hold a plain conversation inside a session; returns its result and the session as it stands after it."""
    try:
        ask = next(talk)
        while True:
            clear, session = yield from _exchange(ask, session)
            ask = talk.send(clear)
    except StopIteration as end:
        result: T = end.value
        return result, session


def _exchange(ask: Ask, session: Session) -> Script[tuple[bytes, Session]]:
    """One logical command: protect, send in frames, gather the answer, check it, and count."""
    payload = ask.data
    if ask.sends is Mode.FULL and payload:
        payload = session.enc.encrypt(pad(payload), command_iv(session))
    body = ask.header + payload
    if ask.sends is not Mode.PLAIN:
        body += command_mac(session, ask.ins, body)
    frames = [body[n : n + FRAME] for n in range(0, len(body), FRAME)] or [b""]
    answer = yield native(ask.ins, frames[0])
    for frame in frames[1:]:
        _data(answer, MORE)
        answer = yield native(0xAF, frame)
    received = answer.data
    while answer.status == MORE:
        answer = yield native(0xAF)
        received += answer.data
    if answer.status not in (OK, ISO_OK):
        raise CardRefused(answer.status, meaning(answer.status))
    if ask.ends:
        return received, session
    return _opened(ask, session, received, answer.status & 0xFF), replace(session, counter=session.counter + 1)


def _opened(ask: Ask, session: Session, received: bytes, status: int) -> bytes:
    """The clear data of an answer. Raises CardForged for a wrong MAC or padding."""
    if ask.answers is Mode.PLAIN:
        return received
    data, mac = received[:-8], received[-8:]
    if not bytes_eq(mac, answer_mac(session, status, data)):
        raise CardForged("an answer's MAC is wrong")
    if ask.answers is Mode.MAC or not data:
        return data
    if len(data) % BLOCK:
        raise CardForged("an enciphered answer is not whole blocks")
    return unpad(session.enc.decrypt(data, answer_iv(session)))


def command_mac(session: Session, ins: int, body: bytes) -> bytes:
    """The MAC (8 bytes) of a command: header and data as sent (CARD.md section 4.4)."""
    return truncated(session.mac.cmac(bytes([ins]) + _count(session.counter) + session.ti + body))


def answer_mac(session: Session, status: int, data: bytes) -> bytes:
    """The MAC (8 bytes) of an answer; the counter is one further."""
    return truncated(session.mac.cmac(bytes([status]) + _count(session.counter + 1) + session.ti + data))


def command_iv(session: Session) -> bytes:
    """The initial vector of an enciphered command."""
    return session.enc.encrypt(b"\xa5\x5a" + session.ti + _count(session.counter) + bytes(8))


def answer_iv(session: Session) -> bytes:
    """The initial vector of an enciphered answer."""
    return session.enc.encrypt(b"\x5a\xa5" + session.ti + _count(session.counter + 1) + bytes(8))


def truncated(mac: bytes) -> bytes:
    """Bytes 1, 3, 5 ... 15 of a CMAC."""
    return mac[1::2]


def pad(data: bytes) -> bytes:
    """ISO 9797-1 method 2: 80 00..., always, also when aligned."""
    return (data + b"\x80").ljust((len(data) // BLOCK + 1) * BLOCK, b"\x00")


def unpad(data: bytes) -> bytes:
    """Take the padding off. Raises CardForged where there is none."""
    clear = data.rstrip(b"\x00")
    if not clear.endswith(b"\x80"):
        raise CardForged("an enciphered answer is not padded")
    return clear[:-1]


def _count(counter: int) -> bytes:
    return counter.to_bytes(2, "little")


def _data(answer: Response, status: int, length: int | None = None) -> bytes:
    """The data of an answer that must have this status and length."""
    if answer.status != status:
        raise CardRefused(answer.status, meaning(answer.status))
    if length is not None and len(answer.data) != length:
        raise CardForged("an answer has the wrong length")
    return answer.data
