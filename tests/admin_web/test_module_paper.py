"""Pages of the modules on paper: A4 as a desk sees them, with tables and without what only a screen has."""

import pytest

from tests.admin_web.test_console import sign_in
from tests.admin_web.test_module_pages import LEADER, bureau, office
from tests.support.browser import Pages

__all__ = ["bureau", "office"]
HALF = "span=days&from=2026-01-01&to=2026-06-30"
PAPER = 703
"""The width between A4's margins of 12 mm, in CSS pixels."""
SHEETS = 4
"""Four of A4 in the .docx; the page has bars too."""
LOOK = """() => ({
  cells: [...new Set([...document.querySelectorAll('.list td')].map((one) => getComputedStyle(one).display))],
  heads: [...document.querySelectorAll('.list thead')].every((one) => getComputedStyle(one).display !== 'none'),
  screen: [...document.querySelectorAll('nav, form, button')].filter((one) => one.getClientRects().length > 0).length,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  high: document.documentElement.scrollHeight,
})"""


@pytest.mark.browser
@pytest.mark.timeout(600)
def test_pages_of_the_modules_are_printed_as_on_paper_and_not_as_on_a_telephone(office: str, pages: Pages) -> None:
    page = pages.open(width=PAPER)
    sign_in(page, office, LEADER)
    page.goto(f"{office}modules/elder_care/elder")
    first = page.locator("tbody a.reach").first.get_attribute("href")
    page.emulate_media(media="print")
    paths = (f"modules/half-year?{HALF}", f"modules/elder_care/statistics?{HALF}", "modules/elder_care/elder")
    told = {}
    for path in (*paths, str(first).removeprefix("/office/"), "modules/burial_reform/grave/map"):
        page.goto(f"{office}{path}")
        page.wait_for_load_state()
        told[path] = page.evaluate(LOOK)
        assert told[path]["cells"] in (["table-cell"], []) and told[path]["heads"], path
        assert told[path]["screen"] == 0 and told[path]["wide"] <= 0, (path, told[path])
    assert told[paths[0]]["high"] < (SHEETS + 3) * 1032, "the half-year is a few sheets, not twenty-two"
