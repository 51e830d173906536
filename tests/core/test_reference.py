"""A slip or a bank's number has one form, however it is typed."""

import pytest

from cardsvc.core.facts import Details, Step
from cardsvc.core.reference import code_of, compared, normal
from cardsvc.core.terms import Means

WRITTEN = (
    *("2026-AB77", "2026-ab 77", "2026-AB  77", " 2026-AB77\t"),
    *("２０２６-ＡＢ７７", "2026\u3000-\u200bAB77", "２０２６－ab７７"),
)


@pytest.mark.parametrize("typed", WRITTEN)
def test_a_number_that_is_written_otherwise_is_the_same(typed: str) -> None:
    assert normal(typed) == "2026-AB77"


@pytest.mark.parametrize("typed", [*WRITTEN, "2026AB77", "2026.AB77", "2026_AB/77", "02026-AB-77", "2026·AB77"])
def test_a_dash_or_a_zero_more_makes_no_other_slip(typed: str) -> None:
    assert compared(typed) == "2026AB77"


def test_another_number_is_another() -> None:
    assert len({compared(one) for one in ("2026-AB77", "2026-AB7", "2026-BA77", "2026-AB770")}) == 4
    assert normal(" \u200b ") == compared(" \u200b ") == ""
    assert compared("--") == "--"
    assert compared("000") == "000"


@pytest.mark.parametrize(
    ("step", "means", "code"),
    [
        (Step.PAY, Means.TRANSFER, "B7"),
        (Step.DEPOSIT, Means.CARD_TERMINAL, "B7"),
        (Step.PAY, Means.CASH, None),
        (Step.REFUND, Means.TRANSFER, None),
    ],
)
def test_money_by_card_or_transfer_alone_is_known_by_its_number(step: Step, means: Means, code: str | None) -> None:
    assert code_of(step, Details(means=means, reference="b7")) == code
    assert code_of(step, Details(means=means)) is None
