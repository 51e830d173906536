"""The day of a death comes with its paper: it cannot be after the booking, and what was kept before stays readable."""

from datetime import date, datetime, timedelta

import pytest

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.preconditions import Asked, death_day_can_be
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import CaseKind
from cardsvc.core.typed import typed
from tests.core.story import DETAILS, START, Story

BOOKED = local(START).date()
PAPER = DETAILS[Step.VERIFY_DEATH]


def told(kind: CaseKind = CaseKind.PERSON) -> Story:
    return Story().booked(kind=kind).bound()


def refused(case: Case, day: date | None, now: datetime = START) -> Refusal | None:
    asked = Asked(Step.VERIFY_DEATH, PAPER.model_copy(update={"died_on": day}), StaffNo("1006"))
    return death_day_can_be(case, asked, now)


def test_it_is_kept_on_the_case_and_a_later_paper_that_does_not_say_it_leaves_it() -> None:
    story = told().took(Step.VERIFY_DEATH, details=PAPER.model_copy(update={"died_on": BOOKED}))
    story.took(Step.VERIFY_DEATH)

    assert story.case.died_on == BOOKED
    assert Case.model_validate_json(story.case.model_dump_json()).died_on == BOOKED


def test_where_it_is_not_known_the_bytes_are_those_of_before_it_was_asked() -> None:
    assert "died_on" not in told().took(Step.VERIFY_DEATH).case.model_dump_json()
    assert "died_on" not in PAPER.model_dump_json()


@pytest.mark.parametrize(
    ("day", "kind", "can_be"),
    [
        (None, CaseKind.PERSON, True),
        (BOOKED, CaseKind.PERSON, True),
        (BOOKED + timedelta(days=1), CaseKind.PERSON, False),
        (BOOKED - timedelta(days=366), CaseKind.PERSON, True),
        (BOOKED - timedelta(days=367), CaseKind.PERSON, False),
        (BOOKED - timedelta(days=9_000), CaseKind.BONES, True),
        (BOOKED - timedelta(days=400), CaseKind.UNIDENTIFIED, True),
        (BOOKED + timedelta(days=1), CaseKind.BONES, False),
    ],
)
def test_it_is_not_after_the_booking_and_a_natural_death_not_long_before_it(
    day: date | None, kind: CaseKind, can_be: bool
) -> None:
    found = refused(told(kind).case, day, START + timedelta(days=2))

    assert found == (None if can_be else Refusal(Problem.FIELD_INVALID, "died_on"))


def test_a_clock_that_runs_ahead_at_the_booking_does_not_let_it_be_in_the_future() -> None:
    ahead = told()
    ahead.facts[0] = ahead.facts[0].model_copy(update={"at": START + timedelta(days=3)})

    assert refused(ahead.case, BOOKED + timedelta(days=1)) is not None
    assert refused(ahead.case, BOOKED) is None


def test_it_belongs_to_the_local_day() -> None:
    late = told()
    late.facts[0] = late.facts[0].model_copy(update={"at": datetime(2026, 11, 2, 0, 30, tzinfo=CHINA)})

    assert refused(late.case, date(2026, 11, 2), START + timedelta(days=2)) is None


def test_a_day_is_typed_as_a_date_and_nothing_else() -> None:
    raw = typed({"died_on": " 2026-10-31 "})

    assert Details.model_validate(raw, strict=False).died_on == date(2026, 10, 31)
    with pytest.raises(ValueError, match="isoformat"):
        typed({"died_on": "yesterday"})
