"""The vault with a token: card master keys and the signing key on it, the others in the encrypted file.

A token does what its PKCS#11 can do: CMAC and Ed25519. HPKE (sealing), the authenticated encryption of personal data
and the blind index over thousands of values stay in the file (docs/decisions/0005-keys-on-a-token.md).
"""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardsvc.vault import keystore
from cardsvc.vault.personal import PersonalKeys, fingerprint_of_public, needed
from cardsvc.vault.sealed_file import Content
from cardsvc.vault.token import Token
from cardsvc.vault.vault import FIRST_VERSION, KEYS_OF_A_CARD, VaultError, diversified, fingerprint_of_masters


class TokenVault(PersonalKeys):
    """A vault whose card and signing keys are on a token."""

    def __init__(self, content: Content, token: Token) -> None:
        super().__init__(content)
        left = [name for name in content if name == "signing" or name.startswith("card")]
        if left:
            raise VaultError(
                "the vault's file still has card keys: move them with `cardsvc key make-token --take-over`"
            )
        if not token.versions or not token.public_key:
            raise VaultError("the token has no keys of ours: make them with `cardsvc key make-token`")
        self._token = token

    @property
    def public_key(self) -> bytes:
        """The service's Ed25519 public key, 32 bytes."""
        return self._token.public_key

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions of card keys that are valid now, the newest last."""
        return self._token.versions

    @property
    def newest_version(self) -> int:
        """The version that new and upgraded cards get."""
        return self._token.versions[-1]

    def sign(self, message: bytes) -> bytes:
        """The service's Ed25519 signature, 64 bytes."""
        return self._token.sign(message)

    def card_key(self, uid: bytes, key_no: int, version: int) -> bytes:
        """The key of one card (AN10922): 16 bytes. Raises VaultError for a version that is not here."""
        return diversified(self._token.masters(version)[key_no], uid, key_no)

    def fingerprints(self) -> Mapping[str, str]:
        """What tells keys apart without showing them."""
        cards = {f"card{one}": fingerprint_of_masters(self._token.masters(one)) for one in self.versions}
        return cards | {"signing": fingerprint_of_public(self.public_key)} | self.personal_fingerprints()


def make_keys(token: Token) -> None:
    """Make the first keys on a token. Raises VaultError when it has some."""
    _empty(token)
    token.generate_masters(FIRST_VERSION)
    token.generate_signing()


def make_next(token: Token) -> None:
    """Make the next version of the card keys on the token. Raises VaultError."""
    if not token.versions:
        raise VaultError("the token has no card keys: make them with `cardsvc key make-token`")
    token.generate_masters(keystore.next_version(token.versions))


def take_over(content: Content, token: Token) -> Content:
    """Bring a software vault's card and signing keys onto a token; gives what stays in the file. Raises VaultError."""
    _empty(token)
    versions = keystore.card_versions(content)
    for version in versions:
        for number in KEYS_OF_A_CARD:
            token.take_master(version, number, needed(content, f"card{version}.{number}"))
    private = needed(content, "signing")
    token.take_signing(private, Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())
    left = {name: key for name, key in content.items() if name != "signing" and not name.startswith("card")}
    if TokenVault(left, token).fingerprints() != keystore.SoftwareVault(content).fingerprints():
        raise VaultError("the token did not take the keys as they are: nothing was taken out of the file")
    return left


def _empty(token: Token) -> None:
    if not token.empty:
        raise VaultError(
            "the token has keys of ours already, and they are never overwritten: go on with that home's vault file,"
            " or, after an attempt that was cut off, initialise the token anew"
        )
