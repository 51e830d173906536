"""Numbers of certificate forms: ranges as people type and read them, and a count against the ledger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsvc.core.stock import MOST, Count, FormState, Unexpected, compare, numbers_in, numbers_of, ranges

STOCK, DRAWN = FormState.STOCK, FormState.DRAWN


@given(st.frozensets(st.integers(1, 60), min_size=1))
def test_what_is_written_as_ranges_reads_back(numbers: frozenset[int]) -> None:
    forms = {f"HZ-{number:06d}" for number in numbers}
    assert numbers_in(", ".join(ranges(forms))) == forms


def test_ranges_are_read_as_people_type_them() -> None:
    assert numbers_in(" hz-000001 .. HZ-000003，HZ-000005\nHZ-000007～hz-000008 ") == {
        f"HZ-{number:06d}" for number in (1, 2, 3, 5, 7, 8)
    }


@pytest.mark.parametrize(
    "text", ["HZ-1", "HZ-000003..HZ-000001", "HZ-000001..HY-000002", "HZ-000001..HZ-000002..HZ-000003", "HZ 000001 x"]
)
def test_what_cannot_be_a_range_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        numbers_in(text)


def test_one_act_is_bounded() -> None:
    assert len(numbers_in(f"HZ-000001..HZ-{MOST:06d}")) == MOST
    with pytest.raises(ValueError):
        numbers_in(f"HZ-000001..HZ-{MOST + 1:06d}")
    for prefix, first, count in (
        ("HZ-", 0, 1),
        ("HZ-", 1, 0),
        ("HZ-", 1, MOST + 1),
        ("HZ/", 1, 1),
        ("-", 1, 1),
        ("-HZ", 1, 1),
        ("HZ-", 999_999, 2),
    ):
        with pytest.raises(ValueError):
            numbers_of(prefix, first, count)


def test_both_kinds_of_difference_are_named() -> None:
    ledger = {"HZ-000001": STOCK, "HZ-000002": DRAWN}

    found = compare(["HZ-000001", "HZ-000002", "HZ-000009"], ledger, ["HZ-000001", "HZ-000003"])

    assert found.missing == ("HZ-000003",)
    assert found.unexpected == (Unexpected(number="HZ-000002", state=DRAWN), Unexpected(number="HZ-000009"))


def test_what_is_in_the_stock_and_in_other_hands_should_not_be_in_these() -> None:
    found = compare(["HZ-000001", "HZ-000002"], {"HZ-000001": STOCK, "HZ-000002": STOCK}, ["HZ-000001"])
    assert found == Count(unexpected=(Unexpected(number="HZ-000002", state=STOCK),))
