"""What waits at the same time is taken in one transaction: each is answered for itself, and nobody spoils another."""

import base64
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import event

from cardsvc.api import exchange
from cardsvc.api.exchange import Sent
from cardsvc.api.together import Together
from cardsvc.core import sealing, wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means
from cardsvc.core.wire import Outcome, Result, SyncAnswer
from cardsvc.store.engine import WRITES
from cardsvc.store.log import open_log
from cardsvc.store.verifying import first_fault
from tests.core.story import DETAILS
from tests.service.test_sync import REFUSED
from tests.support.home import Service, Station, booking_form
from tests.support.telling import TO_STORAGE, go, opened


class Poison(Exception):
    """What breaks a whole transaction."""


def asked(station: Station) -> Sent:
    """What a station would send now."""
    body, _ = station.request(station.unsent)
    ask = wire.SyncRequest.model_validate_json(body)
    return exchange.sent(station.journal_id, station.key.public_key(), ask, station.service.clock.now)


def told(answer: SyncAnswer | Refusal) -> list[tuple[Result, Outcome | None]]:
    assert isinstance(answer, SyncAnswer)
    return [(one.result, one.judgement.outcome if one.judgement else None) for one in answer.results]


def booked_unsent(station: Station) -> CaseNo:
    """A booking that the station has not sent; its provisional number."""
    sealed = sealing.seal(
        station.enrolled.service_sealing_key, sealing.BOOKING_PURPOSE, booking_form().model_dump_json().encode()
    )
    number = CaseNo(f"WZ-P{station.enrolled.station_number}-{station.seq + 1:06d}")
    station.append(wire.Booking(sealed=base64.b64encode(sealed)), case_no=number, staff_no=StaffNo("1001"))
    return number


def test_what_one_station_says_the_next_one_knows_in_the_same_transaction(service: Service) -> None:
    booking, cashier = service.station(StationKind.BOOKING), service.station(StationKind.CASHIER)
    number = booked_unsent(booking)
    paid = wire.Observation(step=Step.DEPOSIT, details=Details(amount_fen=100, means=Means.CASH))
    cashier.append(paid, case_no=number, staff_no=StaffNo("1010"))

    answers = exchange.handle(service.context, [asked(booking), asked(cashier)])

    assert [told(one) for one in answers] == [[(Result.RECORDED, Outcome.ACCEPTED)]] * 2
    assert first_fault(service.context.engine, service.context.home_id, print) is None


def test_a_write_torn_at_one_station_is_settled_at_another_in_the_same_transaction(service: Service) -> None:
    number, card = opened(service)
    go(service, number, card, *TO_STORAGE[: TO_STORAGE.index(Step.STORE)])
    cold, dressing = service.station(StationKind.COLD_STORAGE), service.station(StationKind.DRESSING)
    intent = wire.Intent(step=Step.STORE, details=DETAILS[Step.STORE], stage_after=1)
    last = wire.Key.of(card.last) if card.last else None
    seq = cold.append(
        intent,
        case_no=number,
        card_no=card.card_no,
        card_counter=card.counter,
        card_last=last,
        **cold.people(Step.STORE),
    )
    settled = wire.Settled(intent=wire.Key(journal_id=cold.journal_id, seq=seq), verdict=wire.Verdict.APPLIED)
    dressing.append(settled, case_no=number, card_no=card.card_no)

    answers = exchange.handle(service.context, [asked(cold), asked(dressing)])

    assert [told(one)[-1] for one in answers] == [(Result.RECORDED, Outcome.NOTED), (Result.RECORDED, Outcome.ACCEPTED)]


def test_a_forked_journal_and_a_gap_spoil_nobody_beside_them(service: Service) -> None:
    stations = [Station(service, StationKind.COLD_STORAGE, number) for number in range(1, 4)]
    _, gap, forked = stations
    for one in stations:
        one.append(REFUSED)
        one.append(REFUSED)
    forked.send()
    forked.head = "ab" * 32
    del gap.unsent[0]

    answers = exchange.handle(service.context, [asked(one) for one in stations])

    assert [told(one) for one in answers] == [
        [(Result.RECORDED, Outcome.NOTED)] * 2,
        [(Result.EXPECTED, None)],
        [],
    ]
    assert isinstance(answers[2], SyncAnswer) and answers[2].standing is Problem.JOURNAL_FORKED
    assert first_fault(service.context.engine, service.context.home_id, print) is None


def test_stations_that_wait_share_a_commit_and_each_reads_its_own_answer(service: Service) -> None:
    stations = [Station(service, StationKind.COLD_STORAGE, number) for number in range(1, 9)]
    for one in stations:
        one.append(REFUSED)
    commits: list[object] = []
    event.listen(service.context.engine, "commit", commits.append)
    held = service.context.engine.connect().execution_options(**{WRITES: True})
    holds = held.begin()
    open_log(held, service.context.home_id)  # somebody writes: all of them wait meanwhile
    threads = [threading.Thread(target=one.send) for one in stations]
    for thread in threads:
        thread.start()
    time.sleep(1)
    holds.rollback()
    held.close()
    for thread in threads:
        thread.join()

    assert [one.settled for one in stations] == [1] * 8
    assert all(one.answer is not None and one.answer.durable_seq == 1 for one in stations)
    assert len(commits) <= 3, "the first alone, then all that waited"


@dataclass
class Counting:
    """Takes numbers, slowly; breaks on a negative one. What it was given at once is kept."""

    groups: list[list[int]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)

    def take(self, given: Sequence[int]) -> list[str]:
        self.groups.append(list(given))
        self.gate.wait(10)
        if any(one < 0 for one in given):
            raise Poison
        return [str(one) for one in given]


def all_at_once(numbers: list[int], most: int = 100) -> tuple[Counting, dict[int, str]]:
    """Give in a first one, then the others one after another while the first is being taken; the answers."""
    counting = Counting()
    together: Together[int, str] = Together(counting.take, lambda one: one % 10, lambda one: abs(one), most)
    answers: dict[int, str] = {}

    def give(one: int) -> None:
        try:
            answers[one] = together.answer(one)
        except Poison:
            answers[one] = "broken"

    threads = [threading.Thread(target=give, args=(one,)) for one in numbers]
    for number, thread in enumerate(threads):
        thread.start()
        while len(counting.groups) + len(together._queue) < number + 1:
            time.sleep(0.001)
    counting.gate.set()
    for thread in threads:
        thread.join(10)
    return counting, answers


def test_what_waits_goes_together_in_its_order_and_each_gets_its_own_answer() -> None:
    counting, answers = all_at_once([1, 2, 3, 4])
    assert counting.groups == [[1], [2, 3, 4]]
    assert answers == {one: str(one) for one in (1, 2, 3, 4)}


def test_the_same_journal_is_never_taken_twice_at_once() -> None:
    counting, answers = all_at_once([1, 2, 12, 3])
    assert counting.groups == [[1], [2, 3], [12]]
    assert answers[12] == "12"


def test_no_more_is_taken_at_once_than_is_allowed() -> None:
    counting, _ = all_at_once([1, 4, 5, 3, 7], most=9)
    assert counting.groups == [[1], [4, 5], [3], [7]]


def test_one_that_breaks_the_transaction_breaks_alone() -> None:
    counting, answers = all_at_once([1, 2, -3, 4])
    assert answers == {1: "1", 2: "2", -3: "broken", 4: "4"}
    assert counting.groups == [[1], [2, -3, 4], [2], [-3], [4]]
