"""The two gates, exhaustively: each missing precondition refuses with its own problem at every stage; only all pass."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest

from cardsvc.core import gate
from cardsvc.core.case import Alert, Case, Hold, PaperSeen, Place
from cardsvc.core.cremation_gate import CREMATION
from cardsvc.core.facts import PlaceKind, Stage, Step
from cardsvc.core.gate import Furnace, Gate, Ground, Precondition
from cardsvc.core.ids import CardNo, CaseNo, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.policy import Policy
from cardsvc.core.preconditions import Asked
from cardsvc.core.prices import Trigger
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.release_gate import RELEASE
from cardsvc.core.rules import RULES
from cardsvc.core.tap import objections
from cardsvc.core.terms import AlertWhy, CaseKind, Condition, Destination, Implants, Issuer, Origin, Paper, Reason
from tests.core.story import DETAILS, START, WHOLE_WAY, Story

OPERATOR, CHECKER, CLERK, MATE = (StaffNo(number) for number in ("1011", "1012", "1013", "1014"))
CARD = CardNo("WZC-000001")
TO_ARM = WHOLE_WAY[: WHOLE_WAY.index(Step.ARM)]
TO_RELEASE = WHOLE_WAY[: WHOLE_WAY.index(Step.RELEASE)]
OTHER = CaseNo("WZ-2026-000009")


NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Spoilt:
    """One thing that is missing: what it changes of the case, of what is asked, and of the ground."""

    case: Callable[[Case], Mapping[str, Any]] = lambda case: NOTHING
    details: Mapping[str, Any] = field(default_factory=dict)
    people: Mapping[str, Any] = field(default_factory=dict)
    ground: Mapping[str, Any] = field(default_factory=dict)


def spoil(full: Gate, *missing: Spoilt) -> Gate:
    case, asked, ground = full.case, full.asked, full.ground
    for one in missing:
        case = case.model_copy(update=dict(one.case(case)))
        asked = replace(asked, details=asked.details.model_copy(update=dict(one.details)), **dict(one.people))
        ground = replace(ground, **dict(one.ground))
    return Gate(case, asked, ground)


def paper(*kinds: Paper, **update: Any) -> Callable[[Case], Mapping[str, Any]]:
    """The papers without these, or with these changed."""

    def change(case: Case) -> Mapping[str, Any]:
        kept = (one for one in case.papers if update or one.paper not in kinds)
        return {"papers": tuple(one.model_copy(update=update) if one.paper in kinds else one for one in kept)}

    return change


def furnace(**update: Any) -> Mapping[str, Any]:
    return {"furnace": FURNACE.model_copy(update=update)}


FURNACE = Furnace(code="F1")


CREMATION_SPOILT: Mapping[int, Spoilt] = {
    1: Spoilt(lambda case: {"papers": tuple(one for one in case.papers if one.paper is not Paper.DEATH_CERTIFICATE)}),
    2: Spoilt(paper(Paper.DEATH_CERTIFICATE, issuer=Issuer.CIVIL_AFFAIRS)),
    3: Spoilt(lambda case: {"authorised": False}),
    4: Spoilt(paper(Paper.APPLICANT_IDENTITY)),
    5: Spoilt(lambda case: {"holds": (Hold(reason=Reason.POLICE, blocks=(Step.ARM, Step.LOAD)),)}),
    6: Spoilt(lambda case: {"origin": Origin.BURIAL_CUSTOM}),
    7: Spoilt(lambda case: {"outside": True}),
    8: Spoilt(lambda case: {"ash_plan": None}),
    9: Spoilt(lambda case: {"conditions": (Condition.UNCLAIMED,)}),
    10: Spoilt(lambda case: {"kind": CaseKind.STILLBORN}),
    11: Spoilt(details={"tag": "8R3G"}),
    12: Spoilt(lambda case: {"coffin": None}),
    13: Spoilt(lambda case: {"place": Place(kind=PlaceKind.SLOT, code="A-07")}),
    14: Spoilt(lambda case: {"alerts": (Alert(other=OTHER, why=AlertWhy.SAME_NAME),)}),
    15: Spoilt(people={"second_staff_no": OPERATOR}),
    16: Spoilt(lambda case: {"recognised": False}),
    17: Spoilt(
        lambda case: {"taken": tuple(one for one in case.taken if one.step is not Step.PREPARED)},
        ground={"ordered": frozenset({Trigger.DRESSING})},
    ),
    18: Spoilt(ground={"ahead": (OTHER,)}),
    19: Spoilt(ground={"owed_fen": 1}),
    20: Spoilt(lambda case: {"belongings": None}),
    21: Spoilt(lambda case: {"implants": Implants.PRESENT}),
    22: Spoilt(lambda case: {"infectious": True}),
    23: Spoilt(ground=furnace(open_case=OTHER)),
    24: Spoilt(ground=furnace(video=False)),
    25: Spoilt(ground={"disc_owner": OTHER}),
    26: Spoilt(ground={"on_shift": frozenset()}),
    27: Spoilt(ground=furnace(occupied_by=OTHER)),
}

RELEASE_SPOILT: Mapping[int, Spoilt] = {
    1: Spoilt(lambda case: {"furnace_closed": False}),
    2: Spoilt(ground={"certificate_disc": "D0009"}),
    3: Spoilt(lambda case: {"cooled": False}),
    4: Spoilt(lambda case: {"certificate": None}),
    5: Spoilt(ground={"code_valid": False}),
    6: Spoilt(ground={"card_no": None}),
    7: Spoilt(details={"destination": None}),
    8: Spoilt(lambda case: {"holds": (Hold(reason=Reason.DISPUTE, blocks=(Step.RELEASE,)),)}),
    9: Spoilt(people={"second_staff_no": CLERK}),
    10: Spoilt(ground={"owed_fen": 1}),
    11: Spoilt(details={"destination": Destination.SEA}),
    12: Spoilt(lambda case: {"notices": ()}),
}


def two_by_two(case: Case) -> Case:
    """Every step of the story taken by two people, as the rules want it."""
    pairs = {Step.LOAD: (OPERATOR, CHECKER), Step.CLOSE_FURNACE: (OPERATOR, CHECKER)}
    taken = (
        one.model_copy(update=dict(zip(("by", "second"), pairs.get(one.step, (CLERK, MATE)), strict=True)))
        for one in case.taken
    )
    return case.model_copy(update={"taken": tuple(taken), "card_no": CARD})


def at_the_furnace() -> Gate:
    case = two_by_two(Story().booked().bound().took(*TO_ARM).case)
    ground = Ground(
        policy=Policy(),
        now=START + timedelta(days=3),
        owed_fen=0,
        furnace=FURNACE,
        ahead=(),
        ordered=frozenset({Trigger.DRESSING}),
        on_shift=frozenset({OPERATOR, CHECKER}),
        operators=frozenset({OPERATOR}),
        checkers=frozenset({CHECKER}),
        card_known=True,
    )
    return Gate(case, Asked(Step.ARM, DETAILS[Step.ARM], OPERATOR, CHECKER), ground)


def at_the_counter() -> Gate:
    case = two_by_two(Story().booked().bound().took(*TO_RELEASE).case)
    collector = PaperSeen(paper=Paper.COLLECTOR_IDENTITY, number="COPY-2", alike=True, at=START, cause="x:1")
    update = {"papers": (*case.papers, collector), "certificate": "HZ-000001", "certificate_by": StaffNo("1006")}
    ground = Ground(
        policy=Policy(),
        now=START + timedelta(days=4),
        owed_fen=0,
        certificate_disc="D0001",
        code_valid=True,
        card_no=CARD,
        card_known=True,
    )
    asked = Asked(Step.RELEASE, DETAILS[Step.RELEASE], CLERK, MATE)
    return Gate(case.model_copy(update=update), asked, ground)


Row = tuple[tuple[Precondition, ...], Callable[[], Gate], Mapping[int, Spoilt], Stage, Role]
GATES: Mapping[str, Row] = {
    "cremation": (CREMATION, at_the_furnace, CREMATION_SPOILT, Stage.QUEUED, Role.FURNACE_OPERATOR),
    "release": (RELEASE, at_the_counter, RELEASE_SPOILT, Stage.SEALED, Role.ASH_CLERK),
}
each_gate = pytest.mark.parametrize("name", GATES)


@each_gate
def test_the_table_has_every_number_once_and_each_its_own_problem(name: str) -> None:
    table, _, spoilt, _, _ = GATES[name]

    assert [row.number for row in table] == list(range(1, len(table) + 1)) == sorted(spoilt)
    assert len({row.problem for row in table}) == len(table) == {"cremation": 27, "release": 12}[name]


@each_gate
def test_only_the_complete_set_passes_and_the_whole_rule_book_agrees(name: str) -> None:
    table, full, _, stage, role = GATES[name]
    complete = full()

    assert gate.objections(table, complete) == []
    assert complete.case.stage is stage
    (at,) = RULES[complete.asked.step].stations
    assert objections(complete.case, complete.asked, at, (role,), complete.ground) == []
    cleared = gate.clearance(table, complete, START)
    assert [one.number for one in cleared.checks] == [row.number for row in table]


@each_gate
@pytest.mark.parametrize("stage", Stage)
def test_every_single_missing_precondition_refuses_with_its_own_problem_at_every_stage(name: str, stage: Stage) -> None:
    table, full, spoilt, _, _ = GATES[name]
    complete = full()
    staged = Gate(complete.case.model_copy(update={"stage": stage}), complete.asked, complete.ground)
    for row in table:
        missing = spoil(staged, spoilt[row.number])

        found = [one.problem for one in gate.objections(table, missing)]

        assert row.problem in found, (row.number, row.name, found)
        with pytest.raises(ValueError, match="does not hold"):
            gate.clearance(table, missing, START)


ALSO: Mapping[tuple[str, int], frozenset[Problem]] = {
    ("cremation", 1): frozenset({Problem.ISSUER_WRONG}),  # no document, no issuer
    ("cremation", 9): frozenset({Problem.NOT_AUTHORISED}),  # the authorities sign for the unclaimed
    ("cremation", 10): frozenset({Problem.ISSUER_WRONG}),
}
"""What else a missing thing lacks by its nature."""


@each_gate
def test_a_missing_precondition_is_not_told_as_others(name: str) -> None:
    table, full, spoilt, _, _ = GATES[name]
    for row in table:
        found = {one.problem for one in gate.objections(table, spoil(full(), spoilt[row.number]))}
        assert found == {row.problem} | ALSO.get((name, row.number), frozenset()), (row.number, row.name)


@each_gate
def test_no_incomplete_subset_ever_passes(name: str, night: bool) -> None:
    """100,000 random subsets in the two gates together, seed 27; by day the first tenth of them."""
    table, full, spoilt, _, _ = GATES[name]
    chance, complete = random.Random(27), full()
    for turn in range(50_000 if night else 5_000):
        missing = chance.sample(sorted(spoilt), chance.randrange(1, len(spoilt) + 1))
        spoiled = spoil(complete, *(spoilt[number] for number in missing))
        assert any(isinstance(row.holds(spoiled), Refusal) for row in table), (turn, missing)
