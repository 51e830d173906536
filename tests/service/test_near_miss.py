"""What was scanned belongs to another case: both cases are frozen, and two people look at each."""

import pytest

from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Outcome
from tests.core.story import DETAILS
from tests.support.home import CardInHand, Service
from tests.support.telling import READY, TO_STORAGE, Office, go, opened, stored

pytestmark = pytest.mark.one_engine
OTHER = "8R3G"


def two(service: Service) -> tuple[CaseNo, CardInHand, CaseNo]:
    """One case at the furnace, and another whose body is in the house."""
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, Step.QUEUE)
    other = service.station(StationKind.BOOKING).book(id_no=None, deceased_name="陆远").case_no
    assert other is not None
    crew = service.station(StationKind.TRANSPORT)
    for step in (Step.DISPATCH, Step.COLLECT):
        details = DETAILS[step].model_copy(update={"tag": OTHER} if step is Step.COLLECT else {})
        assert crew.take(other, step, details).outcome is Outcome.ACCEPTED
    return case_no, card, other


def held(service: Service, case_no: CaseNo) -> list[Reason]:
    return [hold.reason for hold in stored(service, case_no).holds]


def test_a_request_with_another_bodys_tag_freezes_both(service: Service) -> None:
    case_no, card, other = two(service)
    wrong = DETAILS[Step.ARM].model_copy(update={"tag": OTHER})

    refused = service.station(StationKind.CREMATION).take(case_no, Step.ARM, wrong, card)

    assert Problem.TAG_MISMATCH in [one.problem for one in refused.reasons]
    assert (held(service, case_no), held(service, other)) == ([Reason.NEAR_MISS], [Reason.NEAR_MISS])
    right = service.station(StationKind.CREMATION).take(case_no, Step.ARM, DETAILS[Step.ARM], card)
    assert Problem.CASE_ON_HOLD in [one.problem for one in right.reasons]
    office = Office(service)
    office.step(case_no, Step.LIFT_HOLD, Details(reason=Reason.NEAR_MISS))
    assert service.station(StationKind.CREMATION).take(case_no, Step.ARM, DETAILS[Step.ARM], card).permit is not None
    assert held(service, other) == [Reason.NEAR_MISS], "each case is looked at by itself"


def test_a_refusal_at_the_station_freezes_both_when_it_arrives(service: Service) -> None:
    case_no, _, other = two(service)
    station = service.station(StationKind.DRESSING)
    said = wire.Refused(step=Step.PREPARE, problems=(Problem.TAG_MISMATCH,), details=Details(tag=OTHER))
    station.append(said, case_no=case_no, **station.people(Step.PREPARE))

    station.judged()

    assert (held(service, case_no), held(service, other)) == ([Reason.NEAR_MISS], [Reason.NEAR_MISS])


@pytest.mark.parametrize("details", [Details(tag="NOBODY"), Details()])
def test_a_mark_of_nobody_freezes_nothing(service: Service, details: Details) -> None:
    case_no, _, other = two(service)
    station = service.station(StationKind.DRESSING)
    said = wire.Refused(step=Step.PREPARE, problems=(Problem.TAG_MISMATCH,), details=details)
    station.append(said, case_no=case_no, **station.people(Step.PREPARE))

    station.judged()

    assert (held(service, case_no), held(service, other)) == ([], [])
