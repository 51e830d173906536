"""Periods, whose farewell a hall is for, and the queue in its estimated order."""

from datetime import date, timedelta

import pytest

from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Stage, Step
from cardsvc.core.halls import Check, farewell_over, hall_now, has_hall, not_its_hall
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.periods import CELL, Held, cells, periods
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.shown import Place, Turn, queue_shown
from cardsvc.core.terms import Approval, Reason
from tests.core.story import CASE, DETAILS, START, Story

OTHER = CaseNo("WZ-2026-000124")
AT = START + timedelta(days=2)
ASKED = Asked(Step.FAREWELL, DETAILS[Step.FAREWELL], StaffNo("1009"))
OUT = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE, Step.RESERVE, Step.TAKE_OUT)
TODAY = date(2026, 11, 3)


def reserved(number: CaseNo = CASE, *more: Step) -> Case:
    return Story().booked().bound().took(*OUT, *more).case.model_copy(update={"case_no": number})


def test_overlapping_periods_share_a_cell_and_neighbours_do_not() -> None:
    one, overlapping = cells(AT, 60), cells(AT + timedelta(minutes=59), 60)
    after = cells(one[-1] + CELL, 60)
    assert set(one) & set(overlapping)
    assert not set(one) & set(after)
    held = [Held("H1", at, CASE) for at in one] + [Held("H1", at, OTHER) for at in after] + [Held("H2", one[0], CASE)]
    assert [(p.code, p.case_no, (p.ends - p.starts) // CELL) for p in periods(reversed(held))] == [
        ("H1", CASE, len(one)),
        ("H1", OTHER, len(after)),
        ("H2", CASE, 1),
    ]


@pytest.mark.parametrize(("minutes", "its"), [(-13, False), (-12, True), (0, True), (62, True), (63, False)])
def test_a_hall_is_its_cases_from_the_first_cell_to_the_last(minutes: int, its: bool) -> None:
    assert has_hall(reserved(), "H1", AT + timedelta(minutes=minutes), 60) is its
    assert not has_hall(reserved(), "H2", AT + timedelta(minutes=minutes), 60)


def test_only_another_cases_open_farewell_keeps_a_hall() -> None:
    mine, other = reserved(), reserved(OTHER)
    over = reserved(OTHER, Step.FAREWELL, Step.FAREWELL_OVER)
    assert not_its_hall(mine, ASKED, [mine]) is None
    assert not_its_hall(mine, ASKED, []) is None
    assert not_its_hall(mine, ASKED, [mine, other]) == Refusal(Problem.HALL_OF_ANOTHER, f"H1, {OTHER}")
    assert farewell_over(over) and not_its_hall(mine, ASKED, [over]) is None
    assert not farewell_over(reserved(OTHER, Step.FAREWELL, Step.FAREWELL_OVER, Step.RESERVE)), (
        "another one was reserved"
    )
    assert not_its_hall(mine, Asked(Step.RECOGNISE, Details(), None), [other]) is None


def test_the_hall_shows_whom_the_tag_says_unless_it_contradicts_the_period() -> None:
    mine, other = reserved(), reserved(OTHER)
    nobody_booked = other.model_copy(update={"hall": None, "appointment": None})
    assert hall_now("H1", AT, None, None) == (None, Check.WAITING)
    assert hall_now("H1", AT, None, mine) == (mine, Check.WAITING)
    assert hall_now("H1", AT, mine, mine) == (mine, Check.AGREES)
    assert hall_now("H1", AT, nobody_booked, None) == (nobody_booked, Check.AGREES)
    assert hall_now("H1", AT, nobody_booked, mine) == (None, Check.DIFFERS)
    assert hall_now("H1", AT + timedelta(hours=1), mine, other) == (mine, Check.AGREES), "it lasts longer"
    early = other.model_copy(update={"appointment": AT + timedelta(hours=3)})
    assert hall_now("H1", AT, early, mine) == (None, Check.DIFFERS)


def queued(number: int, stage: Stage, *, moved: bool = False, held: bool = False, day: date = TODAY) -> Place:
    story = Story().booked()
    if moved:
        story.took(Step.APPROVE, details=Details(approval=Approval.REORDER, reason=Reason.URGENT))
    if held:
        story.took(Step.HOLD)
    update = {"queue_no": number, "stage": stage, "case_no": CaseNo(f"WZ-2026-{number:06d}")}
    return Place(day, number, story.case.model_copy(update=update))


def test_the_queue_is_told_in_the_order_in_which_the_gate_lets_them_go() -> None:
    yesterday = TODAY - timedelta(days=1)
    rows = queue_shown(
        [
            queued(1, Stage.CREMATED),
            queued(2, Stage.CREMATING),
            queued(3, Stage.QUEUED, held=True),
            queued(4, Stage.QUEUED),
            queued(5, Stage.QUEUED, moved=True),
            queued(6, Stage.ARMED),
            queued(7, Stage.OUT),
            queued(8, Stage.QUEUED, day=yesterday),
            queued(9, Stage.CREMATED, day=yesterday),
        ],
        TODAY,
    )
    assert [(row.number, row.turn, row.ahead, row.moved) for row in rows] == [
        (6, Turn.CALLED, None, None),
        (2, Turn.IN_PROGRESS, None, None),
        (5, Turn.WAITING, 0, Reason.URGENT),
        (8, Turn.WAITING, 1, None),
        (4, Turn.WAITING, 2, None),
        (3, Turn.WAITING, 3, None),
        (1, Turn.DONE, None, None),
    ]
