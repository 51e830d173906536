"""Commands to a card and its responses.

ISO-wrapped native commands of MIFARE DESFire: ``90 INS 00 00 Lc DATA 00``, answered by ``91 SS`` (CARD.md section 2).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cardsvc.core.card.errors import CardGone

OK = 0x9100
MORE = 0x91AF
ISO_OK = 0x9000

MEANINGS: Mapping[int, str] = {
    0x9100: "ok",
    0x910C: "no change",
    0x910E: "out of memory",
    0x911C: "illegal command",
    0x911E: "integrity error",
    0x9140: "no such key",
    0x917E: "length error",
    0x919D: "permission denied",
    0x919E: "parameter error",
    0x91A0: "application not found",
    0x91AE: "authentication error",
    0x91AF: "additional frame",
    0x91BE: "boundary error",
    0x91CA: "command aborted",
    0x91CD: "disabled",
    0x91CE: "count error",
    0x91DE: "duplicate",
    0x91EE: "memory error",
    0x91F0: "file not found",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One APDU: class, instruction, two parameters, at most 255 bytes of data, and whether an answer is expected."""

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = 0

    def to_bytes(self) -> bytes:
        """The command as sent. Raises ValueError for more than 255 bytes of data."""
        if len(self.data) > 255:
            raise ValueError("a short APDU carries at most 255 bytes")
        body = bytes([len(self.data)]) + self.data if self.data else b""
        tail = b"" if self.le is None else bytes([self.le])
        return bytes([self.cla, self.ins, self.p1, self.p2]) + body + tail


@dataclass(frozen=True, slots=True)
class Response:
    """What the card answered: data, and the status word (two bytes)."""

    data: bytes
    status: int

    @classmethod
    def parse(cls, raw: bytes) -> "Response":
        """Read an answer. Raises CardGone for fewer than two bytes: PC/SC calls that success, we call it torn."""
        if len(raw) < 2:
            raise CardGone("an answer without status")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"))


def native(ins: int, data: bytes = b"") -> Command:
    """A native command in its ISO wrapping."""
    return Command(0x90, ins, data=data)


READ_UID = Command(0xFF, 0xCA)
"""The reader's pseudo-APDU for the UID (PC/SC part 3): 4 or 7 bytes and 9000."""


def meaning(status: int) -> str:
    """The standard's name of a status word."""
    return MEANINGS.get(status, "unknown status")
