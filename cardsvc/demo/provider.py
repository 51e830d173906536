"""A payment provider outside, as strict as a real one, and the phones that pay: it misbehaves on demand.

Its books are the truth of what was paid. Where it misbehaves it does so in what it says, when, and how often; where a
phone pays a wrong amount or twice, that money is in its books too.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import httpx2
from pydantic import TypeAdapter, ValidationError

from cardsvc.core.books import bounds
from cardsvc.core.outgoing import KEY_HEADER, SIGNATURE_HEADER, genuine, signature
from cardsvc.core.provider import AboutOrder, AskDay, AskOrder, DayList, Notice, Payment, Question, Standing

LOG = logging.getLogger("cardsvc.demo.provider")
ASK, ABOUT, DAY = TypeAdapter(AskOrder), TypeAdapter(AboutOrder), TypeAdapter(AskDay)
AGAIN_AFTER, MOST_TRIES = timedelta(seconds=5), 8


class Mischief(StrEnum):
    """How the provider, or a phone, misbehaves until it is told to behave."""

    NONE = "none"
    LATE = "late"  # the notice comes a minute after the payment
    TWICE = "twice"  # each notice comes two times
    NEVER = "never"  # no notice comes
    WRONG_AMOUNT = "wrong_amount"  # the phone pays one fen more
    PAYS_TWICE = "pays_twice"  # the phone pays two times
    AFTER_CANCEL = "after_cancel"  # an order that is closed, or too old, can be paid still
    WRONG_SIGNATURE = "wrong_signature"  # whatever it says is signed by nobody
    ANOTHER = "another"  # it speaks of another order
    SLOW = "slow"  # it does what it is asked, and answers after a long while
    DOWN = "down"  # 503, and nothing is done
    LOST = "lost"  # it does what it is asked, and the answer is a 500
    REFUSES = "refuses"  # it takes no order


@dataclass
class Kept:
    """An order in the provider's books."""

    order: AskOrder
    open: bool = True
    payments: list[Payment] = field(default_factory=list)


@dataclass
class Telling:
    """A notice on its way."""

    notice: Notice
    due: datetime
    times: int = 1
    forged: bool = False
    tries: int = 0


@dataclass
class Provider:
    """Its books, how it behaves, and the notices that it has not got through."""

    secret: bytes
    clock: Callable[[], datetime]
    address: str = "http://127.0.0.1/"
    mischief: Mischief = Mischief.NONE
    slow_s: float = 30.0
    orders: dict[str, Kept] = field(default_factory=dict)
    telling: list[Telling] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def genuine(self, key: str, given: str, body: bytes) -> bool:
        """Whether somebody who has the secret asks."""
        return genuine(self.secret, key, body, given)

    def ask(self, question: Question, key: str, body: bytes) -> Standing | None:
        """Do what is asked about an order, and say how it stands; None for what is no question of the protocol."""
        try:
            if question is Question.ASK:
                return self._take(key, ASK.validate_json(body))
            order_no = ABOUT.validate_json(body).order_no
        except ValidationError:
            return None
        with self._lock:
            kept = self.orders.get(order_no)
            if kept is not None and question is Question.CLOSE:
                kept.open = False
            return self.standing(order_no)

    def _take(self, key: str, order: AskOrder) -> Standing | None:
        if key != order.order_no:
            return None
        known = self.orders.get(order.order_no)
        if self.mischief is Mischief.REFUSES or (known is not None and known.order != order):
            return Standing(order_no=order.order_no, state="refused")
        self.orders.setdefault(order.order_no, Kept(order))
        return self.standing(order.order_no)

    def standing(self, order_no: str) -> Standing:
        """How an order stands."""
        kept = self.orders.get(order_no)
        if kept is None:
            return Standing(order_no=order_no, state="unknown")
        payments = tuple(kept.payments)
        if payments:
            return Standing(order_no=order_no, state="paid", payments=payments)
        if not self._payable(kept):
            return Standing(order_no=order_no, state="closed")
        return Standing(order_no=order_no, state="open", qr=f"{self.address}phone/{order_no}")

    def _payable(self, kept: Kept) -> bool:
        return kept.open and self.clock() < kept.order.expires_at

    def pay(self, order_no: str) -> bool:
        """A phone pays an order; False when it cannot be paid."""
        with self._lock:
            return self._pay(order_no)

    def _pay(self, order_no: str) -> bool:
        kept = self.orders.get(order_no)
        if kept is None:
            return False
        again = self.mischief is Mischief.PAYS_TWICE
        if self.mischief is not Mischief.AFTER_CANCEL and not self._payable(kept):
            return False
        if kept.payments and not (again or self.mischief is Mischief.AFTER_CANCEL):
            return False
        for _ in range(2 if again else 1):
            amount = kept.order.amount_fen + (self.mischief is Mischief.WRONG_AMOUNT)
            number = sum(len(one.payments) for one in self.orders.values()) + 1
            payment = Payment(ref=f"P{self.clock():%Y%m%d}{number:08d}", amount_fen=amount, at=self.clock())
            kept.payments.append(payment)
            self._tell(order_no, payment)
        return True

    def _tell(self, order_no: str, payment: Payment) -> None:
        if self.mischief is Mischief.NEVER:
            return
        about = another(order_no) if self.mischief is Mischief.ANOTHER else order_no
        notice = Notice(order_no=about, ref=payment.ref, amount_fen=payment.amount_fen, at=payment.at)
        due = self.clock() + timedelta(minutes=1 if self.mischief is Mischief.LATE else 0)
        times, forged = 2 if self.mischief is Mischief.TWICE else 1, self.mischief is Mischief.WRONG_SIGNATURE
        self.telling.append(Telling(notice, due, times, forged))

    def tell_due(self, send: Callable[[bytes, dict[str, str]], int]) -> int:
        """Send the notices that are due; `send` posts a body with headers and gives the status. How many were sent.

        A notice that is not taken with 200 or refused with 409 is told again, a few times.
        """
        now, sent = self.clock(), 0
        for one in [telling for telling in self.telling if telling.due <= now]:
            body = one.notice.model_dump_json().encode()
            sealed = signature(b"nobody's" if one.forged else self.secret, one.notice.ref, body)
            statuses = [
                send(body, {KEY_HEADER: one.notice.ref, SIGNATURE_HEADER: sealed, "content-type": "application/json"})
                for _ in range(one.times)
            ]
            sent += len(statuses)
            one.tries, one.due = one.tries + 1, now + AGAIN_AFTER
            if statuses[-1] in (200, 409) or one.tries >= MOST_TRIES:
                self.telling.remove(one)
        return sent

    def day(self, body: bytes) -> DayList | None:
        """All that was paid on a local day."""
        try:
            asked = DAY.validate_json(body)
            since, until = bounds(datetime.fromisoformat(asked.day).date())
        except ValueError:
            return None
        found = [
            Notice(order_no=number, ref=one.ref, amount_fen=one.amount_fen, at=one.at)
            for number, kept in self.orders.items()
            for one in kept.payments
            if since <= one.at < until
        ]
        return DayList(day=asked.day, payments=tuple(found))

    @property
    def paid_fen(self) -> int:
        """All that it has ever taken for us."""
        return sum(one.amount_fen for kept in self.orders.values() for one in kept.payments)


def another(order_no: str) -> str:
    """The number of an order that nobody made."""
    return f"{order_no[:-1]}{'0' if order_no[-1] != '0' else '1'}"


def teller(provider: Provider, url: str) -> Callable[[], int]:
    """The duty that sends what is due to the home's address for notices."""
    client = httpx2.Client(timeout=30)

    def send(body: bytes, headers: dict[str, str]) -> int:
        try:
            return client.post(url, content=body, headers=headers).status_code
        except httpx2.HTTPError as error:
            LOG.info("a notice did not get through: %s", type(error).__name__)
            return 0

    return lambda: provider.tell_due(send)
