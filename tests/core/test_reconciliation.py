"""Every finding of the night, planted; and a day on which everything agrees."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cardsvc.core.books import Books, Count, Drawn, Money, Unsent
from cardsvc.core.case import Approved, Case, Place, Portion
from cardsvc.core.facts import Details, PlaceKind, Stage, Step, StepTaken
from cardsvc.core.fold import fold
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import local
from cardsvc.core.reconciliation import CHECKS, Code, Finding, reconcile
from cardsvc.core.terms import Approval, Reason
from cardsvc.core.words import LANGUAGES, say
from tests.core.story import CASE, DISC, LABEL, START, WHOLE_WAY, Story

OTHER = CaseNo("WZ-2026-000124")
UNTIL_SHELF = WHOLE_WAY[: WHOLE_WAY.index(Step.SHELVE) + 1]
STORED = WHOLE_WAY[: WHOLE_WAY.index(Step.STORE) + 1]
LOADED = WHOLE_WAY[: WHOLE_WAY.index(Step.LOAD) + 1]


def told(*steps: Step, **changes: object) -> Case:
    return Story().booked().bound().took(*steps).case.model_copy(update=changes)


def books(case: Case, **changes: object) -> Books:
    """Books that agree, a short while after the last that happened."""
    last = case.taken[-1].at if case.taken else START
    loaded = case.last(Step.LOAD)
    single = (PlaceKind.SLOT, PlaceKind.FURNACE, PlaceKind.SHELF)
    occupancy = {(one.kind.value, one.code): case.case_no for one in case.places if one.kind in single and one.code}
    if loaded is not None and not case.furnace_closed:
        occupancy["furnace", "F1"] = case.case_no
    agreed = Books(
        day=local(loaded.at if loaded is not None else last).date(),
        now=last + timedelta(minutes=5),
        cases=(case,),
        occupancy=occupancy,
        count=Count(1, 1),
        drawn=(Drawn(case.certificate, case.case_no, case.disc),) if case.certificate else (),
        labels={one.label: case.case_no for one in case.portions},
        money={case.case_no: Money(charged=100, revenue=100)},
    )
    return replace(agreed, **changes)  # type: ignore[arg-type]


def certified(**changes: object) -> Case:
    return told(*UNTIL_SHELF, certificate="HZ-000001", **changes)


def second(case: Case, **changes: object) -> Case:
    return case.model_copy(update={"case_no": OTHER, **changes})


def typed(step: Step) -> Case:
    facts = Story().booked().bound().took(*LOADED).facts
    body = facts[-1].body
    assert isinstance(body, StepTaken) and body.step is step
    case = fold([*facts[:-1], facts[-1].model_copy(update={"observed": False})])
    assert case is not None
    return case


def late(case: Case, **by: float) -> Books:
    agreed = books(case)
    return replace(agreed, now=agreed.now + timedelta(**by))


def stopped() -> Case:
    return told(*LOADED, Step.SUSPEND)


def overlapping() -> Books:
    first = told(*LOADED)
    return books(first, cases=(first, second(first)), occupancy={("furnace", "F1"): CASE})


MONEY = {"charged": 100, "revenue": 100}
PLANTED: dict[Code, Callable[[], Books]] = {
    Code.BODY_NOT_IN_PLACE: lambda: books(told(*STORED), occupancy={}),
    Code.PLACE_WITHOUT_BODY: lambda: books(told(), occupancy={("slot", "A-07"): CASE}),
    Code.TWO_IN_ONE_PLACE: lambda: books(told(*STORED), cases=(told(*STORED), second(told(*STORED)))),
    Code.COUNT_DIFFERS: lambda: books(told(*STORED), count=Count(2, 1)),
    Code.COUNT_MISSING: lambda: books(told(*STORED), count=None),
    Code.CERTIFICATE_UNFOUNDED: lambda: books(
        told(*STORED, certificate="HZ-000009"), drawn=(Drawn("HZ-000009", CASE, None),)
    ),
    Code.CERTIFICATE_DIFFERS: lambda: books(certified(), drawn=(Drawn("HZ-000001", CASE, "D0002"),)),
    Code.CERTIFICATE_OWED: lambda: late(told(*UNTIL_SHELF), days=2),
    Code.CERTIFICATE_STOCK_LOW: lambda: books(told(), stock=49),
    Code.CASE_NOT_CLOSED: lambda: late(told(stage=Stage.AT_REST), days=2),
    Code.TRANSFER_OPEN: lambda: late(told(stage=Stage.TRANSFERRED), days=2),
    Code.FURNACE_RECORD_OPEN: lambda: late(told(*LOADED, Step.UNLOAD), hours=5),
    Code.CASE_CONTESTED: lambda: books(told(gaps=("a:1",))),
    Code.ASHES_UNPLACED: lambda: books(
        certified(portions=(Portion(label=LABEL, weight_g=1, place=Place(kind=PlaceKind.TRAY, code=DISC)),))
    ),
    Code.ASHES_LABEL_LOST: lambda: books(certified(), labels={LABEL: CASE, "L0009": CASE}),
    Code.RUN_OPEN: lambda: late(told(*LOADED), hours=5),
    Code.RUN_TIME_UNKNOWN: lambda: books(typed(Step.LOAD)),
    Code.RUNS_OVERLAP: overlapping,
    Code.FURNACE_STANDS: lambda: books(stopped()),
    Code.LEDGER_DIFFERS: lambda: books(told(), money={CASE: Money(charged=100, revenue=99)}),
    Code.LEDGER_NOT_ZERO: lambda: books(told(), money={CASE: Money(**MONEY, balance=1)}),
    Code.BILL_OPEN: lambda: books(told(stage=Stage.RELEASED), money={CASE: Money(**MONEY, owed=7)}),
    Code.DEPOSIT_LEFT: lambda: replace(late(told(stage=Stage.CLOSED), days=2), money={CASE: Money(**MONEY, owed=-7)}),
    Code.MESSAGES_WAIT: lambda: books(told(), unsent=(Unsent("1-1", CASE, START - timedelta(hours=2), False),)),
    Code.MESSAGES_FAILED: lambda: books(told(), unsent=(Unsent("1-1", CASE, START, True),)),
    Code.RECORD_MISSING: lambda: books(told(), missing=(("ab:7", CASE),)),
    Code.DRILL_RED: lambda: books(told(), red_drills=(12,)),
}


def found(books_: Books) -> dict[Code, Finding]:
    return {one.code: one for one in reconcile(books_).findings}


@pytest.mark.parametrize("code", list(Code))
def test_every_finding_is_found_where_it_is_planted(code: Code) -> None:
    planted = found(PLANTED[code]())
    assert code in planted, sorted(planted)
    assert all(row.name for row in planted[code].rows)


@pytest.mark.parametrize("owed", [7, -7])
def test_money_that_two_people_agreed_to_leave_open_is_not_found_every_night_but_more_of_it_is(owed: int) -> None:
    closed = Story().booked().took(Step.CANCEL).took(Step.CLOSE, details=Details(reason=Reason.UNCLAIMED)).case

    def left(**agreed: int) -> set[Code]:
        told = replace(late(closed, days=2), money={CASE: Money(**MONEY, owed=owed, **agreed)})
        return set(found(told)) & {Code.BILL_OPEN, Code.DEPOSIT_LEFT}

    named = {Code.BILL_OPEN if owed > 0 else Code.DEPOSIT_LEFT}
    assert left() == left(agreed=-owed) == left(agreed=owed - owed // 7) == named
    assert left(agreed=owed) == left(agreed=2 * owed) == set()


@pytest.mark.parametrize("steps", [(), STORED, LOADED, UNTIL_SHELF[:-1], UNTIL_SHELF])
def test_books_that_agree_have_no_finding(steps: tuple[Step, ...]) -> None:
    assert found(books(told(*steps))) == {}


def test_two_bodies_by_approval_are_no_overlap_and_no_wrong_place() -> None:
    agreed = overlapping()
    leave = Approved(approval=Approval.TOGETHER, reason=Reason.FAMILY_WISH, cause="a:1", other=CASE)
    first, twin = agreed.cases
    cases = (first, twin.model_copy(update={"approvals": (leave,)}))
    assert found(replace(agreed, cases=cases)) == {}


def test_credit_that_two_people_granted_is_no_open_bill() -> None:
    leave = Approved(approval=Approval.CREDIT, reason=Reason.HARDSHIP, cause="a:1")
    case = told(stage=Stage.RELEASED, approvals=(leave,))
    assert found(books(case, money={CASE: Money(charged=100, revenue=100, owed=7)})) == {}


def test_the_hours_of_a_furnace_leave_out_the_time_that_it_stood_still() -> None:
    way = (*LOADED, Step.SUSPEND, Step.RESUME, Step.UNLOAD)
    findings = reconcile(books(told(*way)))
    assert findings.minutes == {"F1": 120}  # three hours from load to unload, one of which it stood still
    assert findings.figures["loads"] == 1


def test_a_run_belongs_to_the_local_day_on_which_it_began() -> None:
    case = told(*LOADED)
    loaded = case.last(Step.LOAD)
    assert loaded is not None
    day = local(loaded.at).date()
    assert [len(books(case, day=one).runs) for one in (day - timedelta(1), day, day + timedelta(1))] == [0, 1, 0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_says_what_and_what_to_do(language: str) -> None:
    for code in Code:
        assert say(language, f"finding.{code}") and say(language, f"finding_do.{code}")  # type: ignore[arg-type]


def test_every_code_has_its_check_and_its_row_in_the_book_of_operations() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")
    assert list(CHECKS) == list(Code)
    assert [code for code in Code if f"`{code}`" not in page] == []
