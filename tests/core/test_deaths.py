"""What a case says of its person: dead, burnt, or nothing at all."""

from datetime import date, timedelta

import pytest

from cardsvc.core.deaths import Telling, death_day, next_try, telling
from cardsvc.core.facts import Details, Step
from cardsvc.core.local_time import local
from cardsvc.core.terms import CaseKind, Paper, Reason
from tests.core.story import DETAILS, START, Story

WAY = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)
FIRE = (Step.QUEUE, Step.ARM, Step.LOAD, Step.UNLOAD)


def test_a_booking_says_nothing_a_certificate_says_dead_and_a_closed_furnace_record_says_burnt() -> None:
    story = Story().booked().bound().took(*WAY)
    said = [telling(story.case)]
    for steps in ((Step.VERIFY_DEATH,), FIRE, (Step.CLOSE_FURNACE,)):
        story.took(*steps)
        said.append(telling(story.case))

    assert said == [Telling.NOTHING, Telling.CERTIFICATE, Telling.CERTIFICATE, Telling.CREMATION]


@pytest.mark.parametrize("kind", [CaseKind.BODY_PART, CaseKind.STILLBORN])
def test_what_is_burnt_and_is_nobodys_death_says_nothing_of_the_person_on_its_papers(kind: CaseKind) -> None:
    story = Story().booked(kind=kind).bound().took(*WAY, Step.VERIFY_DEATH, *FIRE, Step.CLOSE_FURNACE)

    assert telling(story.case) is Telling.NOTHING


def test_exhumed_bones_say_that_their_person_is_dead() -> None:
    paper = DETAILS[Step.VERIFY_DEATH].model_copy(update={"paper": Paper.EXHUMATION_PERMIT})
    story = Story().booked(kind=CaseKind.BONES).took(Step.VERIFY_DEATH, details=paper)

    assert telling(story.case) is Telling.CERTIFICATE


@pytest.mark.parametrize(
    ("reason", "says"),
    [(Reason.ENTERED_BY_MISTAKE, Telling.NOTHING), (Reason.FAMILY_WISH, Telling.CERTIFICATE)],
)
def test_a_cancelled_case_says_nothing_only_where_it_was_a_mistake(reason: Reason, says: Telling) -> None:
    story = Story().booked().took(Step.VERIFY_DEATH).took(Step.CANCEL, details=Details(reason=reason))

    assert telling(story.case) is says


def test_a_merged_case_says_nothing_and_its_paper_speaks_for_the_case_that_goes_on() -> None:
    twice = Story().booked().took(Step.VERIFY_DEATH, Step.MERGE).case
    goes_on = Story().booked().case

    assert telling(twice) is Telling.NOTHING
    assert (telling(goes_on), telling(goes_on, [twice])) == (Telling.NOTHING, Telling.CERTIFICATE)


def test_the_day_of_the_booking_is_the_latest_possible_where_no_paper_tells_the_day() -> None:
    story = Story().booked().took(Step.VERIFY_DEATH)
    assert death_day(story.case) == (local(START).date(), False)

    told = DETAILS[Step.VERIFY_DEATH].model_copy(update={"died_on": date(2026, 10, 31)})
    assert death_day(story.took(Step.VERIFY_DEATH, details=told).case) == (date(2026, 10, 31), True)


def test_who_could_not_hear_is_told_again_each_time_later_up_to_some_hours() -> None:
    assert [next_try(one, START) - START for one in (1, 2, 3, 99)] == [
        timedelta(seconds=30),
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(hours=6),
    ]
