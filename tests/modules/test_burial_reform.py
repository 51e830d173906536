"""The rules of burial reform at their borders, and its ways through the office: graves, plots, events, sign-ups."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cardsvc.core.records import Value, Wrong
from cardsvc.modules.burial_reform import MODULE
from cardsvc.modules.burial_reform.graves import CRITERIA
from tests.support.bureau import TWO, Bureau, bureau_of, faults, whole

ALL: dict[str, Value] = dict.fromkeys(CRITERIA, True)


def test_a_conversion_has_the_six_criteria_of_the_bureau() -> None:
    conversion = MODULE.record("conversion")

    assert len(CRITERIA) == 6
    assert whole(conversion, **ALL)["criteria_met"] == 6
    assert whole(conversion, **dict.fromkeys(CRITERIA, False))["criteria_met"] == 0


@pytest.mark.parametrize("missed", CRITERIA)
def test_what_misses_one_criterion_is_not_accepted(missed: str) -> None:
    conversion = MODULE.record("conversion")

    assert faults(conversion, **ALL | {missed: False}, state="accepted") == [(missed, Wrong.RULE)]
    assert faults(conversion, **ALL | {missed: False}, state="done") == []
    assert faults(conversion, **ALL, state="accepted") == []


def test_a_cemetery_has_as_many_plots_left_as_are_not_used() -> None:
    cemetery = MODULE.record("cemetery")

    assert whole(cemetery, plots=10, plots_used=10)["plots_left"] == 0
    assert faults(cemetery, kind="commercial", plots=10, plots_used=10) == []
    assert faults(cemetery, kind="commercial", plots=10, plots_used=11) == [("plots_used", Wrong.RULE)]


@pytest.mark.parametrize(
    ("plot_area", "headstone", "within"),
    [(100, 80, True), (101, 80, False), (100, 81, False), (None, 80, None), (100, None, None)],
)
def test_a_plot_keeps_to_the_standard(plot_area: int | None, headstone: int | None, within: bool | None) -> None:
    row = whole(MODULE.record("cemetery"), plot_area=plot_area, headstone=headstone)

    assert row["within_standard"] is within


def test_public_benefit_is_not_sold_at_market_prices() -> None:
    cemetery = MODULE.record("cemetery")

    assert faults(cemetery, kind="public_benefit", price_basis="market") == [("price_basis", Wrong.RULE)]
    assert faults(cemetery, kind="public_benefit", price_basis="government") == []
    assert faults(cemetery, kind="commercial", price_basis="market", price_low=2, price_high=2) == []
    assert faults(cemetery, kind="commercial", price_low=2, price_high=1) == [("price_high", Wrong.RULE)]


def test_an_event_buries_no_more_than_it_has_places() -> None:
    event = MODULE.record("event")

    assert faults(event, places=12, buried=12, state="held") == []
    assert faults(event, places=12, buried=13, state="held") == [("buried", Wrong.RULE)]
    assert faults(event, places=12, state="held") == [("buried", Wrong.MISSING)]
    assert faults(event, places=12, state="open") == []


@pytest.mark.parametrize(
    ("case_no", "found"),
    [
        ("WZ-2026-000123", []),
        (None, []),
        ("WZ-2026-00012", [("case_no", Wrong.RULE)]),
        ("WZ-2026-0001234", [("case_no", Wrong.RULE)]),
        ("wz-2026-000123", [("case_no", Wrong.RULE)]),
    ],
)
def test_a_sign_up_names_a_case_by_its_number(case_no: str | None, found: list[tuple[str, Wrong]]) -> None:
    assert faults(MODULE.record("sign_up"), case_no=case_no) == found


def test_a_burial_says_at_which_event_and_where() -> None:
    sign_up = MODULE.record("sign_up")

    assert faults(sign_up, state="notified") == [("event", Wrong.MISSING)]
    assert faults(sign_up, state="buried", event="e1") == [("spot", Wrong.MISSING)]
    assert faults(sign_up, state="buried", event="e1", spot="7 号树") == []


def test_a_family_confirms_and_withdraws_itself_but_two_clerks_record_the_burial() -> None:
    flow = MODULE.record("sign_up").flow

    assert flow is not None
    assert {one.name for one in flow.moves if one.outside} == {"confirm", "withdraw"}
    assert [(one.two, one.stamps) for one in flow.moves if one.to == "buried"] == [(True, "buried_on")]
    assert {one.name for one in flow.moves if "buried" in one.since} == set()


def test_nothing_of_a_family_is_public() -> None:
    assert [one.name for one in MODULE.records if one.published] == ["event"]


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    with bureau_of(tmp_path, MODULE) as running:
        yield running


def test_a_grave_is_accepted_only_with_all_six_criteria(bureau: Bureau) -> None:
    surveyed = {"county": "330302", "number": "SF1", "place": "安溪山", "visible": "yes", "surveyed_on": "2026-10-01"}
    grave = bureau.add("grave", **surveyed, state="listed", point="28.01,120.65")
    work = {"county": "330302", "grave": grave, "converted_on": "2026-10-20"}
    work |= dict.fromkeys(CRITERIA, "yes")
    conversion = bureau.add("conversion", **work | {"planted": "no"})

    assert bureau.move("conversion", conversion, "accept", 1, **TWO) == 422
    assert bureau.edit("conversion", conversion, 1, **work) == 303
    assert bureau.move("conversion", conversion, "accept", 2, **TWO) == 303

    assert bureau.edit("conversion", conversion, 3, **work | {"planted": "no"}) == 409
    told = bureau.row("conversion", conversion)
    assert (told["state"], told["criteria_met"], told["accepted_on"]) == ("accepted", 6, date(2026, 11, 1))
    assert grave in bureau.desk.get("modules/burial_reform/grave/map").text


def test_a_family_confirms_by_its_own_link_and_two_clerks_record_the_burial(bureau: Bureau) -> None:
    held = {"county": "330302", "name": "秋季海葬", "way": "sea", "held_on": "2026-11-01", "place": "洞头海域"}
    event = bureau.add("event", **held, places="40", published="yes")
    asked = {"county": "330302", "applicant": "欧阳小", "way": "sea", "deceased": "欧阳春", "signed_on": "2026-10-30"}
    assert bureau.refused("sign_up", **asked, case_no="WZ-2026-1") == 422
    assert bureau.refused("sign_up", **asked, case_no="WZ-2026-000001") == 422, "there is no such case"
    sign_up = bureau.add("sign_up", **asked)
    assert bureau.move("sign_up", sign_up, "notify", 1, event=event) == 303
    token = bureau.link("sign_up", sign_up)

    assert bureau.move("sign_up", sign_up, "bury", 2, spot="洞头海域", **TWO) == 409
    answer = bureau.service.http.post("/public/send/confirm", data={"token": token, "version": "2", "family": "4"})
    assert answer.status_code == 200, answer.text
    assert bureau.move("sign_up", sign_up, "bury", 3, spot="") == 409
    assert bureau.move("sign_up", sign_up, "bury", 3, spot="", **TWO) == 422
    assert bureau.move("sign_up", sign_up, "bury", 3, spot="洞头海域", certificate="HZ-1", **TWO) == 303

    told = bureau.row("sign_up", sign_up)
    assert (told["state"], told["family"], told["buried_on"]) == ("buried", 4, date(2026, 11, 1))
    page = bureau.service.http.get("/public/burial_reform/event").text
    assert "秋季海葬" in page and "欧阳" not in page
