"""Charges that must not be, by stations, with a list that is over, by the office: none is posted, each has its reason.

Lists that are brought as files are in test_price_import.py. `ONECARD_SEED` replays a run.
"""

import json
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Outcome, Result
from cardsvc.store import tables as t
from cardsvc.store.verifying import first_fault
from tests.service.test_price_import import bring, next_list, publish
from tests.support.home import Service, Station
from tests.support.telling import Office, Told

DAY, NIGHT = 400, 8_000
SEED = int(os.environ.get("ONECARD_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
NEVER_POSTED = ((Result.QUARANTINED, Outcome.NOTED), (Result.RECORDED, Outcome.REFUSED))
GONE = "mourning_band"
"""On the list that the stations still have; not on the one in force."""


@dataclass
class World:
    """A case that lives and owes, one that is over, and a price list that has changed since."""

    service: Service
    living: CaseNo
    closed: CaseNo
    chance: random.Random

    @property
    def item(self) -> str:
        return "".join(self.chance.choices("abcdefghijklmnopqrstuvwxyz", k=12))

    @property
    def nobody(self) -> CaseNo:
        return CaseNo(f"WZ-2025-{self.chance.randrange(10**6):06d}")

    @property
    def fen(self) -> int:
        return self.chance.randrange(1, 10_000_000)


Bad = tuple[Step, dict[str, Any], StationKind, CaseNo, frozenset[Problem]]
"""The step, what was entered, where, for which case, and the reasons of which one must be given."""
UNREADABLE = (Problem.RECORD_UNREADABLE,)
ASKED_FIRST = Problem.OFFLINE_FORBIDDEN
"""What a report is refused for that should have asked for the service's word, and did not."""
ALREADY_TAKEN = ("of a case that is over", "of a case that nobody knows")
"""Reported as taken, these are no bad charges: the money is in the drawer, and is held (test_money_that_came.py)."""
NO_TILL = (StationKind.COLD_STORAGE, StationKind.FAREWELL)


def quote(world: World, problems: tuple[Problem, ...], **items: Any) -> Bad:
    entered = {"items": [{"item": item, "count": count} for item, count in items.items()]}
    return Step.QUOTE, entered, StationKind.ARRANGEMENT, world.living, frozenset((*problems, ASKED_FIRST))


def ordered_late(world: World) -> Bad:
    step, entered, kind, _, reasons = quote(world, (Problem.CASE_CLOSED,), flowers=1)
    return step, entered, kind, world.closed, reasons


def pays(
    world: World, problems: tuple[Problem, ...], step: Step = Step.PAY, case: CaseNo | None = None, **how: Any
) -> Bad:
    entered = {"amount_fen": world.fen, "means": "transfer"} | how
    if step is not Step.REFUND:
        entered |= {"reference": "B-20260001"}
    return step, entered, StationKind.CASHIER, case or world.living, frozenset(problems)


def back(world: World, problem: Problem, **how: Any) -> Bad:
    return pays(world, (problem, Problem.ABOVE_PAID, ASKED_FIRST), Step.REFUND, **how)


def switched(world: World) -> Bad:
    entered = {"item": world.item, "payer": "insurer", "reason": "payer_found"}
    return (
        Step.SWITCH_PAYER,
        entered,
        StationKind.CASHIER,
        world.living,
        frozenset({Problem.ITEM_UNLISTED, ASKED_FIRST}),
    )


def elsewhere(world: World) -> Bad:
    step, entered, _, case, _ = pays(world, (), Step.DEPOSIT)
    return step, entered, world.chance.choice(NO_TILL), case, frozenset({Problem.STEP_NOT_HERE})


KINDS_OF_BAD: dict[str, Callable[[World], Bad]] = {
    "on no list": lambda w: quote(w, (Problem.ITEM_UNLISTED,), **{w.item: 1}),
    "on a list that is over": lambda w: quote(w, (Problem.ITEM_UNLISTED,), **{GONE: w.chance.randrange(1, 9)}),
    "none of it": lambda w: quote(w, UNREADABLE, flowers=-w.chance.randrange(9)),
    "more than anybody has": lambda w: quote(w, UNREADABLE, flowers=w.chance.randrange(1_000, 10**9)),
    "a part of one": lambda w: quote(w, UNREADABLE, flowers=0.5),
    "paid twice": lambda w: quote(w, (Problem.ITEM_INCLUDED,), hall_large=1, flower_baskets=1),
    "nothing": lambda w: pays(w, UNREADABLE, amount_fen=0),
    "less than nothing": lambda w: pays(w, UNREADABLE, amount_fen=-w.fen),
    "more than there is": lambda w: pays(w, UNREADABLE, amount_fen=w.chance.randrange(10**8 + 1, 10**12)),
    "parts of a fen": lambda w: pays(w, UNREADABLE, amount_fen=w.fen + 0.5),
    "an amount in words": lambda w: pays(w, UNREADABLE, amount_fen="十元"),
    "means that nobody knows": lambda w: pays(w, UNREADABLE, means=w.item),
    "a payer that nobody knows": lambda w: pays(w, UNREADABLE, payer=w.item),
    "of a case that is over": ordered_late,
    "of a case that nobody knows": lambda w: pays(w, (Problem.CASE_UNKNOWN,), case=w.nobody),
    "given back, never paid": lambda w: back(w, Problem.ABOVE_PAID),
    "cash out of no drawer": lambda w: back(w, Problem.TILL_CLOSED, amount_fen=1, means="cash"),
    "switched, but on no list": switched,
    "at a station that has no till": elsewhere,
}


@pytest.fixture
def world(service: Service) -> World:
    living, closed = Told.begun(service, 1, resident=False), Told.begun(service, 2, id_no=None, resident=False)
    living.does(Step.DISPATCH)
    living.does(Step.COLLECT)
    closed.office.step(closed.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    closed.office.step(closed.case_no, Step.CLOSE)
    book = next_list(service)
    number = bring(service, book.model_copy(update={"items": tuple(one for one in book.items if one.item != GONE)}))
    published = publish(service, number)
    assert published.find(GONE) is None, published
    service.clock.forward(days=1)
    return World(service, living.case_no, closed.case_no, random.Random(SEED))


def books(service: Service) -> tuple[int, int]:
    with service.context.engine.connect() as connection:
        return len(connection.execute(t.bill_line.select()).all()), len(connection.execute(t.transfer.select()).all())


def journal(station: Station, bad: Bad, *, asked: bool) -> None:
    """The record as it was entered, whatever a correct station would say of it."""
    step, entered, _, case_no, _ = bad
    body = wire.Request(step=step, details=Details()) if asked else wire.Observation(step=step, details=Details())
    said = json.loads(station.record(body, case_no=case_no, **station.people(step)))
    said["body"]["details"] = entered
    station.sign(json.dumps(said, ensure_ascii=False).encode())


def test_no_bad_charge_is_posted_and_each_has_its_reason(service: Service, world: World, night: bool) -> None:
    print(f"ONECARD_SEED={SEED}")
    before, seen = books(service), Counter[str]()
    names = [world.chance.choice(list(KINDS_OF_BAD)) for _ in range(NIGHT if night else DAY)]
    for first in range(0, len(names), 100):
        told: dict[StationKind, list[tuple[str, Bad]]] = {}
        for name in names[first : first + 100]:
            bad = KINDS_OF_BAD[name](world)
            journal(service.station(bad[2]), bad, asked=name in ALREADY_TAKEN or world.chance.random() < 0.6)
            told.setdefault(bad[2], []).append((name, bad))
        for kind, sent in told.items():
            results = service.station(kind).send().results
            for (name, bad), result in zip(sent, results, strict=True):
                assert result.judgement is not None, (name, result)
                reasons = {result.problem, *(one.problem for one in result.judgement.reasons)}
                assert (result.result, result.judgement.outcome) in NEVER_POSTED, (name, result)
                assert reasons & bad[4], (name, bad, result)
                seen[name] += 1
    assert books(service) == before
    assert set(seen) == set(KINDS_OF_BAD), "every kind was tried"
    assert first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def test_the_offices_api_posts_no_bad_charge_either(service: Service, world: World, night: bool) -> None:
    print(f"ONECARD_SEED={SEED}")
    before, desk = books(service), Office(service).desk
    for number in range(2_000 if night else 100):
        name = list(KINDS_OF_BAD)[number % len(KINDS_OF_BAD)]
        step, entered, _, case_no, _ = KINDS_OF_BAD[name](world)
        two = {"second_staff_no": "1016", "second_password": "10161016"}
        answer = desk.api("POST", f"cases/{case_no}/steps", {"step": step, "details": entered, **two})
        assert 400 <= answer.status_code < 500, (name, answer.text)
        assert answer.json()["code"] and answer.json()["do"], (name, answer.text)
    assert books(service) == before
