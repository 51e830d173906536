"""The day close in the console: checks first, two people, a day that stays as it was closed."""

import pytest
from playwright.sync_api import expect

from tests.admin_web.test_console import sign_in
from tests.service.test_day_close import close
from tests.service.test_trial_balance import paid
from tests.support.browser import Pages, picture
from tests.support.home import Service


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_two_people_close_a_day_by_keyboard(service: Service, office: str, pages: Pages, dark: bool) -> None:
    paid(service, 50_000)
    assert close(service) is None
    service.clock.forward(days=1)
    paid(service, 60_050)
    width = 360 if dark else 1280
    page = pages.open(language="en" if dark else "zh-CN", dark=dark, width=width)
    sign_in(page, office, "1010")
    page.goto(f"{office}days")
    page.locator("summary").focus()
    page.keyboard.press("Enter")
    picture(page, f"days-open-{'dark' if dark else 'light'}", whole=True)
    page.locator("[name=second_staff_no]").fill("1015")
    page.locator("[name=second_password]").fill("10151015")
    page.keyboard.press("Enter")

    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("¥600.50")
    expect(page.locator("summary")).to_have_count(0)
    picture(page, f"days-closed-{'dark' if dark else 'light'}", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
