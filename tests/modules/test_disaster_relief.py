"""The rules of disaster relief at their borders, and its ways through the office: shelters, revisions, batches."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cardsvc.core.records import Wrong
from cardsvc.modules.disaster_relief import MODULE
from tests.support.bureau import TWO, Bureau, bureau_of, faults, whole

DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("level", "capacity", "enough"),
    [
        ("county", 200, True),
        ("county", 199, False),
        ("town", 100, True),
        ("town", 99, False),
        ("village", 50, True),
        ("village", 49, False),
        (None, 49, None),
        ("village", None, None),
    ],
)
def test_a_shelter_holds_as_many_as_its_level_must(
    level: str | None, capacity: int | None, enough: bool | None
) -> None:
    assert whole(MODULE.record("shelter"), level=level, capacity=capacity)["large_enough"] is enough


@pytest.mark.parametrize(
    ("state", "published", "published_on", "found"),
    [
        ("ready", True, DAY, []),
        ("ready", False, None, []),
        ("repair", False, DAY, []),
        ("repair", True, DAY, [("published", Wrong.RULE)]),
        ("withdrawn", True, DAY, [("published", Wrong.RULE)]),
        ("ready", True, None, [("published_on", Wrong.MISSING)]),
    ],
)
def test_the_public_sees_only_shelters_that_can_be_used(
    state: str, published: bool, published_on: date | None, found: list[tuple[str, Wrong]]
) -> None:
    shelter = MODULE.record("shelter")

    assert faults(shelter, state=state, published=published, published_on=published_on) == found


def test_the_public_list_tells_where_a_shelter_is_and_nothing_of_its_manager() -> None:
    shelter = MODULE.record("shelter")

    assert {"name", "address", "point", "capacity"} <= set(shelter.public)
    assert {"manager", "manager_phone"} & set(shelter.public) == set()


def test_an_officer_serves_until_they_leave() -> None:
    officer = MODULE.record("officer")

    assert whole(officer, appointed_on=DAY)["serving"] is True
    assert whole(officer, appointed_on=DAY, left_on=DAY)["serving"] is False


def test_a_revision_is_issued_under_a_number() -> None:
    revision = MODULE.record("revision")

    assert faults(revision, state="issued") == [("document", Wrong.MISSING)]
    assert faults(revision, state="issued", document="演示发〔2026〕1号") == []
    assert faults(revision, state="reviewed") == []


def test_a_batch_gives_something_to_at_least_one_person_a_household() -> None:
    batch = MODULE.record("relief_batch")

    assert faults(batch, households=3, people=3, money=1) == []
    assert faults(batch, households=3, people=2, money=1) == [("people", Wrong.RULE)]
    assert faults(batch, households=3, people=3, goods_value=1) == []
    assert faults(batch, households=3, people=3) == [("money", Wrong.RULE)]


def test_what_a_person_got_is_whole_fen() -> None:
    batch = MODULE.record("relief_batch")

    assert whole(batch, people=3, money=100, goods_value=1)["per_head"] == 33
    assert whole(batch, money=100)["per_head"] is None


def test_two_people_approve_a_batch_before_it_is_handed_out() -> None:
    flow = MODULE.record("relief_batch").flow

    assert flow is not None
    assert [(one.name, one.two) for one in flow.moves if one.to == "approved"] == [("approve", True)]
    assert {one.since for one in flow.moves if one.to == "handed_out"} == {("approved",)}


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with bureau_of(tmp_path, MODULE) as running:
        yield running


def test_everybody_finds_a_shelter_and_nobody_its_manager(bureau: Bureau) -> None:
    shelter = {"county": "330302", "name": "安溪避灾点", "level": "village", "address": "安溪路 1 号", "capacity": "60"}
    shelter |= {"manager": "陈管理", "manager_phone": "13800000001", "state": "ready", "point": "28.01,120.65"}
    bureau.add("shelter", **shelter, published="yes", published_on="2026-10-01")
    bureau.add("shelter", **shelter | {"name": "和岙避灾点"}, published="no")
    hidden = shelter | {"state": "repair", "published": "yes", "published_on": "2026-10-01"}
    assert bureau.refused("shelter", **hidden) == 422

    page = bureau.service.http.get("/public/disaster_relief/shelter").text

    assert "安溪避灾点" in page and "安溪路 1 号" in page
    assert "和岙避灾点" not in page and "陈管理" not in page and "0001" not in page


def test_relief_that_two_approved_is_not_changed_by_one(bureau: Bureau) -> None:
    batch = {"county": "330302", "number": "JZ-1", "kind": "snow", "relieved_on": "2026-10-20", "households": "3"}
    batch |= {"people": "7", "money": "2100.00"}
    relief = bureau.add("relief_batch", **batch)
    assert bureau.row("relief_batch", relief)["per_head"] == 30_000

    assert bureau.move("relief_batch", relief, "hand_out", 1) == 409
    assert bureau.move("relief_batch", relief, "approve", 1, **TWO) == 303
    assert bureau.edit("relief_batch", relief, 2, **batch | {"money": "9999.00"}) == 409
    assert bureau.move("relief_batch", relief, "hand_out", 2) == 303

    told = bureau.row("relief_batch", relief)
    assert (told["state"], told["money"]) == ("handed_out", 210_000)
