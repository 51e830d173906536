"""Invented numbers are valid ones, each its own, and shares add up to their total."""

from hypothesis import given
from hypothesis import strategies as some
from stdnum import luhn

from cardsvc.core import invented
from cardsvc.naming.identity import valid_id_no


def test_invented_numbers_are_valid_and_everybody_has_their_own() -> None:
    people = range(20_000)
    numbers = [invented.id_no(one, invented.county(one)) for one in people]

    assert [one for one in numbers if not valid_id_no(one)] == []
    assert len(set(numbers)) == len(people)
    assert all(luhn.is_valid(invented.account(one)) for one in people)
    assert {invented.county(one) for one in people} == set(invented.COUNTIES)


@given(some.integers(0, 10**12), some.lists(some.integers(1, 50), min_size=1, max_size=20), some.sampled_from((1, 100)))
def test_shares_add_up_to_their_total(total: int, weights: list[int], step: int) -> None:
    parts = invented.shares(total, weights, step)

    assert (sum(parts), len(parts)) == (total, len(weights))
    assert all(one % step == 0 for one in parts[:-1]) and min(parts) >= 0
