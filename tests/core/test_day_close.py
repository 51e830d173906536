"""When a day may be closed, and to which day a posting belongs."""

from datetime import UTC, date, datetime

import pytest

from cardsvc.core.day_close import Check, Figure, moved, not_closable, open_day, row_of
from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import deposits, receivable, revenue, suspense
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Payer

NOW = datetime(2026, 11, 3, 9, tzinfo=UTC)
LATE = datetime(2026, 11, 3, 16, tzinfo=UTC)
FIRST, SECOND, THIRD, FOURTH = (date(2026, 11, day) for day in (1, 2, 3, 4))
OPEN = {Check.PAYMENTS: 1}


@pytest.mark.parametrize(
    ("now", "closed", "open_"),
    [(NOW, None, THIRD), (NOW, SECOND, THIRD), (NOW, THIRD, FOURTH), (LATE, THIRD, FOURTH), (LATE, SECOND, FOURTH)],
)
def test_a_posting_belongs_to_today_or_to_the_day_after_the_last_closed_one(
    now: datetime, closed: date | None, open_: date
) -> None:
    assert open_day(now, closed) == open_


@pytest.mark.parametrize(
    ("day", "closed", "found", "why", "problem"),
    [
        (THIRD, SECOND, {}, "", None),
        (SECOND, None, {}, "", None),
        (SECOND, FIRST, {}, "", None),
        (SECOND, SECOND, {}, "", Problem.DAY_NOT_NEXT),
        (THIRD, FIRST, {}, "", Problem.DAY_NOT_NEXT),
        (FOURTH, THIRD, {}, "", Problem.DAY_NOT_NEXT),
        (THIRD, SECOND, OPEN, " ", Problem.DAY_NEEDS_REASON),
        (THIRD, SECOND, OPEN, "the bank answers tomorrow", None),
        (THIRD, SECOND, {Check.LEDGER: 1}, "never mind", Problem.BOOKS_DIFFER),
        (THIRD, SECOND, {Check.TILLS: 1}, "he has gone home", Problem.DAY_TILLS_OPEN),
    ],
)
def test_days_are_closed_in_order_once_and_with_books_that_balance(
    day: date, closed: date | None, found: dict[Check, int], why: str, problem: Problem | None
) -> None:
    refusal = not_closable(day, NOW, closed, found, why)
    assert (refusal.problem if refusal else None) == problem


def test_what_a_day_moved_is_what_lies_between_two_balances() -> None:
    before = (
        Figure(name="till/cash", debit_fen=100, credit_fen=20),
        Figure(name="deposit", debit_fen=0, credit_fen=80),
    )
    after = (
        Figure(name="till/cash", debit_fen=150, credit_fen=20),
        Figure(name="deposit", debit_fen=0, credit_fen=80),
        Figure(name="revenue/urn", debit_fen=0, credit_fen=50),
    )
    assert [(one.name, one.debit_fen, one.credit_fen) for one in moved(before, after)] == [
        ("till/cash", 50, 0),
        ("revenue/urn", 0, 50),
    ]


def test_an_account_stands_in_the_row_of_its_kind() -> None:
    case = CaseNo("WZ-2026-000001")
    rows = [row_of(one) for one in (receivable(case, Payer.POLICE), deposits(case), suspense(case), revenue("urn"))]
    assert rows == ["receivable/police", "deposit", "suspense", "revenue/urn"]
