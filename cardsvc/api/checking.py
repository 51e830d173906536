"""Records as they were sent: their signatures checked, their bytes read, before any transaction."""

import json
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import TypeAdapter, ValidationError

from cardsvc.core import wire
from cardsvc.core.wire import Record

RECORD = TypeAdapter(Record)


@dataclass(frozen=True, slots=True)
class Checked:
    """A sent record whose signature was verified; `record` is None when its bytes cannot be read."""

    raw: bytes
    sig: bytes
    hash: str
    signed: bool
    record: Record | None


def check(sent: wire.Sent, key: Ed25519PublicKey) -> Checked:
    """Verify a record's signature over its hash, and read it."""
    digest = wire.record_hash(sent.raw)
    if not verifies(key, sent.sig, digest):
        return Checked(sent.raw, sent.sig, digest.hex(), False, None)
    try:
        record = RECORD.validate_json(sent.raw) if len(sent.raw) <= wire.MOST_RECORD_BYTES else None
    except ValidationError:
        record = None
    return Checked(sent.raw, sent.sig, digest.hex(), True, record)


def verifies(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether the signature is this key's over the message."""
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def claimed_seq(raw: bytes, otherwise: int) -> int:
    """The seq that unreadable bytes claim, where they are at least JSON; else the place where they stand."""
    try:
        claimed = json.loads(raw).get("seq", otherwise)
    except (ValueError, AttributeError, RecursionError):
        return otherwise
    return claimed if type(claimed) is int and 0 < claimed < 2**53 else otherwise
