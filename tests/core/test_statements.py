"""Statements to payers: what a line asks of whom, who may send, and payments divided to the fen."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cardsvc.core import statements
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.prices import Line
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import Age
from cardsvc.core.statements import Gone, Settled, Share, Standing, Statement, allocate, held, share_fen
from cardsvc.core.terms import Payer
from cardsvc.core.workflow import in_order
from tests.core.story import CASE, START, Story

OPENS = st.dictionaries(
    st.integers(1, 40).map(lambda n: CaseNo(f"WZ-2026-{n:06d}")), st.integers(0, 1_000_000), max_size=9
)
LINE = Line(
    item="cold", quantity=3, price_fen=24_000, waiver_fen=9_000, payer=Payer.POLICE, waiver_payer=Payer.TREASURY,
    legal_basis="indicative", price_version="2026-1", at=START,
)  # fmt: skip
SHARE = Share(case_no=CASE, log_no=7, line_no=0, line=LINE, cause="office:7", amount_fen=15_000)
MAKER, APPROVER = StaffNo("1004"), StaffNo("1015")


def test_a_line_asks_its_payer_for_its_due_and_who_bears_the_waiver_for_that() -> None:
    asked = {payer: share_fen(LINE, payer) for payer in Payer if share_fen(LINE, payer)}
    one_for_both = LINE.model_copy(update={"payer": Payer.TREASURY})

    assert asked == {Payer.POLICE: 15_000, Payer.TREASURY: 9_000}
    assert share_fen(one_for_both, Payer.TREASURY) == 24_000


@given(st.integers(1, 20_000_000), OPENS)
def test_what_comes_is_divided_to_the_fen_and_no_case_gets_more_than_is_open(
    fen: int, opens: dict[CaseNo, int]
) -> None:
    found = allocate(fen, opens)

    assert sum(found.parts.values()) + found.over_fen == fen
    assert all(0 < part <= opens[case] for case, part in found.parts.items())
    assert found.over_fen == max(0, fen - sum(opens.values()))


def test_a_part_payment_is_divided_by_what_is_open() -> None:
    one, two, three = (CaseNo(f"WZ-2026-{n:06d}") for n in (1, 2, 3))

    assert allocate(100, {one: 100, two: 100, three: 100}).parts == {one: 34, two: 33, three: 33}
    assert allocate(100, {one: 0, two: 300, three: 100}).parts == {two: 75, three: 25}


@pytest.mark.parametrize(
    ("case", "open_fen"),
    [
        (Settled(15_000, 0, 0, 15_000), 15_000),
        (Settled(15_000, 10_000, 0, 5_000), 5_000),
        (Settled(15_000, 20_000, 5_000, 0), 0),
        (Settled(15_000, 0, 0, 4_000), 4_000),  # it paid at the counter too
        (Settled(0, 15_000, 0, 0), 0),  # paid, and taken back since
        (Settled(15_000, 20_000, 0, 9_000), 0),
    ],
)
def test_a_case_is_never_asked_for_more_than_the_ledger_has(case: Settled, open_fen: int) -> None:
    assert case.open_fen == open_fen


def test_nobody_sends_what_they_made_or_what_is_not_on_its_bill_any_more() -> None:
    stale = Refusal(Problem.STATEMENT_STALE, CASE)

    assert statements.sendable(MAKER, APPROVER, [Standing(SHARE)]) is None
    assert statements.sendable(MAKER, MAKER, [Standing(SHARE)]) == Refusal(Problem.OWN_WORK)
    assert statements.sendable(MAKER, APPROVER, [Standing(SHARE), Standing(SHARE, taken_back=True)]) == stale
    assert statements.sendable(MAKER, APPROVER, [Standing(SHARE, gone=Gone.RETURNED)]) == stale


def test_a_period_is_over_today_at_the_latest_and_does_not_run_backwards() -> None:
    today = date(2026, 11, 1)

    assert statements.period(today, today, START) is None
    assert statements.period(today, today + timedelta(days=1), START) == Refusal(Problem.FIELD_INVALID, "last")
    assert statements.period(today, today - timedelta(days=1), START) == Refusal(Problem.FIELD_INVALID, "last")


@pytest.mark.parametrize("changes", [{"total_fen": 15_001}, {"shares": (SHARE, SHARE), "total_fen": 30_000}])
def test_a_statement_that_does_not_add_up_or_asks_twice_cannot_be(changes: dict[str, object]) -> None:
    values = {
        "home": "WZ",
        "number": 1,
        "payer": Payer.POLICE,
        "first": date(2026, 11, 1),
        "last": date(2026, 11, 1),
        "made_by": MAKER,
        "approved_by": APPROVER,
        "sent_at": START,
        "total_fen": 15_000,
        "shares": (SHARE,),
    }
    assert Statement.model_validate(values).total_fen == 15_000

    with pytest.raises(ValidationError):
        Statement.model_validate(values | changes)


def test_ages_of_statements_are_those_of_the_reports() -> None:
    days = (0, 30, 31, 90, 91, 180, 181, 365, 366)

    ages = [statements.age_of(START, START + timedelta(days=one)) for one in days]

    assert ages == [age for age in Age for _ in range(2)][: len(days)]


def test_a_line_of_a_day_before_the_period_is_counted_as_one() -> None:
    day = local(SHARE.line.at).date()

    assert statements.earlier([SHARE], day) == (0, 0)
    assert statements.earlier([SHARE], day + timedelta(days=1)) == (1, 15_000)


def test_a_case_that_is_closed_takes_what_its_payer_pays() -> None:
    story = Story().booked().took(Step.CANCEL).took(Step.CLOSE)

    assert in_order(story.case, Step.STATEMENT_PAID) is None
    assert story.took(Step.STATEMENT_PAID).case.gaps == ()


def test_what_is_held_of_a_case_is_of_the_statement_that_was_paid_too_much_and_no_fen_is_of_two() -> None:
    paid_whole = Settled(15_000, 15_000, 0, 0, 15_000)
    too_much = Settled(10_000, 10_500, 0, 0, 10_000)
    taken_back = Settled(0, 16_000, 0, 0, 0)
    returned = Settled(0, 9_000, 0, 9_000, 9_000)
    assert held(500, [paid_whole, too_much]) == [0, 500]
    assert held(16_500, [too_much, taken_back]) == [500, 16_000]
    assert held(9_000, [returned, paid_whole]) == [9_000, 0]
    assert held(400, [taken_back, too_much]) == [400, 0]
    assert held(0, [too_much]) == [0] and held(-5, [too_much]) == [0]
    for left in range(0, 60_000, 777):
        assert sum(held(left, [paid_whole, too_much, taken_back, returned])) <= left
