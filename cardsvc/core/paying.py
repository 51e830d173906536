"""Payment orders: what a family is asked to pay by QR, and where the money goes that the provider says has come.

Everything that moves an order is in TRANSITIONS. Money that fits its order is posted, once; money that does not (late,
twice, another amount, nobody's) goes to suspense until a person has decided, and who owes what is unchanged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cardsvc.core.facts import Details, Wire
from cardsvc.core.ids import CaseNo
from cardsvc.core.provider import DayList, Notice, Payment, Question, Standing
from cardsvc.core.terms import Payer

LIVES = timedelta(minutes=15)
"""How long the payer's phone may pay an order."""
MOST_FEN = 100_000_000
"""Of one order: what a step can carry (core.facts.Details)."""


class OrderState(StrEnum):
    """How far an order is. An order expires, or is cancelled in time, only by the provider's word."""

    ASKED = "asked"  # written here; the provider may know it or not
    SHOWN = "shown"  # the provider has taken it: its QR can be paid
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DISPUTED = "disputed"  # money came that does not fit: a person decides


class Event(StrEnum):
    """What moves an order."""

    SHOW = "show"
    PAY = "pay"
    CANCEL = "cancel"
    EXPIRE = "expire"
    DISPUTE = "dispute"


S, E = OrderState, Event
TRANSITIONS: Mapping[tuple[OrderState, Event], OrderState] = {
    (S.ASKED, E.SHOW): S.SHOWN,
    (S.ASKED, E.PAY): S.PAID,
    (S.SHOWN, E.PAY): S.PAID,
    (S.ASKED, E.CANCEL): S.CANCELLED,
    (S.SHOWN, E.CANCEL): S.CANCELLED,
    (S.ASKED, E.EXPIRE): S.EXPIRED,
    (S.SHOWN, E.EXPIRE): S.EXPIRED,
    **{(state, E.DISPUTE): S.DISPUTED for state in OrderState},
    # A person has decided about all that did not fit: some of it is on the bill, or none.
    (S.DISPUTED, E.PAY): S.PAID,
    (S.DISPUTED, E.CANCEL): S.CANCELLED,
}
LIVE = frozenset({S.ASKED, S.SHOWN})
"""One order of these a case and payer, by the database."""


class Why(StrEnum):
    """Why money is in suspense."""

    AMOUNT = "amount"  # not what was asked
    TWICE = "twice"  # the order had been paid
    CANCELLED = "cancelled"  # the order had been cancelled
    EXPIRED = "expired"  # the order had expired
    CASE_OVER = "case_over"  # the case takes no payment any more
    NO_ORDER = "no_order"  # we never asked for it


TOO_LATE: Mapping[OrderState, Why] = {
    S.PAID: Why.TWICE,
    S.DISPUTED: Why.TWICE,
    S.CANCELLED: Why.CANCELLED,
    S.EXPIRED: Why.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Order:
    """A payment order as it is kept; `closed` when the provider has said that it takes no more money for it."""

    order_no: str
    case_no: CaseNo
    payer: Payer
    amount_fen: int
    state: OrderState
    asked_at: datetime
    expires_at: datetime
    asked_by: str
    qr: str = ""
    closed: bool = False
    provider_ref: str | None = None
    paid_log_no: int | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """One payment of the provider's and where it went: posted (`why` None), or to suspense."""

    payment: Payment
    why: Why | None


@dataclass(frozen=True, slots=True)
class Moved:
    """An order after the provider's word, and the payments that were not known before."""

    order: Order
    arrivals: tuple[Arrival, ...]


@dataclass(frozen=True, slots=True)
class Posting:
    """A payment that becomes the step PAY of a case; `cause` names the order, and lets it happen only once."""

    case_no: CaseNo
    details: Details
    cause: str
    log_no: int


def after(order: Order, event: Event) -> Order:
    """The order after an event. Raises KeyError for one that cannot happen now."""
    return replace(order, state=TRANSITIONS[order.state, event])


def hear(
    order: Order, standing: Standing, known: Iterable[str], *, payable: bool, closing: Event, now: datetime
) -> Moved:
    """What follows from the provider's word on an order.

    `known` are the numbers of payments that were heard of before. `payable`: the case takes payments. `closing` is what
    it means that the order is closed and not paid: CANCEL when that was asked for, EXPIRE otherwise.
    """
    heard, arrivals = set(known), []
    for payment in sorted(standing.payments, key=lambda one: (one.at, one.ref)):
        if payment.ref in heard:
            continue
        heard.add(payment.ref)
        why = _why(order, payment, payable=payable)
        arrivals.append(Arrival(payment, why))
        order = after(order, Event.PAY if why is None else Event.DISPUTE)
        if why is None:
            order = replace(order, provider_ref=payment.ref)
    over = standing.state in ("paid", "closed", "refused") or (standing.state == "unknown" and now >= order.expires_at)
    if order.state in LIVE:
        if standing.state == "open" and order.state is OrderState.ASKED and standing.qr:
            order = replace(after(order, Event.SHOW), qr=standing.qr)
        elif standing.state == "refused":
            order = after(order, Event.CANCEL)
        elif over and not standing.payments:
            order = after(order, closing)
    return Moved(replace(order, closed=order.closed or over), tuple(arrivals))


def _why(order: Order, payment: Payment, *, payable: bool) -> Why | None:
    """Why a payment does not fit its order; None when it does."""
    if order.state in TOO_LATE:
        return TOO_LATE[order.state]
    if payment.amount_fen != order.amount_fen:
        return Why.AMOUNT
    return None if payable else Why.CASE_OVER


def question_for(order: Order, now: datetime) -> Question | None:
    """What the provider is to be asked about an order now; None when it has said its last word."""
    if order.closed:
        return None
    if order.state not in LIVE or now >= order.expires_at:
        return Question.CLOSE
    return Question.ASK if order.state is OrderState.ASKED else Question.QUERY


def next_look(order: Order, now: datetime) -> datetime:
    """When an order is asked about again: soon while somebody stands at the desk, rarely later."""
    age = now - order.asked_at
    if age < timedelta(minutes=2):
        return now + timedelta(seconds=2)
    return now + timedelta(seconds=10 if age < LIVES * 2 else 120)


def settled(order: Order, open_left: int, assigned: bool) -> Order:
    """The order after a person has decided about one of its payments.

    `open_left` are those that still wait; `assigned` whether any of the order's money is on a bill.
    """
    if order.state is not OrderState.DISPUTED or open_left:
        return order
    return after(order, Event.PAY if assigned else Event.CANCEL)


class Unlike(StrEnum):
    """How our books and the provider's differ about a payment."""

    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    DIFFERS = "differs"  # another amount, or another order
    BY_HAND = "by_hand"  # typed by a person, and standing; the provider says nothing of it


class Difference(Wire):
    """A payment about which the books differ; amounts in fen, None where it is missing."""

    ref: str
    order_no: str
    unlike: Unlike
    ours_fen: int | None = None
    theirs_fen: int | None = None


class DayFound(Wire):
    """A day of ours held against the provider's list."""

    day: str
    count: int
    ours_fen: int
    theirs_fen: int
    healed: int = 0
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class ByHand:
    """Money by QR that a person typed in for a case, by its cause."""

    cause: str
    case_no: CaseNo
    amount_fen: int


def compare(ours: Iterable[Notice], theirs: DayList, healed: int = 0, typed: Iterable[ByHand] = ()) -> DayFound:
    """Hold the payments that we know of a day against the provider's list; `healed` were found only by it.

    What people `typed` is in our books by their word alone: each entry is a difference until it is taken back.
    """
    typed = sorted(typed, key=lambda one: one.cause)
    here = {one.ref: one for one in ours}
    there = {one.ref: one for one in theirs.payments}
    found = []
    for ref in sorted(here.keys() | there.keys()):
        mine, other = here.get(ref), there.get(ref)
        if mine is None and other is not None:
            found.append(
                Difference(ref=ref, order_no=other.order_no, unlike=Unlike.MISSING_HERE, theirs_fen=other.amount_fen)
            )
        elif mine is not None and other is None:
            found.append(
                Difference(ref=ref, order_no=mine.order_no, unlike=Unlike.MISSING_THERE, ours_fen=mine.amount_fen)
            )
        elif mine is not None and other is not None and _unlike(mine, other):
            found.append(
                Difference(
                    ref=ref,
                    order_no=mine.order_no,
                    unlike=Unlike.DIFFERS,
                    ours_fen=mine.amount_fen,
                    theirs_fen=other.amount_fen,
                )
            )
    for entry in typed:
        found.append(
            Difference(ref=entry.cause, order_no=entry.case_no, unlike=Unlike.BY_HAND, ours_fen=entry.amount_fen)
        )
    return DayFound(
        day=theirs.day,
        count=len(there),
        ours_fen=sum(one.amount_fen for one in here.values()) + sum(one.amount_fen for one in typed),
        theirs_fen=sum(one.amount_fen for one in there.values()),
        healed=healed,
        differences=tuple(found),
    )


def _unlike(mine: Notice, other: Notice) -> bool:
    return (mine.amount_fen, mine.order_no) != (other.amount_fen, other.order_no)
