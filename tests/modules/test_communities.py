"""The rules of communities at their borders."""

import pytest

from cardsvc.core.records import Wrong
from cardsvc.modules.communities import COMMUNITY, check
from cardsvc.naming.cells import row

TYPED = {
    "county": "330302",
    "name": "安溪社区",
    "kind": "城市社区",
    **{one.name: "是" for one in COMMUNITY.columns if one.name.startswith("has_")},
}


@pytest.mark.parametrize(
    ("population", "households", "wrong"),
    [(0, 0, False), (10, 10, False), (10, 11, True), (None, 11, False), (10, None, False)],
)
def test_there_are_no_more_households_than_people(population: int | None, households: int | None, wrong: bool) -> None:
    faults = list(check({"population": population, "households": households}))

    assert [(one.column, one.why) for one in faults] == ([("households", Wrong.RULE)] if wrong else [])


def test_a_community_may_leave_its_numbers_out() -> None:
    values, faults = row(COMMUNITY, TYPED, ["330302"])

    assert faults == ()
    assert (values["kind"], values["population"], values["has_elderly"]) == ("urban", None, True)
