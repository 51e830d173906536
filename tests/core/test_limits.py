"""What a station may do without network, at each side of every bound (RELIABILITY.md section 6)."""

from datetime import timedelta
from importlib.resources import files

import pytest
from pydantic import ValidationError

from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import HomeId
from cardsvc.core.limits import NOTHING_UNSENT, Unsent, beyond, taken_in
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem
from cardsvc.core.snapshot import Limits, Setup, Snapshot
from cardsvc.core.terms import Means
from cardsvc.store.working import PRICES
from tests.core.story import DETAILS, START

P = Problem
SETUP = Setup(
    version=1,
    home_id=HomeId("WZ"),
    home_name_zh="",
    home_name_en="",
    staff=(),
    resources=(),
    stations=(),
    prices=PRICES.validate_json(files("cardsvc.data").joinpath("prices_wenzhou.json").read_text(encoding="utf-8")),
)
SNAPSHOT = Snapshot(1, START, SETUP)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def problems(
    step: Step,
    *,
    unsent: Unsent = NOTHING_UNSENT,
    linked: bool = False,
    age: timedelta = HOUR,
    **details: object,
) -> list[Problem]:
    asked = Asked(step, DETAILS.get(step, Details()).model_copy(update=details), None)
    writes = step not in (Step.PAY, Step.DEPOSIT, Step.RECOGNISE)
    found = beyond(asked, SNAPSHOT, unsent, writes_card=writes, linked=linked, now=START + age)
    return [one.problem for one in found]


@pytest.mark.parametrize(
    ("age", "linked", "expected"),
    [
        (72 * HOUR, False, []),
        (72 * HOUR + SECOND, False, [P.SNAPSHOT_STALE]),
        (72 * HOUR + SECOND, True, []),
        (400 * DAY, False, [P.SNAPSHOT_STALE]),
    ],
)
def test_a_card_is_written_without_network_for_72_hours(age: timedelta, linked: bool, expected: list[Problem]) -> None:
    assert problems(Step.STORE, age=age, linked=linked) == expected


def test_observations_pass_every_limit() -> None:
    full = Unsent(10_000_000, 10**9, START - 400 * DAY)
    assert problems(Step.RECOGNISE, unsent=full, age=400 * DAY) == []


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize(
    ("unsent", "expected"),
    [
        (Unsent(9_999, 0, START), []),
        (Unsent(10_000, 0, START), [P.UNSENT_LIMIT]),
        (Unsent(1, 0, START + HOUR - 14 * DAY), []),
        (Unsent(1, 0, START + HOUR - 14 * DAY - SECOND), [P.UNSENT_LIMIT]),
    ],
)
def test_ten_thousand_rows_or_fourteen_days_unsent_are_the_end(
    unsent: Unsent, expected: list[Problem], linked: bool
) -> None:
    assert problems(Step.STORE, unsent=unsent, linked=linked) == expected
    assert problems(Step.PAY, unsent=unsent, linked=linked, means=Means.CASH, receipt="R1") == expected


@pytest.mark.parametrize("step", [Step.PAY, Step.DEPOSIT])
@pytest.mark.parametrize("means", [Means.CASH, Means.CARD_TERMINAL])
@pytest.mark.parametrize(
    ("fen", "before", "expected"),
    [
        (2_000_000, 0, []),
        (2_000_001, 0, [P.CASH_LIMIT]),
        (2_000_000, 8_000_000, []),
        (2_000_000, 8_000_001, [P.CASH_LIMIT]),
        (1, 10_000_000, [P.CASH_LIMIT]),
    ],
)
def test_money_without_network_has_a_bound_each_and_in_total(
    step: Step, means: Means, fen: int, before: int, expected: list[Problem]
) -> None:
    waiting = Unsent(3, before, START)
    assert problems(step, unsent=waiting, amount_fen=fen, means=means, receipt="R1") == expected
    assert problems(step, unsent=waiting, amount_fen=fen, means=means, linked=True) == []


def test_money_without_network_needs_a_receipt_number_and_nobody_elses_network() -> None:
    assert problems(Step.PAY, means=Means.CASH, receipt=None) == [P.FIELD_MISSING]
    assert problems(Step.PAY, means=Means.QR, receipt="R1") == [P.OFFLINE_FORBIDDEN]
    assert problems(Step.PAY, means=Means.TRANSFER, receipt="R1") == [P.OFFLINE_FORBIDDEN]


def test_what_counts_as_taken_in() -> None:
    assert taken_in(Step.PAY, 500, Means.CASH) == taken_in(Step.DEPOSIT, 500, Means.CARD_TERMINAL) == 500
    assert taken_in(Step.PAY, 500, Means.QR) == taken_in(Step.REFUND, 500, Means.CASH) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"amber_after_s": 10},
        {"amber_after_s": 80 * 3600},
        {"cash_fen": -1},
        {"cash_fen": 20_000_000},
        {"permit_ms": 3_600_000},
        {"most_unsent": 0},
        {"forever": 1},
    ],
)
def test_limits_that_cannot_be_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Limits(**wrong)
