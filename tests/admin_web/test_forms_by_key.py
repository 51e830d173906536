"""Rules, shifts and places are changed with the keyboard alone: Tab to the field, type, Enter."""

import pytest
from playwright.sync_api import Page, expect

from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, tab_to
from tests.support.home import Service


def type_at(page: Page, selector: str, words: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


@pytest.mark.browser
def test_the_citys_rules_are_changed_by_key(service: Service, office: str, pages: Pages) -> None:
    page = pages.open()
    sign_in(page, office, "1015")
    page.goto(f"{office}rules")
    type_at(page, "#policy [type=number]", "26")
    name = page.evaluate("document.activeElement.name")
    type_at(page, f"[name=basis-{name}]", "温民〔2026〕11 号")
    type_at(page, "#policy [name=second_staff_no]", "1016")
    type_at(page, "#policy [name=second_password]", "10161016")
    page.keyboard.press("Enter")
    expect(page.locator("#versions tbody tr").first).to_contain_text("温民〔2026〕11 号")


@pytest.mark.browser
def test_a_limit_is_changed_by_key(service: Service, office: str, pages: Pages) -> None:
    page = pages.open()
    sign_in(page, office, "1015")
    page.goto(f"{office}rules")
    tab_to(page, "#limits select")
    name = page.evaluate("document.activeElement.value")
    type_at(page, "#limits [name=value]", "90000")
    type_at(page, "#limits [name=second_staff_no]", "1016")
    type_at(page, "#limits [name=second_password]", "10161016")
    page.keyboard.press("Enter")
    expect(page.locator("#limits tbody tr").first, name).to_contain_text("90000")


@pytest.mark.browser
def test_shifts_and_qualifications_are_kept_by_key(service: Service, office: str, pages: Pages) -> None:
    page = pages.open()
    sign_in(page, office, "1015")
    page.goto(f"{office}shifts")
    operator = page.locator("tr", has_text="1011")
    page.keyboard.press("/")
    page.keyboard.type("1011")
    tab_to(page, "button[value=off]")
    page.keyboard.press("Enter")
    expect(operator.locator(".quiet")).to_be_visible()
    page.wait_for_load_state()
    service.clock.forward(minutes=5)
    page.keyboard.press("/")
    page.keyboard.type("1011")
    page.keyboard.press("Enter")
    expect(operator.locator("td:nth-child(3) .on")).to_be_visible()

    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=until]")
    page.locator(":focus").fill("2027-01-31")  # the order of day, month and year is the browser's
    type_at(page, "[name=second_staff_no]", "1016")
    type_at(page, "[name=second_password]", "10161016")
    page.keyboard.press("Enter")
    expect(operator).to_contain_text("2027-01-31")


@pytest.mark.browser
def test_a_temporary_place_is_made_taken_out_of_service_and_removed_by_key(
    service: Service, office: str, pages: Pages
) -> None:
    page = pages.open(language="en")
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, office, "1015")
    page.goto(f"{office}resources?kind=slot")
    tab_to(page, "details.card summary")
    page.keyboard.press("Enter")
    type_at(page, "[name=code]", "T-09")
    page.keyboard.press("Enter")
    expect(page.locator("#T-09")).to_be_visible()

    tab_to(page, "#T-09 summary")
    page.keyboard.press("Enter")
    tab_to(page, "#T-09 [name=closed]")
    page.keyboard.press("ArrowDown")
    tab_to(page, "#T-09 button.go")
    page.keyboard.press("Enter")
    expect(page.locator("#T-09 .stop")).to_be_visible()

    tab_to(page, "#T-09 summary")
    page.keyboard.press("Enter")
    tab_to(page, "#T-09 form[action$=remove] button")
    page.keyboard.press("Enter")
    expect(page.locator("#T-09")).to_have_count(0)
