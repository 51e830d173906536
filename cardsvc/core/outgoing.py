"""What is sent to parties outside: when it is tried again, how it is signed, and what counts as their answer.

A message is confirmed only by an answer of this protocol that names it and is signed. The sender and the demo's two
receivers speak by these functions (docs/statutory_export.md).
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import Field, TypeAdapter, ValidationError

from cardsvc.core.doubling import doubled
from cardsvc.core.facts import Wire
from cardsvc.core.ids import HomeId

KEY_HEADER = "idempotency-key"
SIGNATURE_HEADER = "x-signature"
MOST_BYTES = 65_536
"""Of an answer; a longer one is garbage."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)


class Channel(StrEnum):
    """Who is told."""

    MESSAGE = "message"  # a phone, by the message gateway
    STATUTORY = "statutory"  # the city
    TREASURY = "treasury"  # a payer, by its name: statements
    POLICE = "police"
    INSURER = "insurer"


class SendError(StrEnum):
    """Why a message is not confirmed; the class of the last error is shown, never what the other side said."""

    DOWN = "down"  # nobody answers
    SLOW = "slow"  # no answer in time
    STATUS = "status"  # an HTTP status that is no answer of the protocol
    GARBAGE = "garbage"  # not an answer of the protocol
    UNSIGNED = "unsigned"  # not signed with the shared secret
    ANOTHER = "another"  # about another message
    REFUSED = "refused"  # the receiver will not take it: a person looks at it
    UNREADABLE = "unreadable"  # it cannot be opened with our keys: a person looks at it


FINAL = frozenset({SendError.REFUSED, SendError.UNREADABLE})
"""Errors that another try does not mend."""


class Text(Wire):
    """A message to a phone."""

    to: str = Field(repr=False)
    text: str = Field(repr=False)


class Answer(Wire):
    """What a receiver answers: it has taken the message, has had it already, or refuses it."""

    id: str
    state: Literal["taken", "already", "refused"]


ANSWER = TypeAdapter(Answer)


def key_of(home_id: HomeId, log_no: int, entry_no: int) -> str:
    """The idempotency key: the same for ever, so that a receiver knows a repeat."""
    return f"{home_id}-{log_no}-{entry_no}"


def signature(secret: bytes, key: str, body: bytes) -> str:
    """HMAC-SHA256 over the key, a line feed, and the body: 64 hex digits."""
    return hmac.new(secret, key.encode() + b"\n" + body, hashlib.sha256).hexdigest()


def genuine(secret: bytes, key: str, body: bytes, given: str) -> bool:
    """Whether the signature is that of somebody who has the secret."""
    return hmac.compare_digest(signature(secret, key, body).encode(), given.encode())


def answered(secret: bytes, key: str, status: int, body: bytes, given: str) -> SendError | None:
    """Why this answer does not confirm the message; None when it does."""
    if status not in (200, 409):
        return SendError.STATUS
    if len(body) > MOST_BYTES:
        return SendError.GARBAGE
    if not genuine(secret, key, body, given):
        return SendError.UNSIGNED
    try:
        answer = ANSWER.validate_json(body)
    except ValidationError:
        return SendError.GARBAGE
    if answer.id != key:
        return SendError.ANOTHER
    return SendError.REFUSED if answer.state == "refused" else None


def next_try(tries: int, now: datetime) -> datetime:
    """When a message is tried again that has been tried `tries` times: each wait is twice the one before."""
    return doubled(tries, now, FIRST_WAIT, LONGEST_WAIT)
