"""The trial balance in the console: from a sum down to the tap that moved the money."""

import re

import pytest
from playwright.sync_api import expect

from tests.admin_web.test_console import sign_in
from tests.service.test_trial_balance import paid
from tests.support.browser import Pages, picture
from tests.support.home import Service


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_a_cashier_goes_from_a_sum_down_to_its_transfers(
    service: Service, office: str, pages: Pages, dark: bool
) -> None:
    number = [paid(service, fen) for fen in (50_000, 60_050)][-1]
    width = 360 if dark else 1280
    page = pages.open(language="en" if dark else "zh-CN", dark=dark, width=width)

    def looked_at(name: str) -> None:
        picture(page, f"trial-{name}-{'dark' if dark else 'light'}", whole=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    sign_in(page, office, "1010")
    page.goto(f"{office}trial-balance")
    expect(page.locator(".agrees")).to_contain_text("¥0.00")
    looked_at("balance")
    page.get_by_role("link", name=re.compile("Deposits held|预收押金")).click()
    expect(page.locator(".stands b")).to_have_text("¥1,100.50")
    looked_at("accounts")
    page.get_by_role("link", name=number).click()
    expect(page.locator(".stands b")).to_have_text("¥600.50")
    looked_at("transfers")
    page.get_by_role("link", name=re.compile("Money: Cash|收款：现金")).click()
    expect(page.locator("tbody tr")).to_have_count(2)
