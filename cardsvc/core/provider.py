"""What the service and a payment provider say to each other about an order, and what counts as its word.

The protocol is that of `core.outgoing`: a key, and an HMAC over key and body in both directions. There is one answer to
every question about an order, its standing; what was paid is believed only from there. A notice of the provider is a
hint to ask.
"""

from datetime import date
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from cardsvc.core.facts import Code, Wire
from cardsvc.core.outgoing import SendError, genuine

T = TypeVar("T", bound=Wire)
Ref = Code
"""The provider's number of one payment: one phone, one movement of money."""


class Question(StrEnum):
    """What an order's standing is asked with; the address ends with it."""

    ASK = "orders"  # take this order, and say how it is paid; the same order again changes nothing
    QUERY = "query"  # how does it stand
    CLOSE = "close"  # take no money for it any more, unless it is paid already


class AskOrder(Wire):
    """An order to be paid, and the question about it; `title` is what the payer's phone shows."""

    order_no: Code
    amount_fen: int = Field(ge=1)
    title: str
    expires_at: AwareDatetime


class AboutOrder(Wire):
    """A question about an order that was asked for before."""

    order_no: Code


class Payment(Wire):
    """Money that the provider has taken for an order."""

    ref: Ref
    amount_fen: int = Field(ge=1)
    at: AwareDatetime


class Standing(Wire):
    """How an order stands at the provider. `qr` is what the payer's phone scans, while it is open."""

    order_no: Code
    state: Literal["open", "paid", "closed", "unknown", "refused"]
    qr: str = Field(default="", max_length=400)
    payments: tuple[Payment, ...] = Field(default=(), max_length=100)


class Notice(Wire):
    """What the provider tells by itself: this order has been paid."""

    order_no: Code
    ref: Ref
    amount_fen: int = Field(ge=1)
    at: AwareDatetime


class AskDay(Wire):
    """The question for all that was paid on a local day."""

    day: str


class DayList(Wire):
    """All that was paid on a local day, by the provider's books."""

    day: str
    payments: tuple[Notice, ...] = ()


MOST_OF_A_DAY = 8_000_000
"""Bytes of a day's list."""
STANDING, NOTICE, DAY_LIST = TypeAdapter(Standing), TypeAdapter(Notice), TypeAdapter(DayList)


def question_key(order_no: str, question: Question, once: bytes) -> str:
    """The key of a question: an order is asked for under its own number, others carry bytes that are used once.

    So an old answer that somebody kept is never taken for the answer to a new question.
    """
    return order_no if question is Question.ASK else f"{order_no}/{question}/{once.hex()}"


def day_key(home_id: str, day: date, once: bytes) -> str:
    """The key of the question for a day."""
    return f"{home_id}/{day.isoformat()}/{once.hex()}"


def standing_of(secret: bytes, key: str, order_no: str, status: int, body: bytes, given: str) -> Standing | SendError:
    """The provider's word on an order, or why this is not it."""
    read = _signed(secret, key, status, body, given, STANDING)
    if isinstance(read, Standing) and read.order_no != order_no:
        return SendError.ANOTHER
    return read


def day_list_of(secret: bytes, key: str, day: date, status: int, body: bytes, given: str) -> DayList | SendError:
    """The provider's list of a day, or why this is not it."""
    read = _signed(secret, key, status, body, given, DAY_LIST)
    if isinstance(read, DayList) and read.day != day.isoformat():
        return SendError.ANOTHER
    return read


def _signed(secret: bytes, key: str, status: int, body: bytes, given: str, adapter: TypeAdapter[T]) -> T | SendError:
    if status not in (200, 409):
        return SendError.STATUS
    if not genuine(secret, key, body, given):
        return SendError.UNSIGNED
    try:
        return adapter.validate_json(body)
    except ValidationError:
        return SendError.GARBAGE


def notice_of(key: str, body: bytes) -> Notice | None:
    """A notice whose signature was checked; None when it is none, or not under its own key."""
    try:
        notice = NOTICE.validate_json(body)
    except ValidationError:
        return None
    return notice if notice.ref == key else None
