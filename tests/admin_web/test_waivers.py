"""The console's waiver table: what the page shows, what its form sets, and what it refuses."""

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import Details, Step
from cardsvc.core.terms import Reason, WaiverFor
from cardsvc.store import waiver_tables
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Office, go, opened

TWO = {"second_staff_no": "1016", "second_password": "10161016"}
RULE = {
    "category-0": "orphan",
    "item-0": "furnace_ordinary",
    "fen-0": "330.50",
    "units-0": "1",
    "bearer-0": "treasury",
    "set_off-0": "furnace_better",
    "legal_basis-0": "X 1",
}
HEAD = {"legal_basis": "X", "valid_from": "2026-11-05", "valid_to": ""}


def newest(service: Service) -> waiver_tables.Version:
    with service.context.engine.connect() as connection:
        return waiver_tables.versions(connection, service.context.home_id)[0]


def test_the_form_sets_a_version_for_a_day_to_come(service: Service) -> None:
    desk = Desk(service, "1015")

    assert desk.post("waivers", **HEAD, **RULE, **TWO, **{"fen-1": "", "item-1": "urn_basic"}).status_code == 303

    version = newest(service)
    (rule,) = version.table.rules
    assert (version.table.version, version.made_by, version.second) == (2, "1015", "1016")
    assert (rule.category, rule.item, rule.fen, rule.set_off) == (
        *(WaiverFor.ORPHAN, "furnace_ordinary", 33_050),
        ("furnace_better",),
    )
    page = desk.get("waivers").text
    assert "待生效" in page and "330.50" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"second_password": "wrong"},
        {"second_staff_no": "1015", "second_password": "10151015"},
        {"fen-0": "1e3"},
        {"units-0": "0"},
        {"item-0": "caviar"},
        {"bearer-0": "family"},
        {"category-0": "friend"},
        {"legal_basis": ""},
        {"legal_basis-0": ""},
        {"valid_from": "2026-10-01"},
        {"valid_to": "2026-11-04"},
    ],
)
def test_a_form_that_cannot_stay_keeps_nothing_and_what_was_typed(service: Service, changes: dict[str, str]) -> None:
    answer = Desk(service, "1015").post("waivers", **HEAD | RULE | TWO | changes)

    assert answer.status_code >= 400
    assert newest(service).table.version == 1
    assert "furnace_better" in answer.text


def test_the_case_page_names_the_record_of_a_waiver(service: Service) -> None:
    case_no, card = opened(service, resident=False)
    proof = Details(number="DB-7", reason=Reason.PROVEN_LATE, category=WaiverFor.LOW_INCOME)
    Office(service).step(case_no, Step.PROVE_WAIVER, proof)
    go(service, case_no, card, Step.DISPATCH, Step.COLLECT)

    assert "低保 DB-7" in Desk(service, "1015").get(f"cases/{case_no}").text


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 360)])
def test_the_page_fits_and_is_worked_by_keyboard(
    service: Service, office: str, pages: Pages, language: str, width: int
) -> None:
    page = pages.open(language=language, width=width)
    sign_in(page, office, "1015")
    page.goto(f"{office}waivers")
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    picture(page, f"waivers-{language}-{width}", whole=True)

    page.locator("[name=fen-0]").fill("100")
    page.locator("[name=second_staff_no]").fill("1016")
    page.locator("[name=second_password]").fill("10161016")
    page.keyboard.press("Enter")
    expect(page.locator("#versions tbody tr")).to_have_count(2)
    assert page.locator("#table tbody tr").first.locator(".money").inner_text() == "¥100.00"
    picture(page, f"waivers-{language}-{width}-set")
