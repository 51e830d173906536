"""What a register's word is worth: whose record, on which day, in which state, and what it proves."""

from datetime import date, timedelta
from typing import Any

import pytest

from cardsvc.core import registers, waivers
from cardsvc.core.facts import Step
from cardsvc.core.registers import Entitlement, Heard, RecordState, RegisterFault, believed
from cardsvc.core.terms import WaiverFor
from cardsvc.core.waiver_words import source_words
from tests.core.story import START, Story

DAY = date(2026, 11, 1)
RECORD = Entitlement(person="p", category=WaiverFor.LOW_INCOME, number="DB-7", state=RecordState.ACTIVE, on=DAY)
HEARD = Heard("social_relief", (RECORD,))


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ([RECORD], HEARD),
        ([], Heard("social_relief")),
        ([RECORD.model_copy(update={"state": RecordState.WITHDRAWN})], Heard("social_relief")),
        ([RECORD.model_copy(update={"state": RecordState.SUSPENDED})], Heard("social_relief")),
        ([RECORD, RECORD.model_copy(update={"person": "q"})], Heard("social_relief", fault=RegisterFault.ANOTHER)),
        ([RECORD.model_copy(update={"on": DAY + timedelta(1)})], Heard("social_relief", fault=RegisterFault.ANOTHER)),
        ([RECORD, {"number": "?"}], Heard("social_relief", fault=RegisterFault.GARBAGE)),
        ([None], Heard("social_relief", fault=RegisterFault.GARBAGE)),
    ],
)
def test_a_word_counts_whole_or_not_at_all(said: list[Any], heard: Heard) -> None:
    assert believed("social_relief", said, "p", DAY) == heard


def test_a_record_proves_its_category_once_and_never_what_a_person_has_proven() -> None:
    story = Story().booked(resident=False)
    (details,) = registers.to_prove(story.case, [HEARD, Heard("veterans", (RECORD,))])
    assert (details.category, details.number, details.registry) == (WaiverFor.LOW_INCOME, "DB-7", "social_relief")

    story.took(Step.PROVE_WAIVER, details=details)

    assert registers.to_prove(story.case, [HEARD]) == ()
    by_paper = Story().booked().took(Step.PROVE_WAIVER, details=details.model_copy(update={"registry": None}))
    assert registers.to_prove(by_paper.case, [HEARD]) == ()


def test_the_line_names_register_record_and_the_day_that_it_held_on() -> None:
    (details,) = registers.to_prove(Story().booked().case, [HEARD])
    case = Story().booked(resident=False).took(Step.PROVE_WAIVER, details=details).case

    source = waivers.source_of(case.entitled[0], registers.asked_day(case))

    assert source == "low_income DB-7 social_relief 2026-11-01"
    assert source_words("zh_CN", source) == "低保 DB-7 （社会救助与儿童福利登记，2026-11-01 有效）"
    assert source_words("en", "low_income DB-7") == "Minimum living allowance DB-7"
    assert "(register of nobodys, valid on" in source_words("en", source.replace("social_relief", "nobodys"))


def test_a_register_that_takes_its_record_back_is_noticed_and_one_that_is_mute_is_not() -> None:
    (details,) = registers.to_prove(Story().booked().case, [HEARD])
    case = Story().booked(resident=False).took(Step.PROVE_WAIVER, details=details).case

    assert registers.lost(case, [HEARD]) == ()
    assert registers.lost(case, [Heard("social_relief")]) == case.entitled
    assert registers.lost(case, [Heard("social_relief", fault=RegisterFault.DOWN)]) == ()
    assert registers.lost(case, [Heard("veterans")]) == ()


def test_registers_are_asked_at_booking_arrangement_and_cashier_and_about_the_day_of_booking() -> None:
    story = Story().booked()
    asked = [registers.turns(story.case)]
    for step in (Step.DISPATCH, Step.COLLECT, Step.QUOTE, Step.SIGN_QUOTE, Step.DEPOSIT):
        asked.append(registers.turns(story.took(step).case))

    assert asked == [1, 1, 1, 2, 3, 4]
    assert registers.asked_day(story.case) == DAY


def test_who_does_not_answer_is_asked_again_ever_more_seldom() -> None:
    waits = [registers.next_ask(tries, START) - START for tries in (1, 2, 3, 40)]

    assert [one.total_seconds() for one in waits] == [30, 60, 120, 6 * 3600]
