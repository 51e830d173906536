"""The rules of social organisations at their borders."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import expect

from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Value, Wrong
from cardsvc.handlers import move_row
from cardsvc.handlers.keep_row import Faulty
from cardsvc.invented import credit_code
from cardsvc.modules.social_orgs import MODULE, rules
from cardsvc.modules.social_orgs.records import ANNUAL_INSPECTION
from tests.modules.conftest import CLERK
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.rows import SECOND, Clerk, columns
from tests.support.serving import Served

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
ORGANISATION = {
    "name": "安溪商会",
    "kind": "社会团体",
    "standing": "登记",
    "level": "市级",
    "status": "正常",
    "pilot": "否",
    "credit_code": credit_code("51", "330302", 78),
    "registered_on": "2019-05-06",
    "party": "未建立",
}
REPORT = {
    "staff": "2",
    "members": "80",
    "income": "120000",
    "expense": "118000.50",
    "net_assets": "-2000",
    "report": "按章程开展活动。",
    "filler": "王安和",
    "filler_phone": "13800000001",
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


@pytest.fixture
def registry(bureau: Service) -> Clerk:
    return Clerk.of(bureau, MODULE)


def sends(clerk: Clerk, row_id: str, **texts: str) -> object:
    """The organisation sends its report, through its own link."""
    context, record = clerk.service.context, clerk.module.record("annual_inspection")
    row = (row_id, clerk.row("annual_inspection", row_id).version)
    return move_row.handle(context, clerk.module, record, row, "submit", texts, None, (None, None), context.clock())


def inspected(clerk: Clerk) -> str:
    organisation = clerk.types("organisation", **ORGANISATION)
    return clerk.types("annual_inspection", organisation=organisation, year="2025", due_on="2026-12-31")


def test_the_organisation_sends_its_report_and_the_clerk_judges_it(registry: Clerk) -> None:
    row_id = inspected(registry)

    assert sends(registry, row_id, **REPORT) is None
    registry.moves("annual_inspection", row_id, "send_back", opinion="收支表缺附件")
    assert sends(registry, row_id, **REPORT | {"expense": "118000"}) is None
    registry.moves("annual_inspection", row_id, "passed")

    row = registry.row("annual_inspection", row_id).values
    assert (row["state"], row["net_assets"], row["expense"]) == ("passed", -2000_00, 118000_00)
    assert row["submitted_on"] is not None and row["reviewed_on"] is not None
    assert isinstance(registry.tries_move("annual_inspection", row_id, "reopen"), Refusal)
    registry.moves("annual_inspection", row_id, "reopen", SECOND)


def test_a_report_without_its_sums_is_not_taken(registry: Clerk) -> None:
    row_id = inspected(registry)

    assert columns(sends(registry, row_id, **REPORT | {"income": "", "report": ""})) == ["income", "report"]
    assert registry.row("annual_inspection", row_id).values["state"] == "asked"


def test_the_clerk_does_not_send_for_the_organisation_nor_it_after_it_was_judged(registry: Clerk) -> None:
    row_id = inspected(registry)

    assert registry.tries_move("annual_inspection", row_id, "submit", None, **REPORT) == Refusal(
        Problem.NOT_ALLOWED, Action.EDIT_RECORDS
    )
    assert sends(registry, row_id, **REPORT) is None
    changed = {"organisation": str(registry.row("annual_inspection", row_id).values["organisation"]), "year": "2025"}
    assert registry.edits(
        "annual_inspection", row_id, **changed | REPORT | {"due_on": "2026-12-31", "income": "1"}
    ) == Refusal(Problem.ROW_FROZEN)
    registry.moves("annual_inspection", row_id, "failed", opinion="未按章程活动")
    assert sends(registry, row_id, **REPORT) == Refusal(Problem.ROW_CHANGED)


def test_a_credit_code_is_one_organisations(registry: Clerk) -> None:
    registry.types("organisation", **ORGANISATION)

    again = registry.tries("organisation", **ORGANISATION | {"name": "另一商会"})

    assert isinstance(again, Faulty)
    assert columns(again) == ["credit_code"]


def test_an_evaluation_gets_its_grade_where_it_is_typed(registry: Clerk) -> None:
    organisation = registry.types("organisation", **ORGANISATION)
    points = {"general_score": "500", "category_score": "399", "evaluated_on": "2026-03-01"}

    row = registry.row("evaluation", registry.types("evaluation", organisation=organisation, **points)).values

    assert (row["score"], row["grade"], str(row["valid_until"])) == (899, "4A", "2031-03-01")


@pytest.fixture
def served(registry: Clerk) -> Iterator[Served]:
    registry.granted()
    serving = Served(registry.service.app)
    yield serving
    serving.close()


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_an_organisation_sends_its_report_by_telephone_and_mends_it(
    registry: Clerk, served: Served, pages: Pages, language: str
) -> None:
    row_id = inspected(registry)
    made = Desk(registry.service, CLERK).post(f"modules/social_orgs/annual_inspection/{row_id}/link").text
    secret = re.search(r"public/send#([\w-]{43})", made)
    assert secret is not None
    page = pages.open(language=language, width=360, height=780, touch=True)

    def opens() -> None:
        page.goto(f"{served.address}public/send")
        page.goto(f"{served.address}public/send#{secret[1]}")
        page.reload()
        expect(page.locator("h1")).to_have_text(ANNUAL_INSPECTION.label.said("en" if language == "en" else "zh_CN"))

    def sends_it(**typed: str) -> None:
        for name, text in typed.items():
            page.locator(f"[name={name}]").fill(text)
        page.locator(".go").click()

    opens()
    sends_it(**REPORT)
    expect(page.locator(".on")).to_be_visible()
    registry.moves("annual_inspection", row_id, "send_back", opinion="收支表缺附件")
    opens()
    expect(page.locator(".notice")).to_contain_text("收支表缺附件")
    picture(page, f"inspection-{language}", whole=True)
    sends_it(expense="118000", filler_phone="13800000001")
    expect(page.locator(".on")).to_be_visible()

    assert registry.row("annual_inspection", row_id).values["expense"] == 118000_00
    opens()
    expect(page.locator(".go")).to_have_count(0)
