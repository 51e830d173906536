"""What is invented has valid check digits, is the same every time, and adds up."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cardsvc import invented
from cardsvc.core.records import Column, Kind, Label
from cardsvc.naming.cells import read

ANY = Label("任意", "Any")


@given(st.integers(0, 10**9), st.sampled_from(invented.COUNTIES))
def test_every_number_is_one_that_a_form_takes(seed: int, county: str) -> None:
    random = invented.seeded(str(seed))
    numbers = {
        Kind.ID_NO: invented.id_no(random, county, date(1950, 2, 28)),
        Kind.PHONE: invented.phone(random),
        Kind.BANK_ACCOUNT: invented.bank_account(random),
        Kind.CREDIT_CODE: invented.credit_code("51", county, seed),
    }

    assert {kind: read(Column("any", ANY, kind), text) for kind, text in numbers.items()} == numbers


@given(st.integers(0, 10**9), st.sampled_from(invented.COUNTIES))
def test_a_point_is_one_that_a_form_takes(seed: int, county: str) -> None:
    point = invented.point(invented.seeded(str(seed)), county)

    assert read(Column("any", ANY, Kind.POINT), point) == point


def test_an_organisation_code_has_its_own_check_character() -> None:
    # GB 11714, worked by hand: 7*4 + 8*2 = 44 = 4 * 11, so the ninth character is 0.
    assert invented.credit_code("51", "330302", 78).startswith("513303020000007" + "80")


def test_the_same_seed_invents_the_same() -> None:
    one, other = invented.seeded("a"), invented.seeded("a")

    assert [invented.person(one) for _ in range(9)] == [invented.person(other) for _ in range(9)]


@given(st.integers(0, 10**12), st.integers(1, 400))
def test_parts_add_up_and_differ_by_one_at_most(total: int, count: int) -> None:
    cut = list(invented.parts(total, count))

    assert (len(cut), sum(cut)) == (count, total)
    assert max(cut) - min(cut) <= 1


@given(st.integers(0, 10**12), st.lists(st.integers(1, 99), min_size=1, max_size=50))
def test_shares_add_up_and_follow_their_weights(total: int, weights: list[int]) -> None:
    cut = invented.shares(total, weights)

    assert (len(cut), sum(cut)) == (len(weights), total)
    assert all(abs(one * sum(weights) - total * weight) <= sum(weights) for one, weight in zip(cut, weights))
