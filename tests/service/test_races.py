"""Hold against fire on the real service, many at once: no start after an effective hold (RELIABILITY.md promise 3).

`ONECARD_SEED` replays a run's moments. A hold is effective at once when no permit lives; one that is placed while a
permit lives names it (`spares`), and that one start is the only one that may still come (section 5).
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx2
import pytest

from cardsvc.api.app import Surface
from cardsvc.core import wire
from cardsvc.core.facts import Details, Fact, PlaceKind, StationKind, Step, StepTaken, step_of
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.store import founding, office
from cardsvc.store import tables as t
from cardsvc.store.verifying import first_fault
from cardsvc.surfaces import create_service
from tests.support import crowd
from tests.support.crowd import Member
from tests.support.home import Service, Station
from tests.support.serving import Served

AT_ONCE = 20
DAY, NIGHT = 60, 500
SEED = int(os.environ.get("ONECARD_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
HOLD = Details(reason=Reason.POLICE, blocks=(Step.ARM, Step.LOAD))


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """The service behind a real server."""
    served = Served(create_service(list(Surface), service.context))
    yield served.address
    served.close()


@dataclass
class Round:
    """One case in front of its furnace, a station that goes on, and an office that holds it at the same instant."""

    member: Member
    station: Station
    furnace: str
    permit: str = ""
    anew: bool = False
    "The station gives its permit back and asks for another, instead of starting with the one that it has."
    answers: list[Judgement] = field(default_factory=list)
    held: int = 0

    def details(self, permit: str | None = None) -> Details:
        one = self.member
        return Details(tag=one.tag, disc=one.disc, furnace=self.furnace, permit=permit)

    def ask(self) -> None:
        """Journal that leave to load is asked for."""
        people = self.station.people(Step.ARM)
        self.station.append(wire.Request(step=Step.ARM, details=self.details()), case_no=self.member.case_no, **people)

    def start(self) -> None:
        """Journal that the furnace was started with the permit in hand."""
        crowd.report(self.station, self.member, Step.LOAD, self.details(self.permit))


class Furnaces:
    """The hall: a station and a furnace for each of twenty."""

    def __init__(self, service: Service, address: str) -> None:
        self.service, self.chance = service, random.Random(SEED)
        numbers = range(1, AT_ONCE + 1)
        rows = [
            {"home_id": "WZ", "kind": "furnace", "code": f"W{number:02d}", "title_zh": "炉", "title_en": "furnace"}
            for number in numbers
        ]
        with service.context.engine.begin() as connection:
            founding.add_resources(connection, rows)
        self.stations = [Station(service, StationKind.CREMATION, number) for number in numbers]
        # Gone before the server hangs up on who is silent for five seconds.
        self.client = httpx2.Client(base_url=address, timeout=60, limits=httpx2.Limits(keepalive_expiry=1))
        signed = self.client.post("office/api/session", json={"staff_no": "1015", "password": "10151015"})
        assert signed.status_code == 204, signed.text
        self.form_token = self.client.get("office/api/me").json()["form_token"]

    def post(self, body: bytes, headers: dict[str, str]) -> bytes:
        answer = self.client.post("stations/sync", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.content

    def armed(self, members: list[Member]) -> list[Round]:
        """All of them with leave to load, in the order of the queue; every second one will ask anew."""
        rounds = []
        for number, (one, station) in enumerate(zip(members, self.stations, strict=False), 1):
            this = Round(one, station, f"W{number:02d}", anew=number % 2 == 0)
            this.ask()
            judged = crowd.taken(station, self.post)[-1]
            assert judged.outcome is Outcome.ACCEPTED and judged.permit, judged
            this.permit = judged.permit
            rounds.append(this)
        return rounds

    def race(self, rounds: list[Round]) -> None:
        """Each case is started and held at the same instant, all of them at once."""
        with ThreadPoolExecutor(2 * len(rounds)) as pool:
            done = []
            for one in rounds:
                together = threading.Barrier(2)
                # Who asks anew has two requests to make: it waits longer, so that the hold often comes between.
                for act, longest in ((self.goes_on, 0.06 if one.anew else 0.02), (self.holds, 0.02)):
                    done.append(pool.submit(self._at_once, together, self.chance.uniform(0, longest), act, one))
        for future in done:
            future.result()

    def _at_once(self, together: threading.Barrier, jitter: float, act: Callable[[Round], None], one: Round) -> None:
        together.wait(30)
        time.sleep(jitter)
        act(one)

    def goes_on(self, one: Round) -> None:
        """What the station does: it starts only with a permit that it was given."""
        if one.anew:
            one.station.append(wire.PermitDead(permit=one.permit))
            one.ask()
            one.answers += crowd.taken(one.station, self.post)
            one.permit = one.answers[-1].permit or ""
        if one.permit:
            one.start()
            one.answers += crowd.taken(one.station, self.post)

    def holds(self, one: Round) -> None:
        body = {"step": "hold", "details": HOLD.model_dump(mode="json", exclude_defaults=True)}
        headers = {"x-form-token": self.form_token}
        one.held = self.client.post(
            f"office/api/cases/{one.member.case_no}/steps", json=body, headers=headers
        ).status_code

    def emptied(self, rounds: list[Round]) -> None:
        """What burns is unloaded, and its record closed: the furnaces are free for the next twenty."""
        for one in rounds:
            if one.permit:
                for step in (Step.UNLOAD, Step.CLOSE_FURNACE):
                    crowd.report(one.station, one.member, step, Details(disc=one.member.disc, furnace=one.furnace))
                assert {one.outcome for one in crowd.taken(one.station, self.post)} == {Outcome.ACCEPTED}


def test_no_furnace_starts_after_a_hold_that_is_effective(service: Service, address: str, night: bool) -> None:
    print(f"ONECARD_SEED={SEED}")
    count = NIGHT if night else DAY
    members = crowd.ready(service, count)
    hall, seen = Furnaces(service, address), Counter[str]()

    for first in range(0, count, AT_ONCE):
        twenty = members[first : first + AT_ONCE]
        crowd.queue(service, twenty)
        rounds = hall.armed(twenty)
        hall.race(rounds)
        seen.update(told(service, one) for one in rounds)
        hall.emptied(rounds)

    print(dict(seen))
    assert sum(seen.values()) == count
    assert min(seen["started, then held"], seen["held, then started"], seen["held, never started"]) > 0, seen
    assert first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def told(service: Service, one: Round) -> str:
    """What became of a round, by the log's own order; everything that must hold of it is checked."""
    case_no = one.member.case_no
    with service.context.engine.connect() as connection:
        facts = office.facts(connection, service.context.home_id, case_no)
        permits = connection.execute(t.permit.select().where(t.permit.c.case_no == case_no)).all()
        here = connection.execute(t.occupancy.select().where(t.occupancy.c.case_no == case_no)).all()
    held, started = only(facts, Step.HOLD), only(facts, Step.LOAD)
    assert one.held == 200 and held is not None, (case_no, one.held)
    assert not any(fact.contested for fact in facts), facts
    spares = held.body.details.permit if isinstance(held.body, StepTaken) else None
    in_furnace = [row.code for row in here if row.kind == PlaceKind.FURNACE]
    assert in_furnace == ([one.furnace] if started is not None else []), (case_no, in_furnace)
    assert sorted(row.state for row in permits) == sorted(
        ["dead"] * one.anew + (["used"] if started is not None else [])
    ), (case_no, permits)
    if started is None:
        assert one.anew and one.answers[-1].outcome is Outcome.REFUSED, one.answers
        assert Problem.CASE_ON_HOLD in {reason.problem for reason in one.answers[-1].reasons}, one.answers
        return "held, never started"
    assert one.answers[-1].outcome is Outcome.ACCEPTED, one.answers
    if started.order[1] < held.order[1]:
        assert spares is None
        return "started, then held"
    # The hold came first: it may only have let the start go that its permit was given for.
    assert spares == one.permit, f"{case_no} was started after a hold that was effective: {spares} {one.permit}"
    return "held, then started"


def only(facts: list[Fact], step: Step) -> Fact | None:
    """The one fact of a step; None when there is none."""
    found = [fact for fact in facts if step_of(fact) is step]
    assert len(found) < 2, f"{step} happened {len(found)} times"
    return found[0] if found else None
