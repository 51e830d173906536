"""What a vault can do, wherever its keys are: in an encrypted file (`keystore`) or on a PKCS#11 token (`token_vault`).

Keys are functions. Only the diversified keys of a single card come out, for sealing to a station or for that card.
"""

from collections.abc import Mapping
from typing import Protocol

from cardsvc.core.card.keys import MacKey, diversify
from cardsvc.core.card.profile import KEY_BIND, KEY_MASTER, KEY_READ, KEY_TAP, Keys
from cardsvc.core.profiles.desfire_ev2 import AID, SYSTEM

KEYS_OF_A_CARD = (KEY_MASTER, KEY_TAP, KEY_READ, KEY_BIND)
FIRST_VERSION, LAST_VERSION = 1, 255
"""A key version is one byte on the card; a factory key has 0."""


class VaultError(Exception):
    """The vault cannot be opened, or lacks a key; the message says what to do and never shows a key."""


class Vault(Protocol):
    """The keys of a home."""

    @property
    def public_key(self) -> bytes:
        """The service's Ed25519 public key, 32 bytes."""

    @property
    def sealing_key(self) -> bytes:
        """The service's X25519 public key, 32 bytes."""

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions of card keys that are valid now, the newest last."""

    @property
    def newest_version(self) -> int:
        """The version that new and upgraded cards get."""

    def sign(self, message: bytes) -> bytes:
        """The service's Ed25519 signature, 64 bytes."""

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """Open what was sealed to the service. Raises Unsealable."""

    def card_key(self, uid: bytes, key_no: int, version: int) -> bytes:
        """The key of one card (AN10922): 16 bytes. Raises VaultError for a version that is not here."""

    def hide(self, clear: str, where: str, nonce: bytes) -> bytes:
        """Encrypt personal data with the newest data key: key id, nonce (12 bytes), AES-256-GCM bound to `where`."""

    def show(self, hidden: bytes, where: str) -> str:
        """Decrypt personal data. Raises VaultError when it was moved or changed, or its key is not here."""

    def blind(self, kind: str, value: str) -> str:
        """A keyed index (HMAC-SHA256, 32 hex digits) by which an equal value can be found."""

    def fingerprints(self) -> Mapping[str, str]:
        """What tells keys apart without showing them: the name of a key to 16 hex digits."""


def card_keys(vault: Vault, uid: bytes, version: int) -> Keys:
    """All keys of one card in one version, for personalising or rekeying it."""
    return {key_no: vault.card_key(uid, key_no, version) for key_no in KEYS_OF_A_CARD}


def diversified(master: MacKey, uid: bytes, key_no: int) -> bytes:
    """The key of one card from the master of its key number."""
    return diversify(master, uid, AID, SYSTEM + bytes([key_no]))


def fingerprint_of_masters(masters: Mapping[int, MacKey]) -> str:
    """The fingerprint of one version; its message is shorter than any that diversifies (AN10922 begins with 01)."""
    return "".join(masters[key_no].cmac(b"\x00fingerprint")[:2].hex() for key_no in KEYS_OF_A_CARD)
