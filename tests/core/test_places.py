"""Over random lawful histories every case is in exactly one place, and after the fire each box of its ashes is."""

import random
from collections import Counter

import pytest

from cardsvc.core import workflow
from cardsvc.core.case import Case
from cardsvc.core.facts import Booked, Details, Fact, PlaceKind, Stage, StationKind, Step, StepTaken
from cardsvc.core.fold import fold, opened, then
from cardsvc.core.ids import StaffNo
from cardsvc.core.preconditions import ALWAYS, Asked
from cardsvc.core.problems import Refusal
from cardsvc.core.terms import CaseKind, CauseClass
from tests.core.story import CASE, DETAILS, START

DAY, NIGHT, ENOUGH = 600, 100_000, 5
LENGTH = 45
K = PlaceKind
BODY = frozenset({K.RECEPTION, K.SLOT, K.PREP_ROOM, K.HALL, K.AUTOPSY_ROOM, K.VIEWING_ROOM, K.FURNACE_HALL})
WHERE = {
    Stage.BOOKED: frozenset({K.REPORTED}),
    Stage.DISPATCHED: frozenset({K.REPORTED}),
    Stage.IN_TRANSIT: frozenset({K.VEHICLE}),
    Stage.RECEIVED: frozenset({K.RECEPTION}),
    Stage.STORED: frozenset({K.SLOT}),
    Stage.OUT: BODY - {K.RECEPTION, K.SLOT},
    Stage.TRANSFERRED: frozenset({K.OTHER_HOME}),
    Stage.QUEUED: frozenset({K.FURNACE_HALL}),
    Stage.ARMED: frozenset({K.FURNACE_HALL}),
    Stage.CREMATING: frozenset({K.FURNACE}),
    Stage.CREMATED: frozenset({K.TRAY}),
    Stage.SEALED: frozenset({K.DESK, K.SHELF, K.COLLECTOR, K.DESTINATION}),
    Stage.RELEASED: frozenset({K.COLLECTOR, K.DESTINATION}),
    Stage.AT_REST: frozenset({K.DESTINATION}),
}
"""Where a body, or the main box of its ashes, can be at each stage."""


def details_for(case: Case, step: Step, chance: random.Random, number: int) -> Details:
    """What would be entered: the story's details, with this case's own marks."""
    given: dict[str, object] = {}
    wanted = DETAILS.get(step, Details())
    if wanted.tag is not None and case.tag is not None:
        given["tag"] = case.tag
    if step in (Step.SHELVE, Step.UNSHELVE, Step.SPLIT, Step.RELEASE, Step.RETURN_ASHES) and case.portions:
        given["label"] = chance.choice(case.portions).label
    if step is Step.SPLIT:
        given |= {"portion": f"L{number:04d}", "weight_g": chance.randrange(1, 900)}
    if step is Step.REPLACE_TAG:
        given["replacement"] = f"T{number:03d}"
    return wanted.model_copy(update=given)


def history(chance: random.Random) -> tuple[list[Fact], set[Stage]]:
    """One lawful history: at every turn one of the steps that the rules allow; and the stages that it came through."""
    kind = chance.choice((CaseKind.PERSON, CaseKind.PERSON, CaseKind.BONES, CaseKind.UNIDENTIFIED))
    infectious = chance.random() < 0.1
    body = Booked(case_kind=kind, cause_class=CauseClass.NATURAL, infectious=infectious, police=False)
    facts = [told(body, 0)]
    case, through = opened(facts[0]), set[Stage]()
    assert case is not None
    onward = chance.choice((0.0, 0.8))
    for number in range(1, LENGTH):
        steps = [step for step in Step if step not in (Step.BOOK, Step.BIND_CARD) and MOVES[step] >= chance.random()]
        chance.shuffle(steps)
        if chance.random() < onward:
            steps.sort(key=lambda step: step not in ONWARD)
        for step in steps:
            details = details_for(case, step, chance, number)
            asked = Asked(step, details, StaffNo("S1"), StaffNo("S2"))
            if workflow.in_order(case, step) or workflow.barred(case, step):
                continue
            if isinstance(workflow.skip_for(case, step), Refusal) or any(holds(case, asked) for holds in ALWAYS):
                continue
            facts.append(told(StepTaken(step=step, details=details), number))
            case = then(case, facts[-1])
            check(case, step)
            through.add(case.stage)
            break
    return facts, through


MOVES = {step: 1.0 if step in workflow.TAKEN_BACK | workflow.IRREVERSIBLE else 0.15 for step in Step} | {
    Step.CANCEL: 0.01,
    Step.MERGE: 0.01,
    Step.TRANSFER_OUT: 0.02,
    Step.VOID: 0.1,
    Step.CLOSE: 0.05,
}
"""How often a step is thought of: enough histories come to the ashes."""

ONWARD = {step for (before, step), after in workflow.TRANSITIONS.items() if after not in (before, *workflow.OVER)} - {
    *(Step.STORE, Step.TAKE_OUT, Step.TRANSFER_OUT, Step.RETURN_ASHES),
}
"""The steps on the way to rest: half the histories mostly go it, the others wander."""


def told(body: Booked | StepTaken, number: int) -> Fact:
    return Fact(
        case_no=CASE,
        body=body,
        at=START,
        observed=True,
        staff_no=StaffNo("S1"),
        second_staff_no=StaffNo("S2"),
        station_kind=StationKind.OFFICE,
        cause=f"{'ab' * 16}:{number + 1}",
        order=(number, number),
    )


def check(case: Case, step: Step) -> None:
    assert case.gaps == (), step
    if case.stage in WHERE:
        assert case.place.kind in WHERE[case.stage], (step, case.stage, case.place)
    if case.stage in (Stage.SEALED, Stage.RELEASED, Stage.AT_REST):
        labels = [one.label for one in case.portions]
        assert labels, step
        assert len(set(labels)) == len(labels), labels
        assert case.place == case.portions[0].place
        assert {one.place.kind for one in case.portions} <= {K.DESK, K.SHELF, K.COLLECTOR, K.DESTINATION}


@pytest.mark.timeout(3_600)
def test_every_case_is_in_one_place_and_after_the_fire_every_box_is(night: bool) -> None:
    reached: Counter[Stage] = Counter()
    for seed in range(NIGHT if night else DAY):
        chance = random.Random(seed)
        try:
            facts, through = history(chance)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        assert fold(facts) is not None
        reached.update(through)
    for stage in (Stage.SEALED, Stage.RELEASED, Stage.AT_REST, Stage.STORED, Stage.TRANSFERRED):
        assert reached[stage] >= ENOUGH, reached
