"""A PKCS#11 token: card master keys (AES) and the signing key (Ed25519), made there and never readable.

The only file that knows PKCS#11. Found by label and id: `onecard card` with the bytes (version, key number), and
`onecard signing`. CMAC is the token's own (CKM_AES_CMAC), so only a card's diversified key leaves it.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.exceptions import NoSuchKey, NoSuchToken, PinIncorrect, PinLocked, PKCS11Error, UserAlreadyLoggedIn

from cardsvc.core.card.keys import MacKey
from cardsvc.vault.vault import KEYS_OF_A_CARD, VaultError

T = TypeVar("T")
CARD, SIGNING = "onecard card", "onecard signing"
ED25519 = bytes.fromhex("06032b6570")
"""The curve's object identifier 1.3.101.112 in DER (RFC 8410)."""
KEPT_IN = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.MODIFIABLE: False}
MASTER_MAY = {
    **KEPT_IN,
    Attribute.SIGN: True,
    **dict.fromkeys((Attribute.ENCRYPT, Attribute.DECRYPT, Attribute.VERIFY), False),
    **dict.fromkeys((Attribute.WRAP, Attribute.UNWRAP, Attribute.DERIVE), False),
}
"""A master key makes CMACs and nothing else."""


@dataclass(frozen=True, slots=True)
class TokenMaster:
    """A master key on the token."""

    token: "Token"
    version: int
    key_no: int

    def cmac(self, message: bytes) -> bytes:
        """AES-CMAC (NIST SP 800-38B), 16 bytes. Raises VaultError when the token does not answer."""
        return self.token.cmac(self.version, self.key_no, message)


class Token:
    """A token that somebody logged in to; one operation at a time, and a new session after a fault."""

    def __init__(self, module: str, label: str, pin: str) -> None:
        self._module, self._label, self._pin = module, label, pin
        self._lock = threading.Lock()
        self._session: Any = None
        self._masters: dict[tuple[int, int], Any] = {}
        self._signing: Any = None
        self._point = b""
        self._with(lambda: None)

    def __repr__(self) -> str:
        return f"Token({self._label!r})"

    def close(self) -> None:
        """Log out."""
        with self._lock:
            if self._session is not None:
                self._session.close()
            self._session = None

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions of card keys that are there whole, the newest last."""
        found = {version for version, _ in self._masters}
        return tuple(sorted(v for v in found if all((v, number) in self._masters for number in KEYS_OF_A_CARD)))

    @property
    def public_key(self) -> bytes:
        """The public half of the signing key, 32 bytes; empty when the token has none."""
        return self._point

    @property
    def empty(self) -> bool:
        """Whether there is no key of ours."""
        return not self._masters and not self._point

    def masters(self, version: int) -> Mapping[int, MacKey]:
        """The master keys of a version by key number. Raises VaultError when they are not all there."""
        if version not in self.versions:
            raise VaultError(f"the token {self._label} has no card keys of version {version}")
        return {number: TokenMaster(self, version, number) for number in KEYS_OF_A_CARD}

    def cmac(self, version: int, key_no: int, message: bytes) -> bytes:
        """AES-CMAC with a master key, 16 bytes."""
        return self._with(lambda: bytes(self._masters[version, key_no].sign(message, mechanism=Mechanism.AES_CMAC)))

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature, 64 bytes."""
        return self._with(lambda: bytes(self._signing.sign(message, mechanism=Mechanism.EDDSA)))

    def generate_masters(self, version: int) -> None:
        """Make the card keys of a version on the token; goes on where an earlier attempt was cut off."""

        def make(session: Any) -> None:
            for number in KEYS_OF_A_CARD:
                if (version, number) not in self._masters:
                    known = {"id": bytes([version, number]), "label": CARD, "store": True, "template": MASTER_MAY}
                    session.generate_key(KeyType.AES, 128, **known)

        self._change(make)

    def generate_signing(self) -> None:
        """Make the signing key on the token."""
        curve = {Attribute.EC_PARAMS: ED25519}

        def make(session: Any) -> None:
            parameters = session.create_domain_parameters(KeyType.EC_EDWARDS, curve, local=True)
            parameters.generate_keypair(
                mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label=SIGNING, private_template=KEPT_IN
            )

        self._change(make)

    def take_master(self, version: int, key_no: int, value: bytes) -> None:
        """Bring a master key (16 bytes) from outside onto the token."""
        whole = {
            **_stored(ObjectClass.SECRET_KEY, KeyType.AES, CARD),
            **MASTER_MAY,
            Attribute.ID: bytes([version, key_no]),
            Attribute.VALUE: value,
        }
        self._change(lambda session: session.create_object(whole))

    def take_signing(self, private: bytes, public: bytes) -> None:
        """Bring a signing key (32 bytes each half) from outside onto the token."""
        curve = {Attribute.EC_PARAMS: ED25519}
        secret = _stored(ObjectClass.PRIVATE_KEY, KeyType.EC_EDWARDS, SIGNING) | curve | KEPT_IN
        known = _stored(ObjectClass.PUBLIC_KEY, KeyType.EC_EDWARDS, SIGNING) | curve | {Attribute.PRIVATE: False}
        self._change(lambda session: session.create_object(secret | {Attribute.SIGN: True, Attribute.VALUE: private}))
        point = bytes([0x04, len(public)]) + public
        self._change(lambda session: session.create_object(known | {Attribute.VERIFY: True, Attribute.EC_POINT: point}))

    def _change(self, act: Callable[[Any], object]) -> None:
        """Change what is on the token, and look again at what is there."""

        def within() -> None:
            act(self._session)
            self._find()

        self._with(within)

    def _with(self, act: Callable[[], T]) -> T:
        """Do something in a session. Raises VaultError, and then the next call opens a new session."""
        with self._lock:
            try:
                if self._session is None:
                    self._open()
                return act()
            except NoSuchToken:
                why = f"there is no token named {self._label}: make one with its maker's program, or put it in"
            except PinIncorrect:
                why = f"ONECARD_PKCS11_PIN is wrong for the token {self._label}; it locks after a few wrong PINs"
            except PinLocked:
                why = f"the token {self._label} is locked by wrong PINs: unlock it with the security officer's PIN"
            except PKCS11Error as error:
                why = f"the token {self._label} ({self._module}) does not do its work: {type(error).__name__}"
            self._session = None
            raise VaultError(why)

    def _open(self) -> None:
        token = pkcs11.lib(self._module).get_token(token_label=self._label)
        try:
            self._session = token.open(rw=True, user_pin=self._pin)
        except UserAlreadyLoggedIn:
            # The log-in belongs to the process: an earlier session of it that broke still holds it.
            self._session = token.open(rw=True)
        self._find()

    def _find(self) -> None:
        self._masters = {}
        for key in self._session.get_objects({Attribute.LABEL: CARD, Attribute.CLASS: ObjectClass.SECRET_KEY}):
            version, number = key.id
            self._masters[version, number] = _kept_in(key, f"card{version}.{number}")
        try:
            signing = {"label": SIGNING, "key_type": KeyType.EC_EDWARDS}
            private = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, **signing)
            public = self._session.get_key(object_class=ObjectClass.PUBLIC_KEY, **signing)
        except NoSuchKey:
            self._signing, self._point = None, b""
            return
        self._signing = _kept_in(private, "signing")
        # DER wraps the point as an octet string or, by other makers, as a bit string: it ends with the 32 bytes.
        self._point = bytes(public[Attribute.EC_POINT])[-32:]


def _stored(kind: ObjectClass, key_type: KeyType, label: str) -> dict[Attribute, Any]:
    return {
        Attribute.CLASS: kind,
        Attribute.KEY_TYPE: key_type,
        Attribute.TOKEN: True,
        Attribute.PRIVATE: True,
        Attribute.LABEL: label,
    }


def _kept_in(key: Any, name: str) -> Any:
    """The key, if it cannot be read out. Raises VaultError."""
    if key[Attribute.EXTRACTABLE] or not key[Attribute.SENSITIVE]:
        raise VaultError(f"the key {name} can be read out of the token: make it anew with `cardsvc key make-token`")
    return key
