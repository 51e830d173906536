"""The keys that every vault keeps in its file: personal data, the blind index, and what is sealed to the service."""

import hashlib
import hmac
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cardsvc.core import sealing
from cardsvc.vault.sealed_file import Content
from cardsvc.vault.vault import VaultError

DATA_KEYS = tuple(f"d{digit}" for digit in "123456789abcdefghijklmnopqrstuvwxyz")
"""The ids of data keys in their order; each hidden value begins with the id of its key (2 bytes)."""


class PersonalKeys:
    """The part of a vault that is the same with and without a token; no raw key stays in a field."""

    def __init__(self, content: Content) -> None:
        self._sealing = X25519PrivateKey.from_private_bytes(needed(content, "sealing"))
        self._blind = hmac.new(needed(content, "blind"), digestmod=hashlib.sha256)
        self._data = {name: AESGCM(content[name]) for name in data_keys(content)}
        self._fingerprints = {name: _fingerprint(content[name]) for name in (*data_keys(content), "blind")}
        if not self._data:
            raise VaultError("the vault has no data key d1: restore it from its backup")
        self._newest = max(self._data)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    @property
    def sealing_key(self) -> bytes:
        """The service's X25519 public key, 32 bytes."""
        return self._sealing.public_key().public_bytes_raw()

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """Open what was sealed to the service. Raises Unsealable."""
        return sealing.unseal(self._sealing, purpose, sealed)

    def hide(self, clear: str, where: str, nonce: bytes) -> bytes:
        """Encrypt personal data: key id, nonce (12 bytes), AES-256-GCM with `where` (table/row/column) bound to it."""
        sealed = self._data[self._newest].encrypt(nonce, clear.encode(), where.encode())
        return self._newest.encode() + nonce + sealed

    def show(self, hidden: bytes, where: str) -> str:
        """Decrypt personal data. Raises VaultError when it was moved or changed, or its key is not here."""
        name = hidden[:2].decode("ascii", "replace")
        if name not in self._data:
            raise VaultError(f"{where} is encrypted with a data key that this vault does not have")
        try:
            return self._data[name].decrypt(hidden[2:14], hidden[14:], where.encode()).decode()
        except InvalidTag:
            raise VaultError(f"{where} was moved or changed") from None

    def blind(self, kind: str, value: str) -> str:
        """A keyed index (HMAC-SHA256, 32 hex digits) by which an equal value can be found."""
        index = self._blind.copy()
        index.update(f"{kind}\0{value}".encode())
        return index.hexdigest()[:32]

    def personal_fingerprints(self) -> dict[str, str]:
        """The fingerprints of these keys."""
        return {"sealing": fingerprint_of_public(self.sealing_key), **self._fingerprints}


def needed(content: Content, name: str) -> bytes:
    """A key that must be there. Raises VaultError."""
    if name not in content:
        raise VaultError(f"the vault has no key {name}: restore it from its backup")
    return content[name]


def data_keys(content: Content) -> tuple[str, ...]:
    """The ids of the data keys, the newest last."""
    return tuple(sorted(name for name in content if re.fullmatch(r"d[0-9a-z]", name)))


def fingerprint_of_public(key: bytes) -> str:
    """The fingerprint of a public key, 16 hex digits."""
    return hashlib.sha256(key).hexdigest()[:16]


def _fingerprint(key: bytes) -> str:
    return hmac.new(key, b"one-card fingerprint", hashlib.sha256).hexdigest()[:16]
