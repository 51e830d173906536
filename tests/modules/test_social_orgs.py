"""The rules of social organisations at their borders."""

from datetime import date

import pytest

from cardsvc.core.records import Fault, Value, Wrong
from cardsvc.modules.social_orgs import rules
from cardsvc.modules.social_orgs.records import ANNUAL_INSPECTION

REPORTED: dict[str, Value] = {
    "year": 2025,
    "due_on": date(2026, 5, 31),
    "state": "submitted",
    "income": 0,
    "expense": 0,
    "net_assets": -1,
    "report": "按章程开展活动。",
    "filler": "王安和",
}


def why(faults: list[Fault]) -> list[tuple[str, Wrong]]:
    return [(one.column, one.why) for one in faults]


@pytest.mark.parametrize(
    ("general", "category", "grade"),
    [
        *((600, 400, "5A"), (500, 400, "5A"), (500, 399, "4A"), (400, 400, "4A"), (400, 399, "3A")),
        *((300, 400, "3A"), (300, 399, "2A"), (200, 400, "2A"), (200, 399, "1A"), (0, 0, "1A")),
    ],
)
def test_points_make_a_grade(general: int, category: int, grade: str) -> None:
    made = rules.graded({"general_score": general, "category_score": category, "evaluated_on": date(2026, 3, 1)})

    assert made == {"score": general + category, "grade": grade, "valid_until": date(2031, 3, 1)}


def test_a_grade_of_a_leap_day_holds_until_the_28th() -> None:
    made = rules.graded({"general_score": 1, "category_score": 1, "evaluated_on": date(2024, 2, 29)})

    assert made["valid_until"] == date(2029, 2, 28)


def test_without_points_there_is_no_grade() -> None:
    made = rules.graded({"general_score": 500, "category_score": None, "evaluated_on": date(2026, 3, 1)})

    assert made == {"score": None, "grade": None, "valid_until": None}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"standing": "filed", "credit_code": None}, []),
        ({"credit_code": None}, [("credit_code", Wrong.MISSING)]),
        ({"party": "none", "party_members": 3}, [("party", Wrong.RULE)]),
        ({"party": "none", "party_members": 0}, []),
        ({"party": "own", "party_members": None}, []),
        ({"domain_name": "安溪商会.公益"}, []),
        ({"domain_name": "anxi.org"}, [("domain_name", Wrong.RULE)]),
    ],
)
def test_an_organisation_is_what_it_says(changes: dict[str, Value], wrong: list[tuple[str, Wrong]]) -> None:
    good: dict[str, Value] = {"standing": "registered", "credit_code": "51", "party": "own", "party_members": 5}

    assert why(list(rules.organisation({**good, "domain_name": None, **changes}))) == wrong


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, []),
        ({"year": 2026}, [("year", Wrong.RULE)]),
        ({"income": None}, [("income", Wrong.MISSING)]),
        ({"state": "passed", "report": None}, [("report", Wrong.MISSING)]),
        ({"state": "asked", "income": None, "report": None, "filler": None}, []),
        ({"state": "missed", "income": None, "report": None, "filler": None}, []),
        ({"state": "returned", "filler": None}, []),
    ],
)
def test_a_report_that_was_submitted_is_whole(changes: dict[str, Value], wrong: list[tuple[str, Wrong]]) -> None:
    assert why(list(rules.inspection({**REPORTED, **changes}))) == wrong


def test_the_organisation_submits_and_the_clerk_judges() -> None:
    assert ANNUAL_INSPECTION.flow is not None
    moves = ANNUAL_INSPECTION.flow.moves

    assert [one.name for one in moves if one.outside] == ["submit"]
    assert {one.to for one in moves if "submitted" in one.since} == {"returned", "passed", "basic", "failed"}


def test_a_change_of_unit_is_a_change() -> None:
    assert why(list(rules.unit_change({"before_unit": "教育局", "after_unit": "体育局"}))) == []
    assert why(list(rules.unit_change({"before_unit": "教育局", "after_unit": "教育局"}))) == [
        ("after_unit", Wrong.RULE)
    ]


@pytest.mark.parametrize(("state", "taken_by", "wrong"), [("listed", None, 0), ("taken", None, 1), ("done", "o1", 0)])
def test_what_is_taken_up_names_who_took_it(state: str, taken_by: str | None, wrong: int) -> None:
    assert len(list(rules.catalogue_item({"state": state, "taken_by": taken_by}))) == wrong
