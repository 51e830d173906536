"""A virtual MIFARE DESFire EV2, strict to CARD.md: every MAC, counter, padding, length and right is checked.

Any error drops the authentication and the open transaction; what is not committed never was.
"""

from collections.abc import Callable

from cardsvc.core.card.apdu import MORE, OK
from cardsvc.core.virtual_card.answer import Failed, Logical
from cardsvc.core.virtual_card.commands import COMMANDS
from cardsvc.core.virtual_card.files import Application
from cardsvc.core.virtual_card.messaging import Link

Chance = Callable[[int], bytes]
Step = Callable[[bytes], tuple[bytes, int]]
ATR = bytes.fromhex("3B8180018080")
"""What a reader makes of a DESFire (PC/SC part 3; CARD.md section 2)."""
MASTER_AID = bytes(3)
FRAME = 240
MOST_CHAINED = 4_096
LASTING = frozenset(bytes.fromhex("CADAFCC454CDCBC0CE5FDF8D3DC7"))
"""The commands that can leave something for good: make, delete, format, change, write, commit."""


class VirtualCard:
    """One chip: `uid` 7 bytes; `chance` gives so many random bytes."""

    atr = ATR

    def __init__(self, uid: bytes, chance: Chance) -> None:
        if len(uid) != 7:
            raise ValueError("a UID has 7 bytes")
        self.uid = uid
        self.chance = chance
        self.applications: dict[bytes, Application] = {MASTER_AID: Application([bytes(16)], [0])}
        self.changes = 0
        "Counts the commands that left something for good: who keeps the card on disk looks here."
        self.selected = MASTER_AID
        self.link: Link | None = None
        self.mac_input = b""
        self.reader_committed: bytes | None = None
        self._outgoing = b""
        self._incoming: tuple[int, bytes] | None = None
        self._continue: Step | None = None

    def field_off(self) -> None:
        """The card leaves the field: authentication and whatever was not committed are gone."""
        self.selected = MASTER_AID
        self.link = None
        self._forget()

    def add_application(self, aid: bytes, keys: int) -> Application:
        """A new application with `keys` AES keys of zeros."""
        self.applications[aid] = Application([bytes(16)] * keys, [0] * keys)
        return self.applications[aid]

    @property
    def application(self) -> Application:
        """The selected application."""
        return self.applications[self.selected]

    def transmit(self, apdu: bytes) -> bytes:
        """Answer an APDU; never raises, whatever the bytes."""
        if len(apdu) < 4:
            return b"\x67\x00"
        if apdu[:2] == b"\xff\xca":
            return self.uid + b"\x90\x00" if apdu[2:4] == b"\x00\x00" else b"\x6a\x81"
        if apdu[0] == 0x00:
            return b"\x6a\x82" if apdu[1] == 0xA4 else b"\x6d\x00"
        if apdu[0] != 0x90:
            return b"\x6e\x00"
        data = _command_data(apdu)
        if data is None:
            return b"\x91\x7e"
        answer, status = self._native(apdu[1], data)
        return answer + status.to_bytes(2, "big")

    def _native(self, ins: int, data: bytes) -> tuple[bytes, int]:
        if ins == 0xAF:
            return self._next_frame(data)
        self._outgoing = b""
        self._incoming = None
        if self._continue is not None:
            self._fail()
        return self._run(ins, data)

    def _next_frame(self, data: bytes) -> tuple[bytes, int]:
        if self._continue is not None:
            step, self._continue = self._continue, None
            return self._guarded(lambda: step(data))
        if self._outgoing and not data:
            return self._cut(self._outgoing)
        if self._incoming is None:
            return b"", self._fail(0x911C)
        ins, gathered = self._incoming
        self._incoming = None
        if len(gathered) + len(data) > MOST_CHAINED:
            return b"", self._fail(0x917E)
        return self._run(ins, gathered + data)

    def _run(self, ins: int, data: bytes) -> tuple[bytes, int]:
        command = COMMANDS.get(ins)
        if command is None:
            return b"", self._fail(0x911C)
        wanted = command.length(self, data)
        if wanted is not None and len(data) < wanted:
            self._incoming = (ins, data)
            return b"", MORE
        answer, status = self._guarded(lambda: command.run(self, Logical(ins, data)))
        if ins in LASTING and status == OK:
            self.changes += 1
        return answer, status

    def _guarded(self, act: Callable[[], tuple[bytes, int]]) -> tuple[bytes, int]:
        try:
            answer, status = act()
        except Failed as failed:
            return b"", self._fail(failed.status)
        return self._cut(answer) if status == OK else (answer, status)

    def _cut(self, answer: bytes) -> tuple[bytes, int]:
        now, self._outgoing = answer[:FRAME], answer[FRAME:]
        return now, MORE if self._outgoing else OK

    def expect(self, step: Step) -> None:
        """The next frame belongs to `step`."""
        self._continue = step

    def select(self, aid: bytes) -> None:
        """Select an application; drops authentication and open transaction."""
        self._fail()
        self.selected = aid

    def _fail(self, status: int = 0x91CA) -> int:
        """Drop the authentication and the open transaction."""
        self.link = None
        self._forget()
        return status

    def _forget(self) -> None:
        self._outgoing = b""
        self._incoming = None
        self._continue = None
        self.mac_input = b""
        self.reader_committed = None
        for application in self.applications.values():
            for file in application.files.values():
                file.abort()


def _command_data(apdu: bytes) -> bytes | None:
    """The data of a short ISO APDU; None when the lengths do not agree or P1 P2 are not zero."""
    if apdu[2:4] != b"\x00\x00":
        return None
    body = apdu[4:]
    if len(body) <= 1:
        return b""
    length = body[0]
    rest = body[1:]
    if len(rest) not in (length, length + 1) or length == 0:
        return None
    return rest[:length]
