"""Every module is walked by a county's clerk and by the city, in both languages; an accessibility checker looks on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from cardsvc import modules
from cardsvc.api.app import Surface
from cardsvc.core.ids import StaffNo
from cardsvc.core.plug import discover
from cardsvc.handlers import load_half_year
from cardsvc.modules import Module
from cardsvc.surfaces import create_service
from tests.admin_web.test_console import sign_in
from tests.admin_web.test_every_page import FAULTS
from tests.support.browser import Pages
from tests.support.granting import grant
from tests.support.home import Service
from tests.support.serving import Served

MODULES = discover(modules, "MODULE", Module)
LEADER, COUNTY = "1051", "1053"
SERIOUS = frozenset({"serious", "critical"})
WALKS: dict[str, tuple[str, dict[str, Any]]] = {
    "county clerk, zh, 1280 light": (COUNTY, {}),
    "city, en, 360 dark": (LEADER, {"language": "en-US", "width": 360, "height": 760, "touch": True, "dark": True}),
}
A_DAY = 1
"""Lists of a module that are walked daily; by night all of them are.

By day the accessibility checker and the forms see each module on one of the walks, every other one on this; by night
on both.
"""


@pytest.fixture(scope="module")
def bureau(quick_home: Path) -> Iterator[Service]:
    """An office with all modules and the rows of the half-year."""
    service = Service(f"sqlite:///{quick_home / 'onecard.db'}", modules=tuple(MODULES.values()))
    load_half_year.handle(service.context, StaffNo(LEADER), service.clock.now, lambda module, rows: None)
    grant(service, COUNTY, MODULES)
    yield service
    service.close()


@pytest.fixture(scope="module")
def office(bureau: Service) -> Iterator[str]:
    """The address of its console on a real server."""
    served = Served(create_service(list(Surface), bureau.context))
    yield f"{served.address}office/"
    served.close()


def faults(page: Page, *, checker: bool) -> list[str]:
    """What a finger or a keyboard would miss on the page that is open; with the `checker`, a screen reader too."""
    found = [str(one) for one in page.evaluate(FAULTS)]
    for one in Axe().run(page).response["violations"] if checker else ():
        if one["impact"] in SERIOUS:
            found.append(f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:2]]}")
    return found


@pytest.mark.browser
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("walk", WALKS)
def test_a_module_is_walked_in_both_languages(office: str, pages: Pages, walk: str, night: bool) -> None:
    who, window = WALKS[walk]
    page = pages.open(**window)
    sign_in(page, office, who)
    wrong: dict[str, list[str]] = {}
    paths = ["modules", "work", "search"]
    if who == LEADER:
        paths += ["modules/half-year", f"modules/{next(iter(MODULES))}/statistics/set", "modules/funeral/statistics"]
    checked = set(paths)
    for number, module in enumerate(MODULES.values()):
        lists = [f"modules/{module.name}/{one.name}" for one in module.records]
        of_module = [*(lists if night else lists[:A_DAY]), f"modules/{module.name}/statistics"]
        paths += of_module
        if night or number % len(WALKS) == list(WALKS).index(walk):
            checked.update(of_module)
    for path in paths:
        for address in kinds(page, office, path, forms=path in checked):
            page.goto(address)
            assert page.locator("main h1").count() == 1, address
            if found := faults(page, checker=path in checked):
                wrong[address.removeprefix(office)] = found
    assert wrong == {}


def kinds(page: Page, office: str, path: str, *, forms: bool) -> Iterator[str]:
    """A list, its first row, with the `forms` that row's and an empty one; any other page as it is."""
    yield f"{office}{path}"
    if path.count("/") != 2 or path.endswith("statistics"):
        return
    row = page.locator("tbody a.reach").first
    if row.count():
        to = str(row.evaluate("a => a.href"))
        yield to
        if forms and page.locator("main a[href$='/edit']").count():
            yield f"{to}/edit"
    if forms:
        yield f"{office}{path}/new"
