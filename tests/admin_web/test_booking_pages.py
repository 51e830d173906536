"""Booking with a radar hit and the dispatch board in a real browser: by keyboard, and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from cardsvc.core.ids import CaseNo
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, picture
from tests.support.desk import BOOKING, Desk
from tests.support.home import Service
from tests.support.telling import stored

PICKS = ("infectious", "police", "resident", "cause_class", "case_kind")
WIDE = (
    "[...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > 361).map(e => e.outerHTML)"
)


def fill(page: Page, form: dict[str, str]) -> None:
    for name, value in form.items():
        if name in PICKS:
            page.locator(f"[name={name}][value={value}]").check()
        elif name in ("relation", "county"):
            page.locator(f"[name={name}]").select_option(value)
        else:
            page.locator(f"[name={name}]").fill(value)


@pytest.mark.browser
def test_a_caller_desk_is_asked_before_it_books_an_alike_case(service: Service, office: str, pages: Pages) -> None:
    Desk(service, "1001").post("cases/new", **BOOKING)
    page = pages.open(width=360, height=740)
    sign_in(page, office, "1001")
    page.goto(f"{office}cases/new")
    fill(page, {**BOOKING, "deceased_name": "歐陽春", "id_no": "", "address": "某路 2 号"})
    page.locator("main button.go").click()
    expect(page.locator("#radar")).to_contain_text("WZ-2026-000001")
    picture(page, "booking-radar-phone", whole=True)
    assert page.evaluate(WIDE) == []
    page.locator("[name=another]").check()
    page.locator("main button.go").click()
    expect(page.locator("h1")).to_contain_text("WZ-2026-000002")
    manager = pages.open()
    sign_in(manager, office, "1015")
    manager.goto(f"{office}cases/WZ-2026-000002/compare/WZ-2026-000001")
    manager.locator("form[action$='/reveal'] button").click()
    expect(manager.locator("dd b").first).to_be_visible()
    picture(manager, "booking-compare", whole=True)
    manager.goto(f"{office}cases/WZ-2026-000002/correct")
    picture(manager, "booking-correct", whole=True)


@pytest.mark.browser
def test_a_dispatcher_sends_a_crew_by_keyboard_and_prints_its_sheet(
    service: Service, office: str, pages: Pages
) -> None:
    Desk(service, "1001").post("cases/new", **BOOKING)
    page = pages.open()
    sign_in(page, office, "1002")
    page.goto(f"{office}dispatch")
    page.locator("[name=vehicle]").focus()
    for down in (1, 2, 3):
        for _ in range(down):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
    picture(page, "dispatch-waiting", whole=True)
    page.keyboard.press("Enter")
    expect(page.locator("form[action$='/sheet'] button")).to_be_visible()
    picture(page, "dispatch-away", whole=True)
    assert stored(service, CaseNo("WZ-2026-000001")).stage == "dispatched"
    page.locator("form[action$='/sheet'] button").click()
    expect(page.locator(".three")).to_contain_text("欧阳春")
    picture(page, "dispatch-sheet", whole=True)
    phone = pages.open(width=360, height=740, touch=True)
    sign_in(phone, office, "1015")
    phone.goto(f"{office}dispatch")
    picture(phone, "dispatch-phone", whole=True)
    assert phone.evaluate(WIDE) == []
