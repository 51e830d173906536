"""The software vault: one encrypted file. For demo and tests; production puts a token behind the same functions.

The file is AES-256-GCM under a key that scrypt makes from the passphrase. Master keys never leave the object.
"""

import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from cardsvc.core import sealing
from cardsvc.core.card.keys import SoftwareKey, diversify
from cardsvc.core.profiles.desfire_ev2 import AID, SYSTEM

KEYS_OF_A_CARD = 4
DATA_KEY = "d1"


class VaultError(Exception):
    """The vault cannot be opened; the message says what to do."""


class Vault:
    """Keys as functions. `content` maps names to raw keys."""

    def __init__(self, content: dict[str, bytes]) -> None:
        self._masters = [SoftwareKey(content[f"card{number}"]) for number in range(KEYS_OF_A_CARD)]
        self._signing = Ed25519PrivateKey.from_private_bytes(content["signing"])
        self._sealing = X25519PrivateKey.from_private_bytes(content["sealing"])
        self._data = {DATA_KEY: AESGCM(content[DATA_KEY])}
        self._blind = content["blind"]

    def __repr__(self) -> str:
        return "Vault(...)"

    @property
    def public_key(self) -> bytes:
        """The service's Ed25519 public key, 32 bytes."""
        return self._signing.public_key().public_bytes_raw()

    @property
    def sealing_key(self) -> bytes:
        """The service's X25519 public key, 32 bytes."""
        return self._sealing.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The service's Ed25519 signature, 64 bytes."""
        return self._signing.sign(message)

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """Open what was sealed to the service. Raises Unsealable."""
        return sealing.unseal(self._sealing, purpose, sealed)

    def card_key(self, uid: bytes, key_no: int) -> bytes:
        """The key of one card (AN10922): 16 bytes, for sealing to a station or personalising."""
        return diversify(self._masters[key_no], uid, AID, SYSTEM + bytes([key_no]))

    def hide(self, clear: str, where: str, nonce: bytes) -> bytes:
        """Encrypt personal data: key id, nonce (12 bytes), AES-256-GCM with `where` (table/row/column) bound to it."""
        sealed = self._data[DATA_KEY].encrypt(nonce, clear.encode(), where.encode())
        return DATA_KEY.encode() + nonce + sealed

    def show(self, hidden: bytes, where: str) -> str:
        """Decrypt personal data. Raises VaultError when it was moved or changed."""
        key = self._data.get(hidden[:2].decode("ascii", "replace"))
        if key is None:
            raise VaultError("encrypted with a key that this vault does not have")
        try:
            return key.decrypt(hidden[2:14], hidden[14:], where.encode()).decode()
        except InvalidTag:
            raise VaultError(f"{where} was moved or changed") from None

    def blind(self, kind: str, value: str) -> str:
        """A keyed index (HMAC-SHA256, 32 hex digits) by which an equal value can be found."""
        return hmac.new(self._blind, f"{kind}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def make(path: Path, passphrase: str, chance: Callable[[int], bytes]) -> Vault:
    """Make new keys and keep them in `path`. Raises VaultError when the file exists."""
    if path.exists():
        raise VaultError(f"{path} exists: keys are never overwritten")
    names = [*(f"card{number}" for number in range(KEYS_OF_A_CARD)), "signing", "sealing", DATA_KEY, "blind"]
    content = {name: chance(16 if name.startswith("card") else 32) for name in names}
    salt, nonce = chance(16), chance(12)
    clear = json.dumps({name: value.hex() for name, value in content.items()}).encode()
    sealed = AESGCM(_file_key(passphrase, salt)).encrypt(nonce, clear, b"one-card vault v1")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps({"salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}))
    return Vault(content)


def open_vault(path: Path, passphrase: str) -> Vault:
    """Open a vault. Raises VaultError when it is missing or the passphrase is wrong."""
    if not path.exists():
        raise VaultError(f"{path} is missing: make one with `cardsvc init`, or restore it from its backup")
    kept = {name: bytes.fromhex(value) for name, value in json.loads(path.read_text()).items()}
    try:
        clear = AESGCM(_file_key(passphrase, kept["salt"])).decrypt(kept["nonce"], kept["sealed"], b"one-card vault v1")
    except InvalidTag:
        raise VaultError("the passphrase is wrong, or the vault was changed") from None
    return Vault({name: bytes.fromhex(value) for name, value in json.loads(clear).items()})


def _file_key(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(passphrase.encode())
