"""The workflow table: what follows what, what is skipped, what is taken back."""

import random
from itertools import product

import pytest

from cardsvc.core import workflow
from cardsvc.core.facts import Details, PlaceKind, Stage, Step
from cardsvc.core.fold import fold
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.rules import RULES
from cardsvc.core.terms import CaseKind, Reason, Skip
from cardsvc.core.workflow import BESIDE, TRANSITIONS
from tests.core.story import DETAILS, WHOLE_WAY, Story


def test_every_step_has_a_rule_and_its_sample_has_what_the_rule_needs() -> None:
    assert set(RULES) == set(Step)
    for step, rule in RULES.items():
        for name in rule.needs:
            assert getattr(DETAILS[step], name) not in (None, ()), (step, name)


def test_the_whole_way_is_in_order_at_every_step_and_ends_closed() -> None:
    story = Story().booked().bound()
    for step in WHOLE_WAY:
        assert workflow.in_order(story.case, step) is None, step
        story.took(step)

    assert story.case.stage is Stage.CLOSED
    assert story.case.gaps == ()


def test_out_of_cold_storage_and_back_as_often_as_needed() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    for _ in range(3):
        story.took(Step.STORE)
        assert (story.case.stage, story.case.place.kind, story.case.place.code) == (
            Stage.STORED,
            PlaceKind.SLOT,
            "A-07",
        )
        story.took(Step.TAKE_OUT)
        assert (story.case.stage, story.case.place.kind) == (Stage.OUT, PlaceKind.PREP_ROOM)

    assert story.case.gaps == ()


@pytest.mark.parametrize(("stage", "step"), sorted(product(Stage, Step)))
def test_a_pair_outside_the_table_is_refused_and_inside_it_is_not_out_of_order(stage: Stage, step: Step) -> None:
    case = Story().booked().case.model_copy(update={"stage": stage})
    if step in (Step.VOID, Step.SUSPEND, Step.RESUME, Step.RETURN_STEP, *workflow.WORK):
        return  # these depend on what was done before; they have their own tests

    refusal = workflow.in_order(case, step)

    ended = stage in workflow.OVER and step not in (Step.CLOSE, Step.LIFT_HOLD, Step.CORRECT_DEATH_DAY, *workflow.MONEY)
    allowed = not ended and (stage in BESIDE[step] if step in BESIDE else (stage, step) in TRANSITIONS)
    assert (refusal is None) == allowed


def test_the_money_of_a_merged_case_is_where_it_was_carried() -> None:
    merged = Story().booked().took(Step.MERGE, details=Details(other="WZ-2026-000009", reason=Reason.DUPLICATE)).case
    refused = Refusal(Problem.CASE_CLOSED, "WZ-2026-000009")

    assert {workflow.in_order(merged, step) for step in workflow.MONEY - workflow.MERGED} == {refused}
    assert {workflow.in_order(merged, step) for step in workflow.MERGED} == {None}


def test_infectious_remains_go_to_the_furnace_without_dressing_or_farewell_and_the_record_names_the_rule() -> None:
    story = Story().booked(infectious=True).took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)

    assert workflow.skip_for(story.case, Step.QUEUE) is Skip.INFECTIOUS
    assert workflow.barred(story.case, Step.PREPARE) == Refusal(Problem.STEP_BARRED, Skip.INFECTIOUS)
    assert workflow.barred(story.case, Step.FAREWELL) == Refusal(Problem.STEP_BARRED, Skip.INFECTIOUS)


def test_others_may_not_go_from_reception_to_the_furnace() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)

    refusal = workflow.skip_for(story.case, Step.QUEUE)

    assert isinstance(refusal, Refusal)
    assert refusal.problem is Problem.STEP_OUT_OF_ORDER


def test_without_a_farewell_the_queue_names_the_skip() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)

    assert workflow.skip_for(story.case, Step.QUEUE) is Skip.NO_FAREWELL


def test_bones_enter_at_the_queue() -> None:
    assert workflow.skip_for(Story().booked(kind=CaseKind.BONES).case, Step.QUEUE) is Skip.BONES
    assert isinstance(workflow.skip_for(Story().booked().case, Step.QUEUE), Refusal)


def test_started_work_is_finished_suspended_or_returned_before_anything_else() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE, Step.TAKE_OUT, Step.PREPARE)

    assert workflow.in_order(story.case, Step.STORE) is not None
    assert workflow.in_order(story.case, Step.RESUME) is not None
    story.took(Step.SUSPEND)
    assert story.case.suspended
    refusal = workflow.in_order(story.case, Step.PREPARED)
    assert refusal is not None
    assert refusal.problem is Problem.STEP_SUSPENDED
    story.took(Step.RESUME)
    assert workflow.in_order(story.case, Step.PREPARED) is None
    story.took(Step.RETURN_STEP)
    assert story.case.doing is None
    assert workflow.in_order(story.case, Step.PREPARED) == Refusal(Problem.STEP_NOT_STARTED, Step.PREPARE)
    assert workflow.in_order(story.case, Step.STORE) is None


def test_a_void_takes_back_stage_place_and_work_and_a_second_void_the_step_before() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    received = story.case
    story.took(Step.STORE)

    story.took(Step.VOID)

    assert (story.case.stage, story.case.place) == (received.stage, received.place)
    story.took(Step.VOID)
    assert story.case.stage is Stage.IN_TRANSIT
    assert story.case.gaps == ()


@pytest.mark.parametrize("step", [Step.LOAD, Step.UNLOAD, Step.TRANSFER_OUT])
def test_what_cannot_be_undone_is_not_voided(step: Step) -> None:
    story = Story().booked()
    before = [Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE]
    if step is not Step.TRANSFER_OUT:
        before += [Step.QUEUE, Step.ARM, Step.LOAD]
    story.took(*before)
    if step not in before:
        story.took(step)

    assert workflow.last_voidable(story.case) is None


def test_a_fact_out_of_order_stands_and_is_named_as_a_gap() -> None:
    story = Story().booked().took(Step.STORE)

    assert story.case.stage is Stage.STORED
    assert story.case.gaps == (story.facts[-1].cause,)


def test_a_late_record_takes_its_own_place_whatever_order_it_arrives_in() -> None:
    story = Story().booked().bound().took(*WHOLE_WAY[:12])
    whole = story.case
    for seed in range(200):
        shuffled = list(story.facts)
        random.Random(seed).shuffle(shuffled)

        assert fold(shuffled) == whole, f"seed {seed}"


def test_codes_on_the_card_come_back_as_what_they_were() -> None:
    assert [workflow.stage_of(workflow.stage_code(stage)) for stage in Stage] == list(Stage)
    assert [workflow.step_from(workflow.step_code(step)) for step in Step] == list(Step)
    assert workflow.stage_of(0) is None
    assert workflow.step_from(255) is None


def test_another_tag_that_comes_to_light_late_waits_for_a_person() -> None:
    late = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    late.took(Step.STORE, details=Details(tag="ZZZZ", slot="A-07"))
    assert (late.case.stage, late.case.gaps) == (Stage.STORED, (late.facts[-1].cause,))
    assert Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE).case.gaps == ()
