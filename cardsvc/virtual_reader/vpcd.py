"""A card on the TCP port of the virtual reader (vsmartcard's vpcd).

Messages have a 2-byte big-endian length; a message of one byte is control, all else is an APDU (CARD.md section 6).
"""

import socket
import struct
import threading
from collections.abc import Callable
from typing import Protocol

from cardsvc.core.card.errors import CardGone

OFF, ON, RESET, ATR = 0, 1, 2, 4
CONNECT_S = 5.0


class Card(Protocol):
    """Whatever answers APDUs."""

    @property
    def atr(self) -> bytes: ...

    def transmit(self, apdu: bytes) -> bytes: ...

    def field_off(self) -> None: ...


class CardInField:
    """A card in the field of a virtual reader, served by a thread until `remove`.

    `committed` is called after every exchange, before its answer is sent: the place to keep the card on disk.
    """

    def __init__(self, card: Card, port: int, host: str = "127.0.0.1", committed: Callable[[], None] = lambda: None):
        self._card = card
        self._committed = committed
        self._socket = socket.create_connection((host, port), timeout=CONNECT_S)
        self._socket.settimeout(None)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread = threading.Thread(target=self._serve, daemon=True, name=f"card-{port}")
        self._thread.start()

    def remove(self) -> None:
        """The card leaves the field."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # the reader has hung up already: the card is out either way
            self._card.field_off()
        self._thread.join(CONNECT_S)
        self._socket.close()
        self._card.field_off()

    def join(self) -> None:
        """Wait until the reader hangs up."""
        self._thread.join()

    def _serve(self) -> None:
        while (message := self._receive()) is not None:
            if len(message) == 1:
                if message[0] in (OFF, RESET):
                    self._card.field_off()
                elif message[0] == ATR:
                    self._send(self._card.atr)
                continue
            try:
                answer = self._card.transmit(message)
            except CardGone:
                self._socket.close()
                return
            self._committed()
            self._send(answer)

    def _receive(self) -> bytes | None:
        header = self._exactly(2)
        return None if header is None else self._exactly(struct.unpack(">H", header)[0])

    def _exactly(self, length: int) -> bytes | None:
        gathered = b""
        while len(gathered) < length:
            try:
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                piece = self._socket.recv(length - len(gathered))
            except OSError:  # pulled from our side
                return None
            if not piece:
                return None
            gathered += piece
        return gathered

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(struct.pack(">H", len(data)) + data)
        except OSError:  # the reader is gone: the next receive ends the thread
            return
