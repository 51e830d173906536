"""Telling a case at the real service: a card in hand, steps at their stations, acts of the office."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.rules import RULES
from cardsvc.core.terms import Paper
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.demo.phone import collection_code
from cardsvc.store import tables as t
from cardsvc.store.working import CASE
from tests.core.story import DETAILS
from tests.support.desk import Desk
from tests.support.home import CardInHand, Service

NO_DETAILS = Details()
KINDS = list(StationKind)


def stored(service: Service, case_no: CaseNo) -> Case:
    with service.context.engine.connect() as connection:
        return CASE.validate_json(
            connection.execute(t.funeral_case.select().where(t.funeral_case.c.case_no == case_no)).one().body
        )


def opened(service: Service, **changes: object) -> tuple[CaseNo, CardInHand]:
    judgement = service.station(StationKind.BOOKING).book(**changes)
    assert judgement.outcome is Outcome.ACCEPTED, judgement
    assert judgement.case_no is not None
    card = CardInHand(service.pool_card(int(judgement.case_no[-6:])))
    booking = service.station(StationKind.BOOKING)
    bound = booking.take(judgement.case_no, Step.BIND_CARD, Details(), card)
    assert bound.outcome is Outcome.ACCEPTED, bound
    return judgement.case_no, card


def go(service: Service, case_no: CaseNo, card: CardInHand, *steps: Step, permit: str = "") -> None:
    for step in steps:
        service.clock.forward(hours=1)
        kind = min(RULES[step].stations, key=KINDS.index)
        details = DETAILS.get(step, Details())
        if step is Step.LOAD:
            details = details.model_copy(update={"permit": permit})
        if step is Step.RELEASE:
            details = details.model_copy(update={"code": collection_code(service.context, case_no)})
        judgement = service.station(kind).take(case_no, step, details, card)
        assert judgement.outcome is Outcome.ACCEPTED, (step, judgement)
        permit = judgement.permit or permit


TO_STORAGE = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)
PAPERS = (Step.VERIFY_DEATH, Step.VERIFY, Step.AUTHORISE, Step.PLAN_ASHES, Step.DECLARE_IMPLANTS)
BELONGINGS = (Step.LIST_BELONGINGS, Step.HAND_BELONGINGS)
READY = (*PAPERS, *BELONGINGS, Step.ENCOFFIN)
"""What a body that is stored needs before the furnace, without farewell."""
ARRANGED = (Step.QUOTE, Step.SIGN_QUOTE, Step.RESERVE, *PAPERS, *BELONGINGS)
DRESSED = (Step.TAKE_OUT, Step.PREPARE, Step.PREPARED, Step.STORE, Step.TAKE_OUT)
FAREWELL = (Step.FAREWELL, Step.RECOGNISE, Step.FAREWELL_OVER, Step.ENCOFFIN)
FIRE = (Step.QUEUE, Step.ARM, Step.LOAD, Step.UNLOAD, Step.CLOSE_FURNACE)
TO_SHELF = (Step.SEAL, Step.SHELVE, Step.UNSHELVE, Step.CERTIFY)
HANDED = (Step.RELEASE, Step.CONFIRM_REST)
COLLECTOR = Details(paper=Paper.COLLECTOR_IDENTITY, number="COPY-2", alike=True)


def collected(service: Service, case_no: CaseNo, card: CardInHand) -> None:
    """The second contact is told; the collector shows who they are, and the code comes to their phone."""
    go(service, case_no, card, Step.NOTIFY)
    judgement = service.station(StationKind.ASHES).take(case_no, Step.VERIFY, COLLECTOR, card)
    assert judgement.outcome is Outcome.ACCEPTED, judgement


class Office:
    """The duty manager at the office's JSON API, with the auditor as the second person."""

    def __init__(self, service: Service, staff_no: str = "1015") -> None:
        self.desk = Desk(service, staff_no)

    def step(self, case_no: CaseNo, step: Step, details: Details = NO_DETAILS, second: str | None = "1016") -> None:
        """Take a step of the office; it must be accepted."""
        answer = self.try_step(case_no, step, details, second)
        assert answer.status_code == 200, (step, answer.text)

    def try_step(self, case_no: CaseNo, step: Step, details: Details = NO_DETAILS, second: str | None = "1016") -> Any:
        """Take a step of the office, whatever the service thinks of it; the HTTP answer."""
        two = {"second_staff_no": second, "second_password": second * 2} if second and RULES[step].second else {}
        body = {"step": step.value, "details": details.model_dump(mode="json", exclude_defaults=True), **two}
        return self.desk.api("POST", f"cases/{case_no}/steps", body)


@dataclass
class Told:
    """One case in hand: its card, its office, and the steps that it takes."""

    service: Service
    case_no: CaseNo
    card: CardInHand
    hours: ClassVar[int] = 0
    "How long each step waits for the one before it."

    @classmethod
    def begun(cls, service: Service, number: int = 1, **booking: object) -> Self:
        """Booked, with the card of this number bound to it."""
        case_no = service.station(StationKind.BOOKING).book(**booking).case_no
        assert case_no is not None
        one = cls(service, case_no, CardInHand(service.pool_card(number)))
        one.does(Step.BIND_CARD)
        return one

    @property
    def office(self) -> Office:
        """Signed in anew: hours and days pass in these stories."""
        return Office(self.service)

    @property
    def case(self) -> Case:
        return stored(self.service, self.case_no)

    def go(self, *steps: Step) -> None:
        go(self.service, self.case_no, self.card, *steps)

    def tries(self, step: Step, at: StationKind | None = None, **details: Any) -> Judgement:
        """A step with details of its own, whatever the service thinks of it."""
        self.service.clock.forward(hours=self.hours)
        kind = at or min(RULES[step].stations, key=KINDS.index)
        entered = DETAILS.get(step, Details()).model_copy(update=details)
        return self.service.station(kind).take(self.case_no, step, entered, self.card)

    def does(self, step: Step, at: StationKind | None = None, **details: Any) -> None:
        judgement = self.tries(step, at, **details)
        assert judgement.outcome is Outcome.ACCEPTED, (step, judgement)

    def refused(self, step: Step, problem: Problem, **details: Any) -> None:
        judgement = self.tries(step, **details)
        assert judgement.outcome is Outcome.REFUSED, (step, judgement)
        assert problem in {one.problem for one in judgement.reasons}, (step, judgement)

    def occupied(self) -> set[tuple[str, str]]:
        """The places of which there is one that the case has."""
        with self.service.context.engine.connect() as connection:
            rows = connection.execute(t.occupancy.select().where(t.occupancy.c.case_no == self.case_no))
            return {(row.kind, row.code) for row in rows}
