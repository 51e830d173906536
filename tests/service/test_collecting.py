"""The crew compares three identifiers before the body is moved (DOMAIN.md section 2, transport; decision 0016)."""

import pytest

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.permissions import Role
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem
from cardsvc.core.rules import COMPARED
from cardsvc.core.tap import objections
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Outcome
from tests.core.story import DETAILS, Story
from tests.support.home import Service, staff_for
from tests.support.telling import Told

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize("answer", [False, None])
@pytest.mark.parametrize("name", COMPARED)
def test_one_of_three_that_does_not_agree_or_was_not_compared_is_refused(name: str, answer: bool | None) -> None:
    case = Story().booked().took(Step.DISPATCH).case
    details = DETAILS[Step.COLLECT].model_copy(update={name: answer})
    first, second, *_ = staff_for(Step.COLLECT)

    reasons = objections(case, Asked(Step.COLLECT, details, first, second), StationKind.TRANSPORT, (Role.CREW,))

    assert [(one.problem, one.detail) for one in reasons] == [(Problem.IDENTIFIERS_DISAGREE, name)]


def test_a_body_that_came_without_comparing_stays_here_and_two_people_look_at_it(service: Service) -> None:
    one = Told.begun(service)
    one.go(Step.DISPATCH)

    uncompared = Details(tag="7Q2F", kilometres=12, floor=3)
    judgement = service.station(StationKind.TRANSPORT).take(one.case_no, Step.COLLECT, uncompared, one.card)

    assert judgement.outcome is Outcome.CONFLICT
    assert [reason.problem for reason in judgement.reasons] == [Problem.IDENTIFIERS_DISAGREE]
    assert (one.case.stage, len(one.case.gaps)) == ("in_transit", 1)
    one.office.step(one.case_no, Step.RESOLVE, Details(reason=Reason.PAPER_RECORD))
    assert one.case.gaps == ()
