"""Who decides what about a flag, and who answers; each state takes exactly the decisions that its row names."""

from datetime import timedelta

import pytest

from cardsvc.core import stations
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.plug import discover
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reviewing import AFTER, REASONS, UNDO_WITHIN, Decision, FlagState, concerned, decide, may_answer
from cardsvc.core.station import Station
from tests.core.story import START, Story
from tests.core.test_corrections import corrected, standing, stored_five_days

STATIONS = discover(stations, "STATION", Station)
CAUSED, OTHER, THIRD = StaffNo("S1"), StaffNo("S2"), StaffNo("S3")


def said(
    state: FlagState, decision: Decision, by: StaffNo = OTHER, last: StaffNo = OTHER, after: timedelta = UNDO_WITHIN
) -> FlagState | Problem:
    because = REASONS[decision][0]
    found = decide(state, decision, because, by, (CAUSED,), (last, START), START + after)
    return found.problem if isinstance(found, Refusal) else found


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("state", FlagState)
def test_a_decision_leads_where_the_table_says_or_nowhere(state: FlagState, decision: Decision) -> None:
    last = THIRD if decision is Decision.ANSWER else OTHER

    assert said(state, decision, last=last) == AFTER.get((state, decision), Problem.FLAG_DECIDED)


@pytest.mark.parametrize("decision", Decision)
def test_who_caused_it_answers_and_decides_nothing_else(decision: Decision) -> None:
    state = next(before for before, one in AFTER if one is decision)
    may = decision is Decision.ANSWER

    assert said(state, decision, by=CAUSED) == (AFTER[(state, decision)] if may else Problem.OWN_WORK)


def test_who_returned_it_does_not_answer_it_too() -> None:
    assert said(FlagState.RETURNED, Decision.ANSWER, by=THIRD, last=THIRD) is Problem.OWN_WORK
    assert said(FlagState.RETURNED, Decision.ANSWER, by=THIRD, last=OTHER) is FlagState.OPEN


def test_nothing_leads_out_of_a_reversal() -> None:
    assert [decision for state, decision in AFTER if state is FlagState.REVERSED] == []


def test_a_reason_of_another_decision_is_none() -> None:
    because = REASONS[Decision.ACCEPT][1]
    found = decide(FlagState.OPEN, Decision.REVERSE, because, OTHER, (CAUSED,), None, START)

    assert found == Refusal(Problem.FIELD_INVALID, "reason")


def test_a_returned_flag_is_a_task_of_those_who_work_where_it_arose() -> None:
    def who(station: str | None, by: StaffNo = OTHER) -> set[Role]:
        return {role for role in Role if may_answer(station, by, (role,), (CAUSED,), STATIONS)}

    assert who("cold_storage") == {Role.COLD_CLERK, Role.DUTY_MANAGER}
    assert Role.CASHIER in who(None) and Role.COLD_CLERK not in who(None)
    assert who("office") == {Role.DUTY_MANAGER}
    assert who("cold_storage", CAUSED) == set(Role)
    assert concerned(None) is StationKind.CASHIER


def test_a_reversal_takes_back_the_line_that_it_names_and_no_other() -> None:
    story = stored_five_days()
    lines = standing(story)
    cold = [one for one in lines if one.line.item == "cold"]
    assert len(cold) == 2

    [one] = corrected(story, Step.REVERSE_LINE, Details(line=cold[0].name, number="split"))

    assert (one.standing, one.instead) == (cold[0], None)
    assert corrected(story, Step.REVERSE_LINE, Details(line="999.0", number="split")) == ()


def test_a_reversal_moves_no_stage_and_is_no_station_s() -> None:
    story = Story().booked().took(Step.DISPATCH)
    before = story.case
    after = Story([*story.facts]).took(Step.REVERSE_LINE).case

    assert (after.stage, after.place, after.gaps) == (before.stage, before.place, before.gaps)
    assert all(Step.REVERSE_LINE not in station.steps for station in STATIONS.values())
