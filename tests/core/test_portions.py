"""Ashes in portions: always in one place each, each with its own label, and nothing of them is lost."""

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, PlaceKind, Stage, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.portions import stays
from cardsvc.core.preconditions import ALWAYS, Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import REASONS
from cardsvc.core.terms import Destination, Reason
from cardsvc.core.workflow import in_order, last_voidable
from tests.core.story import DETAILS, START, WHOLE_WAY, Story

BURNT = WHOLE_WAY[: WHOLE_WAY.index(Step.SEAL)]
SEALED_G = 2_400
MOVES = (Step.SPLIT, Step.SHELVE, Step.UNSHELVE, Step.RELEASE, Step.CONFIRM_REST, Step.RETURN_ASHES, Step.VOID)
DONE = {PlaceKind.COLLECTOR, PlaceKind.DESTINATION}


def burnt() -> Story:
    return Story().booked().bound().took(*BURNT)


def lawful(case: Case, step: Step, details: Details) -> bool:
    """Whether the rules that stations and service share allow the step."""
    asked = Asked(step, details, StaffNo("1013"), StaffNo("1014"))
    return in_order(case, step) is None and not any(rule(case, asked) for rule in ALWAYS)


def chosen(step: Step, label: str, number: int, weight: int) -> Details:
    match step:
        case Step.SPLIT:
            return Details(label=label, portion=f"L1{number:03d}", weight_g=weight)
        case Step.SHELVE:
            return Details(label=label, shelf="S-00" if weight % 2 else f"S-{number % 60:02d}")
        case Step.RELEASE:
            return Details(label=label, destination=Destination.CEMETERY, code="000000")
        case Step.CONFIRM_REST:
            return Details(label=label if weight % 2 else None, receipt=f"R{number}")
        case Step.RETURN_ASHES | Step.VOID:
            return Details(label=label if step is Step.RETURN_ASHES else None, reason=REASONS[step][0])
        case _:
            return Details(label=label)


def check(case: Case) -> None:
    labels = [one.label for one in case.portions]
    assert len(set(labels)) == len(labels)
    assert sum(one.weight_g for one in case.portions) == SEALED_G
    assert all(one.weight_g > 0 for one in case.portions)
    assert len(case.places) == len(case.portions)
    shelves = [one.place.code for one in case.portions if one.place.kind is PlaceKind.SHELF]
    assert len(set(shelves)) == len(shelves), f"two boxes in one place: {shelves}"
    kinds = {one.place.kind for one in case.portions}
    assert kinds <= {PlaceKind.DESK, PlaceKind.SHELF, *DONE}
    slowest = Stage.AT_REST if kinds == {PlaceKind.DESTINATION} else Stage.RELEASED if kinds <= DONE else Stage.SEALED
    assert case.stage is slowest, (case.stage, kinds)
    assert case.gaps == ()
    assert [one.portion for one in stays(case)] == list(case.portions)


TURNS = st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 5), st.integers(1, SEALED_G)), max_size=25)


@given(TURNS)
def test_after_any_lawful_way_every_portion_is_in_one_place_and_nothing_is_lost(
    turns: list[tuple[Step, int, int]],
) -> None:
    story = burnt().took(Step.SEAL)
    case = story.case
    for number, (step, which, weight) in enumerate(turns):
        if step is Step.VOID and (last := last_voidable(case)) is not None and last.step is Step.SEAL:
            continue
        details = chosen(step, case.portions[which % len(case.portions)].label, number, weight)
        if lawful(case, step, details):
            story.took(step, details=details)
            case = story.case
            check(case)


def test_a_split_that_was_a_mistake_is_taken_back_and_loses_nothing() -> None:
    story = burnt().took(Step.SEAL, Step.SHELVE, Step.UNSHELVE, Step.SPLIT)
    assert [(one.label, one.weight_g) for one in story.case.portions] == [("L0001", 1_600), ("L0002", 800)]

    story.took(Step.VOID)

    assert [(one.label, one.weight_g) for one in story.case.portions] == [("L0001", SEALED_G)]
    assert story.case.portions[0].place.kind is PlaceKind.DESK


def test_the_stage_follows_the_portion_that_is_least_far() -> None:
    story = burnt().took(Step.SEAL, Step.SPLIT, Step.RELEASE)
    stages = [story.case.stage]
    for step, label in (
        (Step.RELEASE, "L0002"),
        (Step.CONFIRM_REST, "L0001"),
        (Step.CONFIRM_REST, "L0002"),
        (Step.RETURN_ASHES, "L0002"),
    ):
        details = DETAILS[step].model_copy(update={"label": label, "reason": Reason.FAMILY_WISH})
        assert lawful(story.case, step, details)
        stages.append(story.took(step, details=details).case.stage)
    assert stages == [Stage.SEALED, Stage.RELEASED, Stage.RELEASED, Stage.AT_REST, Stage.SEALED]


def test_one_portion_comes_back_while_another_stands_on_its_shelf() -> None:
    story = burnt().took(Step.SEAL, Step.SPLIT, Step.SHELVE)
    story.took(Step.RELEASE, details=DETAILS[Step.RELEASE].model_copy(update={"label": "L0002"}))
    back = Details(label="L0002", reason=Reason.FAMILY_WISH)

    assert lawful(story.case, Step.RETURN_ASHES, back)

    kinds = Counter(one.place.kind for one in story.took(Step.RETURN_ASHES, details=back).case.portions)
    assert kinds == {PlaceKind.SHELF: 1, PlaceKind.DESK: 1}
    assert story.case.storage_until is None  # the service sets a term with the shelf; a story has none


def test_two_boxes_of_one_case_never_share_a_shelf_place() -> None:
    story = burnt().took(Step.SEAL, Step.SPLIT, Step.SHELVE)
    second = DETAILS[Step.SHELVE].model_copy(update={"label": "L0002"})

    refusals = [rule(story.case, Asked(Step.SHELVE, second, StaffNo("1013"), StaffNo("1014"))) for rule in ALWAYS]

    assert [one for one in refusals if one] == [Refusal(Problem.PLACE_TAKEN, "S1")]
    assert lawful(story.case, Step.SHELVE, second.model_copy(update={"shelf": "S2"}))


def test_each_portion_is_where_it_is_since_it_came_there() -> None:
    story = burnt().took(Step.SEAL, at=START).took(Step.SPLIT, at=START + timedelta(hours=1))
    story.took(Step.SHELVE, at=START + timedelta(hours=2)).took(Step.CERTIFY, at=START + timedelta(hours=3))

    assert [one.since for one in stays(story.case)] == [START + timedelta(hours=2), START + timedelta(hours=1)]
