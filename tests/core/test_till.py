"""The drawer: pieces add up, money finds its shift, and cash needs one."""

from datetime import UTC, datetime, timedelta

import pytest

from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means
from cardsvc.core.till import (
    DENOMINATIONS,
    DifferenceWhy,
    Shift,
    Slip,
    counted,
    on_slip,
    shift_at,
    unexplained,
    without_shift,
)

MORNING = datetime(2026, 11, 1, 8, tzinfo=UTC)
ONE = StaffNo("1010")


def shift(number: int, opens: int, closes: int | None) -> Shift:
    closed_at = MORNING + timedelta(hours=closes) if closes is not None else None
    return Shift(number, ONE, "QT-1", MORNING + timedelta(hours=opens), 50_000, closed_at)


@pytest.mark.parametrize(
    ("counts", "fen"),
    [
        ({}, 0),
        (dict.fromkeys(DENOMINATIONS, 1), 18_660),
        ({10_000: 3, 50: 1, 10: 4}, 30_090),
        ({10: 10_000}, 100_000),
        ({20: 1}, None),
        ({100: -1}, None),
        ({10_000: 10_001}, None),
    ],
)
def test_a_drawer_is_what_its_pieces_come_to(counts: dict[int, int], fen: int | None) -> None:
    told = counted(counts)
    assert told == (Refusal(Problem.FIELD_INVALID, "counted") if fen is None else fen)


@pytest.mark.parametrize(
    ("minutes", "number"),
    [(-11, None), (-9, 1), (0, 1), (200, 1), (245, 1), (299, None), (301, None), (355, 2), (360, 2), (9_999, 2)],
)
def test_cash_is_in_the_shift_that_its_cashier_had_then(minutes: int, number: int | None) -> None:
    found = shift_at([shift(2, 6, None), shift(1, 0, 4)], MORNING + timedelta(minutes=minutes))
    assert (found.shift_no if found is not None else None) == number


def test_between_two_shifts_the_nearer_one_has_it_and_of_two_the_later() -> None:
    close = [shift(1, 0, 4), Shift(2, ONE, "QT-1", MORNING + timedelta(hours=4), 0)]
    assert shift_at(close, MORNING + timedelta(hours=4)) == close[1]
    assert shift_at(close, MORNING + timedelta(hours=4, seconds=-1)) == close[0]
    assert shift_at([], MORNING) is None


@pytest.mark.parametrize("step", [Step.DEPOSIT, Step.PAY, Step.REFUND])
def test_cash_and_cards_need_an_open_shift_and_nothing_else_does(step: Step) -> None:
    card = Details(amount_fen=1, means=Means.CARD_TERMINAL)
    assert without_shift(step, card, ONE, None) == Refusal(Problem.TILL_CLOSED, ONE)
    assert without_shift(step, card, ONE, "QT-1") is None
    cash, qr = Details(amount_fen=1, means=Means.CASH), Details(amount_fen=1, means=Means.QR)
    assert without_shift(step, cash, ONE, None) == Refusal(Problem.TILL_CLOSED, ONE)
    assert without_shift(step, cash, ONE, "QT-1") is None
    assert without_shift(step, qr, ONE, None) is None
    assert without_shift(Step.SETTLE, cash, ONE, None) is None


def test_a_difference_needs_its_reason() -> None:
    assert unexplained(100, 100, None) is None
    assert unexplained(99, 100, DifferenceWhy.WRONG_CHANGE) is None
    assert unexplained(100, 99, None) == Refusal(Problem.TILL_DIFFERS, "+0.01")
    assert unexplained(123_400, 123_456, None) == Refusal(Problem.TILL_DIFFERS, "-0.56")


@pytest.mark.parametrize(
    ("slip", "expected", "why", "told"),
    [
        (None, 0, None, None),
        (None, 100, None, Refusal(Problem.SLIP_NEEDED)),
        (None, 100, DifferenceWhy.UNKNOWN, Refusal(Problem.SLIP_NEEDED)),
        (100, 100, DifferenceWhy.UNKNOWN, Slip(100, 100)),
        (0, 0, None, Slip(0, 0)),
        (500, 0, None, Refusal(Problem.SLIP_DIFFERS, "+5.00")),
        (-500, 0, DifferenceWhy.WRONG_CHANGE, Refusal(Problem.SLIP_DIFFERS, "-5.00")),
        (99, 100, DifferenceWhy.NOT_TYPED, Slip(99, 100, DifferenceWhy.NOT_TYPED)),
    ],
)
def test_card_money_is_held_against_its_slip(
    slip: int | None, expected: int, why: DifferenceWhy | None, told: Slip | Refusal | None
) -> None:
    assert on_slip(slip, expected, why) == told
