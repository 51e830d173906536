"""One deposit, twenty cashiers who pay it back at once, beside charges, cancelling and closing: it is paid back once.

`ONECARD_SEED` replays a run's moments.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pytest

from cardsvc.api.app import Surface
from cardsvc.core import ledger, wire
from cardsvc.core.facts import Details, Quantity, StationKind, Step, step_of
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Means, Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.store import office
from cardsvc.store import tables as t
from cardsvc.store.snapshots import case_bill
from cardsvc.store.verifying import first_fault
from cardsvc.surfaces import create_service
from tests.support import crowd
from tests.support.crowd import Member
from tests.support.home import Service, Station
from tests.support.serving import Served

AT_ONCE = 20
DAY, NIGHT = 6, 200
SEED = int(os.environ.get("ONECARD_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
DEPOSIT_FEN = 500_000
FLOWERS_FEN = 18_000
FLOWERS = Details(items=(Quantity(item="flowers", count=1),))
NO_MORE = {Problem.ABOVE_PAID, Problem.CASE_CLOSED}
"""Why the other nineteen are refused: the money is paid back already, or the case is closed behind it."""


@dataclass
class Counters:
    """Twenty counters, an arrangement desk and an office, all at the real server."""

    service: Service
    address: str
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))

    def __post_init__(self) -> None:
        self.tills = [Station(self.service, StationKind.CASHIER, number) for number in range(1, AT_ONCE + 1)]
        self.client = httpx2.Client(base_url=self.address, timeout=60, limits=httpx2.Limits(keepalive_expiry=1))
        signed = self.client.post("office/api/session", json={"staff_no": "1015", "password": "10151015"})
        assert signed.status_code == 204, signed.text
        self.form_token = self.client.get("office/api/me").json()["form_token"]

    def post(self, body: bytes, headers: dict[str, str]) -> bytes:
        answer = self.client.post("stations/sync", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.content

    def pay_back(self, till: Station, one: Member, fen: int) -> Judgement:
        """What a cashier does: ask, and give the money out only on a yes; then say so."""
        details, people = Details(amount_fen=fen, means=Means.CASH), till.people(Step.REFUND)
        asked = till.append(wire.Request(step=Step.REFUND, details=details), case_no=one.case_no, **people)
        (word,) = crowd.taken(till, self.post)
        if word.outcome is Outcome.ACCEPTED:
            body = wire.Observation(step=Step.REFUND, details=details, granted_seq=asked)
            till.append(body, case_no=one.case_no, **people)
            crowd.taken(till, self.post)
        return word

    def in_office(self, one: Member, step: Step, **details: object) -> None:
        body = {"step": step, "details": details, "second_staff_no": "1016", "second_password": "10161016"}
        headers = {"x-form-token": self.form_token}
        answer = self.client.post(f"office/api/cases/{one.case_no}/steps", json=body, headers=headers)
        assert answer.status_code in (200, 409, 422), answer.text

    def at_once(self, acts: list[Callable[[], object]]) -> list[object]:
        """All of these at the same instant, each a few milliseconds off."""
        together = threading.Barrier(len(acts))

        def act(one: Callable[[], object], jitter: float) -> object:
            together.wait(30)
            time.sleep(jitter)
            return one()

        with ThreadPoolExecutor(len(acts)) as pool:
            done = [pool.submit(act, one, self.chance.uniform(0, 0.02)) for one in acts]
            return [future.result() for future in done]


@pytest.fixture
def counters(service: Service) -> Iterator[Counters]:
    served = Served(create_service(list(Surface), service.context))
    yield Counters(service, served.address)
    served.close()


def test_twenty_cashiers_pay_one_deposit_back_once(service: Service, counters: Counters, night: bool) -> None:
    print(f"ONECARD_SEED={SEED}")
    count, seen = NIGHT if night else DAY, Counter[str]()
    members = crowd.booked(service, count, resident=False)
    crowd.together(service, members, Step.DEPOSIT, lambda one: Details(amount_fen=DEPOSIT_FEN, means=Means.CASH))
    crowd.together(service, members, Step.QUOTE, lambda one: FLOWERS)
    price = FLOWERS_FEN
    desk = service.station(StationKind.ARRANGEMENT)

    for one in members:
        service.clock.now += timedelta(minutes=1)  # the office's password is asked for each case, and not too often
        goes = one.number % 2 == 0
        fen = DEPOSIT_FEN if goes else DEPOSIT_FEN - price
        if goes:
            counters.in_office(one, Step.CANCEL, reason=Reason.FAMILY_WISH)

        def signs(member: Member = one) -> None:
            crowd.report(desk, member, Step.SIGN_QUOTE, Details())
            crowd.taken(desk, counters.post)

        ends = (lambda one=one: counters.in_office(one, Step.CLOSE)) if goes else signs
        backs = [lambda till=till, one=one, fen=fen: counters.pay_back(till, one, fen) for till in counters.tills]
        words = [word for word in counters.at_once([*backs, ends]) if isinstance(word, Judgement)]

        assert Counter(word.outcome for word in words) == {Outcome.ACCEPTED: 1, Outcome.REFUSED: AT_ONCE - 1}, words
        told = {reason.problem for word in words for reason in word.reasons}
        assert told <= NO_MORE, told
        seen.update(books_of(service, one, fen))

    print(dict(seen))
    assert first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def books_of(service: Service, one: Member, fen: int) -> list[str]:
    """What became of a round; the money that left is the money of the one yes, to the fen."""
    home, case_no = service.context.home_id, one.case_no
    with service.context.engine.connect() as connection:
        steps = [step_of(fact) for fact in office.facts(connection, home, case_no)]
        bill = case_bill(connection, home, case_no)
        paid = connection.execute(
            t.transfer.select().where(t.transfer.c.case_no == case_no, t.transfer.c.credit == ledger.till(Means.CASH))
        ).all()
    assert [row.amount_fen for row in paid] == [fen], (case_no, paid)
    assert steps.count(Step.REFUND) == 1, steps
    assert bill.open_fen == fen - DEPOSIT_FEN + bill.due_fen, (case_no, bill)
    return [step for step in (Step.SIGN_QUOTE, Step.CLOSE) if step in steps]
