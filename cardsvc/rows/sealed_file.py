"""A file as it is kept: encrypted in pieces, each bound to its place; opened again a piece at a time, for reading."""

import base64
import io
from collections.abc import Callable
from typing import Any, BinaryIO

from cardsvc.vault.vault import Vault, VaultError

CLEAR = 3 << 17
"""Bytes of a piece in clear; in base64 it is a third longer."""
SEALED = (CLEAR // 3 * 4) + 2 + 12 + 16
"""Bytes of a piece as it is kept: key id, nonce, base64 text, tag (`Vault.hide`)."""


def sealed_file(vault: Vault, place: str, file: BinaryIO, chance: Callable[[int], bytes]) -> bytes:
    """The file encrypted; `place` is what it belongs to."""
    count = max(-(-file.seek(0, 2) // CLEAR), 1)
    file.seek(0)
    sealed = bytearray()
    for number in range(count):
        text = base64.b64encode(file.read(CLEAR)).decode()
        sealed += vault.hide(text, f"{place}/{number}/{count}", chance(12))
    return bytes(sealed)


def opened(vault: Vault, place: str, sealed: bytes) -> BinaryIO:
    """The file in clear, to be read from any place of it. Raises VaultError, also while it is read."""
    return io.BufferedReader(_Opened(vault, place, sealed), 1 << 16)


class _Opened(io.RawIOBase):
    """Holds one piece in clear, the one that was read last."""

    def __init__(self, vault: Vault, place: str, sealed: bytes) -> None:
        self._vault, self._place, self._sealed = vault, place, sealed
        self._count = max(-(-len(sealed) // SEALED), 1)
        self._number, self._piece, self._at = -1, b"", 0
        self._size = (self._count - 1) * CLEAR + len(self._opened(self._count - 1))

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """As files do."""
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(begin + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """As files do: at most to the end of a piece."""
        if self._at >= self._size:
            return 0
        number, within = divmod(self._at, CLEAR)
        part = self._opened(number)[within : within + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

    def _opened(self, number: int) -> bytes:
        if number != self._number:
            hidden = self._sealed[number * SEALED : (number + 1) * SEALED]
            if not hidden:
                raise VaultError(f"{self._place} has no piece {number}")
            text = self._vault.show(hidden, f"{self._place}/{number}/{self._count}")
            self._number, self._piece = number, base64.b64decode(text)
        return self._piece
