"""The check code on a cremation certificate: whoever has the paper can ask whether the home drew this number.

A code is a keyed MAC over home and number, so that numbers which the home never drew cannot be guessed with their code.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable

from cardsvc.core.ids import HomeId

LENGTH = 10
"""Base32 characters (RFC 4648 section 6): 50 bits."""
PURPOSE = "certificate code"


def key_of(blind: Callable[[str, str], str], home: HomeId) -> bytes:
    """The home's key for check codes, 16 bytes, derived by `Vault.blind`: no key of the vault leaves it."""
    return bytes.fromhex(blind(PURPOSE, home))


def code_of(key: bytes, home: HomeId, number: str) -> str:
    """The check code of a certificate's number, 10 base32 characters: HMAC-SHA256, cut (RFC 2104 section 5)."""
    made = hmac.new(key, f"{home}\0{number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(made).decode()[:LENGTH]


def same(code: str, key: bytes, home: HomeId, number: str) -> bool:
    """Whether a typed code (blanks, dashes and small letters do not matter) is that of the number, in constant time."""
    typed = code.upper().replace(" ", "").replace("-", "")
    return hmac.compare_digest(typed.encode(), code_of(key, home, number).encode())
