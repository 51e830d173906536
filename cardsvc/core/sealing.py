"""Sealing for one receiver: HPKE (RFC 9180) with X25519, HKDF-SHA256 and AES-128-GCM.

Card keys are sealed to a station, bookings to the service; `purpose` binds a sealed value to its use.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)


class Unsealable(Exception):
    """Not sealed for this receiver and purpose, or changed on its way."""


def seal(receiver: bytes, purpose: str, clear: bytes) -> bytes:
    """Seal for a receiver's X25519 public key (32 bytes); the ephemeral key is the library's own."""
    return SUITE.encrypt(clear, X25519PublicKey.from_public_bytes(receiver), purpose.encode())


def unseal(private: X25519PrivateKey, purpose: str, sealed: bytes) -> bytes:
    """Open what was sealed. Raises Unsealable."""
    try:
        return SUITE.decrypt(sealed, private, purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable(purpose) from error


def card_key_purpose(card_no: str, key_no: int) -> str:
    """The purpose of a card's sealed key."""
    return f"one-card card key {card_no} {key_no}"


BOOKING_PURPOSE = "one-card booking v1"
