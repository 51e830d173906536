"""A case in memory is what its text says: the service reads a case that it has written from memory."""

import pytest
from pydantic import TypeAdapter

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.terms import Paper
from tests.core.story import DETAILS, WHOLE_WAY, Story

CASE = TypeAdapter(Case)
ASIDE = [step for step in DETAILS if step not in WHOLE_WAY]


def same(case: Case) -> None:
    """Each value has the very type that reading the text would give it: the model is strict."""
    assert CASE.validate_json(case.model_dump_json(exclude_none=True)) == case
    assert CASE.validate_python(case.model_dump()) == case


def test_after_every_step_of_the_whole_way_a_case_is_what_its_text_says() -> None:
    story = Story().booked().bound()
    for step in WHOLE_WAY:
        same(story.took(step).case)


@pytest.mark.parametrize("step", ASIDE)
def test_a_case_is_what_its_text_says_after_a_step_beside_the_way(step: Step) -> None:
    for much in (3, 20, len(WHOLE_WAY)):
        same(Story().booked().bound().took(*WHOLE_WAY[:much], step).case)


def test_a_case_with_a_collector_is_what_its_text_says() -> None:
    collector = Details(paper=Paper.COLLECTOR_IDENTITY, number="COPY-2", alike=True)
    same(Story().booked().bound().took(*WHOLE_WAY).took(Step.VERIFY, details=collector).case)
