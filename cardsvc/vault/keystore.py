"""The software vault: every key in one encrypted file. For demo, tests and small homes; it warns in production.

Whoever has the file and its passphrase has the keys. A token (`token_vault`) does not let its keys out.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardsvc.core.card.keys import MacKey, SoftwareKey
from cardsvc.vault import sealed_file
from cardsvc.vault.personal import DATA_KEYS, PersonalKeys, data_keys, fingerprint_of_public, needed
from cardsvc.vault.sealed_file import Content
from cardsvc.vault.vault import (
    FIRST_VERSION,
    KEYS_OF_A_CARD,
    LAST_VERSION,
    VaultError,
    diversified,
    fingerprint_of_masters,
)

Chance = Callable[[int], bytes]


class SoftwareVault(PersonalKeys):
    """A vault whose keys are in this process's memory."""

    def __init__(self, content: Content) -> None:
        super().__init__(content)
        self._signing = Ed25519PrivateKey.from_private_bytes(needed(content, "signing"))
        self._masters: dict[int, Mapping[int, MacKey]] = {
            version: {number: SoftwareKey(needed(content, f"card{version}.{number}")) for number in KEYS_OF_A_CARD}
            for version in card_versions(content)
        }
        if not self._masters:
            raise VaultError("the vault has no card keys: restore it from its backup, or set ONECARD_PKCS11_MODULE")

    @property
    def public_key(self) -> bytes:
        """The service's Ed25519 public key, 32 bytes."""
        return self._signing.public_key().public_bytes_raw()

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions of card keys that are valid now, the newest last."""
        return tuple(sorted(self._masters))

    @property
    def newest_version(self) -> int:
        """The version that new and upgraded cards get."""
        return max(self._masters)

    def sign(self, message: bytes) -> bytes:
        """The service's Ed25519 signature, 64 bytes."""
        return self._signing.sign(message)

    def card_key(self, uid: bytes, key_no: int, version: int) -> bytes:
        """The key of one card (AN10922): 16 bytes. Raises VaultError for a version that is not here."""
        if version not in self._masters:
            raise VaultError(f"the vault has no card keys of version {version}: restore its newest backup")
        return diversified(self._masters[version][key_no], uid, key_no)

    def fingerprints(self) -> Mapping[str, str]:
        """What tells keys apart without showing them."""
        cards = {f"card{version}": fingerprint_of_masters(self._masters[version]) for version in self.versions}
        return cards | {"signing": fingerprint_of_public(self.public_key)} | self.personal_fingerprints()


def make(path: Path, passphrase: str, chance: Chance) -> SoftwareVault:
    """Make new keys and keep them in `path`. Raises VaultError when the file exists."""
    content = new_content(chance)
    sealed_file.create(path, passphrase, content, chance)
    return SoftwareVault(content)


def new_content(chance: Chance) -> Content:
    """New keys, version 1 of the cards'."""
    return _new_masters(FIRST_VERSION, chance) | {"signing": chance(32)} | personal_content(chance)


def personal_content(chance: Chance) -> dict[str, bytes]:
    """New keys of the part that stays in the file when a token holds the rest."""
    return {name: chance(32) for name in ("sealing", DATA_KEYS[0], "blind")}


def with_new_masters(content: Content, chance: Chance) -> Content:
    """The same keys, and card keys one version on. Raises VaultError after version 255."""
    return {**content, **_new_masters(next_version(card_versions(content)), chance)}


def with_new_data_key(content: Content, chance: Chance) -> Content:
    """The same keys, and one data key more: what is hidden from now on is hidden with it. Raises VaultError."""
    newest = data_keys(content)[-1]
    if newest == DATA_KEYS[-1]:
        raise VaultError(f"{newest} is the last data key that a vault can have")
    return {**content, DATA_KEYS[DATA_KEYS.index(newest) + 1]: chance(32)}


def card_versions(content: Content) -> tuple[int, ...]:
    """The versions of card keys in a file, the newest last."""
    found = (re.fullmatch(r"card(\d+)\.\d", name) for name in content)
    return tuple(sorted({int(one[1]) for one in found if one}))


def next_version(versions: tuple[int, ...]) -> int:
    """The version after the newest. Raises VaultError: it is one byte on the card."""
    if versions[-1] == LAST_VERSION:
        raise VaultError(f"{LAST_VERSION} is the last key version that a card can have")
    return versions[-1] + 1


def _new_masters(version: int, chance: Chance) -> dict[str, bytes]:
    return {f"card{version}.{number}": chance(16) for number in KEYS_OF_A_CARD}
