"""A card conversation is a generator: it yields commands, receives responses and returns what it learned.

Nothing here talks to a reader; `run` is given a function from bytes to bytes.
"""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from cardsvc.core.card.apdu import Command, Response
from cardsvc.core.card.errors import CardForeign

T = TypeVar("T")
Script: TypeAlias = Generator[Command, Response, T]


@dataclass(frozen=True, slots=True)
class Limits:
    """No card may keep a station busy for ever (CARD.md section 2)."""

    frames: int = 64
    bytes_in: int = 4_096


def run(script: Script[T], transmit: Callable[[bytes], bytes], limits: Limits = Limits()) -> T:
    """Hold a conversation with a card.

    Raises CardGone when an answer has no status, CardForeign beyond the limits, and whatever script and reader raise.
    """
    frames = received = 0
    try:
        command = next(script)
        while True:
            frames += 1
            if frames > limits.frames:
                raise CardForeign("too many frames")
            raw = transmit(command.to_bytes())
            received += len(raw)
            if received > limits.bytes_in:
                raise CardForeign("too many bytes")
            command = script.send(Response.parse(raw))
    except StopIteration as end:
        result: T = end.value
        return result


def replay(script: Script[T], exchanges: Iterable[tuple[bytes, bytes]]) -> T:
    """Run a script against a transcript of (command, response) pairs.

    Raises ValueError where the script sends anything else, or leaves exchanges over.
    """
    left = list(exchanges)

    def transmit(sent: bytes) -> bytes:
        if not left:
            raise ValueError(f"one command too many: {sent.hex()}")
        expected, answer = left.pop(0)
        if sent != expected:
            raise ValueError(f"sent {sent.hex()}, expected {expected.hex()}")
        return answer

    result = run(script, transmit)
    if left:
        raise ValueError(f"{len(left)} exchanges left over")
    return result
