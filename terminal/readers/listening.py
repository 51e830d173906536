"""A reader in this process whose cards come over a local port, as they come to the virtual PC/SC reader.

For machines without PC/SC: the same tray of virtual cards serves both (CARD.md section 6).
"""

import socket
import struct
import threading
from contextlib import suppress

from cardsvc.core.card.errors import CardGone
from terminal.readers.reader import DEADLINE_S, CardMute
from terminal.readers.soft import SoftReader

POWER_OFF, POWER_ON, ASK_ATR = b"\x00", b"\x01", b"\x04"


class _CardOverThere:
    """A card at the other end of the line: 2-byte big-endian lengths; one byte is control, all else an APDU."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._tell(POWER_ON)
        self.atr = self._ask(ASK_ATR)

    def transmit(self, apdu: bytes) -> bytes:
        """Exchange one APDU. Raises CardGone or CardMute."""
        try:
            return self._ask(apdu)
        except TimeoutError:
            raise CardMute("no answer within the deadline") from None
        except OSError:
            raise CardGone("the card left the field") from None

    def field_off(self) -> None:
        """The field goes off; a card that is gone already does not mind."""
        with suppress(OSError):
            self._tell(POWER_OFF)

    def _ask(self, message: bytes) -> bytes:
        self._tell(message)
        return self._exactly(struct.unpack(">H", self._exactly(2))[0])

    def _tell(self, message: bytes) -> None:
        self._line.sendall(struct.pack(">H", len(message)) + message)

    def _exactly(self, length: int) -> bytes:
        gathered = b""
        while len(gathered) < length:
            piece = self._line.recv(length - len(gathered))
            if not piece:
                raise ConnectionError("hung up")
            gathered += piece
        return gathered


class ListeningReader(SoftReader):
    """Listens on a port of this machine; a card that connects lies in the field until it hangs up."""

    def __init__(self, port: int) -> None:
        super().__init__(f"soft:{port}")
        self._server = socket.create_server(("127.0.0.1", port))
        self._thread = threading.Thread(target=self._accept, daemon=True, name=self.name)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._server.accept()
            except OSError:  # closed from our side
                return
            line.settimeout(DEADLINE_S)
            try:
                self.present(_CardOverThere(line))
            except OSError:  # it hung up before it had said what it is
                line.close()
                continue
            self._wait_until_gone(line)
            self.remove()
            line.close()

    @staticmethod
    def _wait_until_gone(line: socket.socket) -> None:
        """Look at the line without taking anything from it, until the card hangs up."""
        while True:
            try:
                if line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b"":
                    return
            except BlockingIOError:
                threading.Event().wait(0.05)
            except OSError:
                return

    def close(self) -> None:
        """Stop listening."""
        self._server.close()
