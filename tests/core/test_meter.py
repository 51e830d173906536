"""The running meter: in sight before it runs, while it runs, and for a term that somebody thinks of."""

from datetime import timedelta

import pytest

from cardsvc.core.facts import Step
from cardsvc.core.meter import Meter, in_words, storage_meter
from cardsvc.core.policy import Policy
from tests.core.story import START, Story
from tests.core.test_money import BOOK

POLICY = Policy(storage_days=7)
BEFORE = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE)


@pytest.mark.parametrize("steps", [BEFORE[:count] for count in range(4)])
def test_it_is_shown_before_anything_runs_as_if_the_body_were_stored_now(steps: tuple[Step, ...]) -> None:
    story = Story().booked(resident=True).took(*steps)

    meter = storage_meter(story.case, BOOK, POLICY, START)

    assert meter == Meter(((1, 8_000),), True, 0, 0, START + timedelta(days=7), 4 * 8_000)


def test_while_it_runs_it_says_what_is_owed_now_and_by_the_end_of_the_term() -> None:
    story = Story().booked().took(*BEFORE).took(Step.STORE, at=START)

    meter = storage_meter(story.case, BOOK, POLICY, START + timedelta(days=1, hours=1))

    assert meter == Meter(((1, 8_000),), False, 2, 16_000, START + timedelta(days=7), 56_000)


def test_a_longer_term_is_shown_with_its_cost_before_it_is_chosen() -> None:
    story = Story().booked().took(*BEFORE).took(Step.STORE, at=START)

    meter = storage_meter(story.case, BOOK, POLICY, START, START + timedelta(days=10))

    assert meter is not None
    assert (meter.until, meter.then_fen) == (START + timedelta(days=10), 80_000)
    price, day, *term = in_words(meter, "en")
    assert price == ("Cold storage, a day", "¥80.00")
    assert day == ("A day", "is 24 hours; out and back within it is no other")
    assert [value for _, value in term] == ["2026-11-11 11:42", "¥800.00"]


def test_after_the_furnace_queue_nothing_runs() -> None:
    story = Story().booked().took(*BEFORE).took(Step.STORE, at=START).took(Step.QUEUE)

    assert storage_meter(story.case, BOOK, POLICY, START) is None
