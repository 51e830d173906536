"""Keys of a card, used but never shown: functions of data, wherever the key sits.

Software keys serve demo and tests; a SAM or PKCS#11 token stands behind the same three functions.
"""

from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.cmac import CMAC

BLOCK = 16
ZERO_IV = bytes(BLOCK)


class MacKey(Protocol):
    """An AES-128 key that only makes CMACs: all that a master key has to do."""

    def cmac(self, message: bytes) -> bytes:
        """AES-CMAC (NIST SP 800-38B), 16 bytes."""


class CardKey(MacKey, Protocol):
    """An AES-128 key as functions: CBC with an initial vector (16 bytes), and CMAC (16 bytes)."""

    def encrypt(self, data: bytes, iv: bytes = ZERO_IV) -> bytes:
        """AES-CBC; `data` is whole blocks of 16 bytes."""

    def decrypt(self, data: bytes, iv: bytes = ZERO_IV) -> bytes:
        """AES-CBC backwards; `data` is whole blocks of 16 bytes."""


class SoftwareKey:
    """A key held in memory; its representation never shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        if len(value) != BLOCK:
            raise ValueError("an AES-128 key has 16 bytes")
        self._value = value

    def __repr__(self) -> str:
        return "SoftwareKey(...)"

    def encrypt(self, data: bytes, iv: bytes = ZERO_IV) -> bytes:
        """AES-CBC; `data` is whole blocks of 16 bytes."""
        encryptor = Cipher(algorithms.AES(self._value), modes.CBC(iv)).encryptor()
        return encryptor.update(data) + encryptor.finalize()

    def decrypt(self, data: bytes, iv: bytes = ZERO_IV) -> bytes:
        """AES-CBC backwards; `data` is whole blocks of 16 bytes."""
        decryptor = Cipher(algorithms.AES(self._value), modes.CBC(iv)).decryptor()
        return decryptor.update(data) + decryptor.finalize()

    def cmac(self, message: bytes) -> bytes:
        """AES-CMAC (NIST SP 800-38B), 16 bytes."""
        mac = CMAC(algorithms.AES(self._value))
        mac.update(message)
        return mac.finalize()


def diversify(master: MacKey, uid: bytes, aid: bytes, system: bytes) -> bytes:
    """The key of one card from a master key (NXP AN10922, AES-128): 16 bytes.

    `uid` 7 bytes, `aid` 3 bytes, `system` 6 to 21 bytes. AN10922 pads the message to 32 bytes always; plain CMAC does
    the same only for messages of 17 to 32 bytes, so others raise ValueError rather than make another key.
    """
    message = b"\x01" + uid + aid + system
    if not BLOCK < len(message) <= 2 * BLOCK:
        raise ValueError("the diversification input has 17 to 32 bytes")
    return master.cmac(message)
