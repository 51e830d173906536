"""Every page of the console that has a link to it: whole, in words, within reach of keyboard and finger."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from cardsvc import modules
from cardsvc.api.app import Surface
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.plug import discover
from cardsvc.core.staffing import Person
from cardsvc.demo.history import History
from cardsvc.handlers import clock_in, found_home, load_half_year
from cardsvc.modules import Module
from cardsvc.surfaces import create_service
from tests.admin_web.test_console import sign_in
from tests.demo.test_history import END
from tests.support.browser import Pages
from tests.support.home import Service, quick_hash
from tests.support.serving import Served

EVERYBODY = Person(StaffNo("1099"), "万能", tuple(Role), None)
"""Nobody has all roles in a home; this one may open every page."""
MODULE = discover(modules, "MODULE", Module)["disaster_relief"]
NOT_PAGES = {
    "/api/": "the JSON surface",
    "/news": "a part of the board's page",
    "/events": "a stream",
    "/state": "a part of the payment's page",
    "/progress": "a part of an import's page",
    "/static": "files",
    "/language": "changes the language and goes back",
    "/sign-in": "seen by whoever is not signed in: tests/admin_web/test_console.py",
}
A_KIND = {"zh-CN": 2, "en": 1}
"""Pages of one kind that are looked at: the second one has other data."""

FAULTS = """() => {
  const found = [], touch = window.innerWidth < 500;
  const start = (one) => one.outerHTML.slice(0, 160);
  const controls = "button, a[href], input:not([type=hidden]), select, textarea, summary";
  if (document.documentElement.scrollWidth > window.innerWidth) {
    const out = (one) => one.getBoundingClientRect().right > window.innerWidth + 1;
    found.push("wider than the window: " + [...document.querySelectorAll("main *")].filter(out).slice(0, 3).map(start));
  }
  for (const one of document.querySelectorAll(controls.split(", ").map((each) => "main " + each))) {
    const target = one.matches("[type=radio], [type=checkbox]") && one.closest("label") || one;
    const box = target.getBoundingClientRect();
    if (!one.checkVisibility() || !box.width) continue;
    const small = box.height < 43.5 || box.width < 43.5, typed = one.matches("input, select, textarea");
    const named = one.ariaLabel || one.title || one.getAttribute("aria-labelledby")
      || (typed ? one.labels.length : one.textContent.trim() || one.querySelector("[alt], title"));
    if (touch && small && !one.closest("p, svg")) found.push(`${box.width} x ${box.height} px: ${start(one)}`);
    if (!named) found.push("without a name: " + start(one));
    if (one.tabIndex > 0 || (one.tabIndex < 0 && !one.disabled)) found.push("out of Tab's order: " + start(one));
  }
  return found;
}"""
"""What a finger, a screen reader or the Tab key would miss on a page. Links in running text may be as low as it."""
LINKS = """() => [
  ...[...document.querySelectorAll("a[href]")].map((one) => new URL(one.getAttribute("href"), document.baseURI).href),
  ...[...document.querySelectorAll("form:not([method=post])")].map(
    (one) => one.action.split("?")[0] + "?" + new URLSearchParams(new FormData(one))),
]"""
"""Where the links of a page lead, and where its questions do as they stand when nobody has changed them."""
NOT_LINKED = {
    "/office/cases/{case_no}/compare/{other}": "needs two cases that look alike: tests/admin_web/test_booking_pages.py",
    "/office/drills/{number}": "needs a drill: tests/admin_web/test_duties.py",
    "/office/held/recovered/{number}": "needs lost books: tests/service/test_recovery.py",
    "/office/modules/{module}/{record}/import/{upload_id}": "needs a file: tests/modules/test_import_pages.py",
    "/office/modules/{module}/{record}/several": "needs ticked rows: tests/modules/test_several.py",
    "/office/modules/{module}/{record}/withdrawn/{row_id}": "needs a mistake: tests/modules/test_undo_pages.py",
    "/office/modules/{module}": "goes on to its first list: tests/modules/test_figures.py",
    "/office/payments/{order_no}": "needs an order: tests/admin_web/test_payments.py",
    "/office/prices/drafts/{number}": "needs a draft: tests/admin_web/test_prices.py",
    "/office/prices/lists/{version}/compare": "needs two lists: tests/admin_web/test_prices.py",
    "/office/reconciliation/{day}": "needs a night: tests/admin_web/test_duties.py",
    "/office/review/reverse": "needs a flagged line: tests/admin_web/test_review.py",
    "/office/review/together": "needs flags of a safe rule: tests/admin_web/test_review.py",
    "/office/search": "needs a question: tests/admin_web/test_module_pages.py",
}
"""Kinds that the demo's months have no page of, and where each is looked at."""


@pytest.fixture(scope="module")
def peopled(quick_home: Path) -> Iterator[Service]:
    """A home with months behind it, and a module that has every kind of page; the others are walked beside this."""
    service = Service(f"sqlite:///{quick_home / 'onecard.db'}", modules=(MODULE,))
    service.clock.now = END
    load_half_year.handle(service.context, EVERYBODY.staff_no, END, lambda module, rows: None)
    list(History(service.context, quick_home, END, 30, allow_memory=True).tell())
    found_home.add_staff(service.context, [(EVERYBODY, EVERYBODY.staff_no * 2)], quick_hash, {})
    clock_in.handle(service.context, EVERYBODY.staff_no, on=True, by=EVERYBODY.staff_no, now=END)
    yield service
    service.close()


@pytest.fixture
def office(peopled: Service) -> Iterator[str]:
    """The address of its console on a real server."""
    served = Served(create_service(list(Surface), peopled.context))
    yield f"{served.address}office/"
    served.close()


def templates(app: Starlette, before: str = "") -> Iterator[str]:
    """The paths that this app and what is mounted in it answer with GET."""
    for one in app.routes:
        if isinstance(one, Mount) and isinstance(one.app, Starlette):
            yield from templates(one.app, before + one.path)
        elif isinstance(one, Route) and "GET" in (one.methods or ()):
            yield before + one.path


def kind_of(path: str, known: list[str]) -> str:
    """Which of the known paths this one is; the plainest when several match."""
    matching = [one for one in known if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", one), path)]
    return min(matching, key=lambda one: one.count("{"), default="leads nowhere: " + path)


def walk(page: Page, office: str, known: list[str], a_kind: int) -> tuple[dict[str, list[str]], list[str]]:
    """Follow every link from the first page on: which pages were seen of each kind, and what is wrong with them."""
    seen: dict[str, list[str]] = {}
    wrong: list[str] = []
    waiting, met = [office], {office}
    while waiting:
        url = waiting.pop(0)
        kind = kind_of(urlsplit(url).path, known)
        asked = kind + "?" * ("?" in url)
        of_kind = seen.setdefault(asked, [])
        if len(of_kind) == a_kind or any(mark in kind for mark in NOT_PAGES):
            continue
        of_kind.append(url)
        answer = page.request.get(url)
        if answer.status != 200:
            wrong.append(f"{kind}: {answer.status} {url.removeprefix(office)}")
        elif answer.headers["content-type"].startswith("text/html"):
            page.goto(url)
            wrong += [f"{kind}: {one}" for one in page.evaluate(FAULTS)]
            for link in page.evaluate(LINKS):
                link = link.partition("#")[0]
                if link.startswith(office) and link not in met:
                    met.add(link)
                    waiting.append(link)
    return seen, wrong


@pytest.mark.browser
@pytest.mark.parametrize(("language", "width", "dark"), [("zh-CN", 1280, False), ("en", 360, True)])
def test_every_page_that_has_a_link_is_whole_and_within_reach(
    peopled: Service, office: str, pages: Pages, language: str, width: int, dark: bool, night: bool
) -> None:
    known = list(templates(create_service(list(Surface), peopled.context)))
    page = pages.open(language=language, width=width, height=800, touch=width < 500, dark=dark)
    sign_in(page, office, EVERYBODY.staff_no)
    seen, wrong = walk(page, office, known, max(A_KIND.values()) if night else A_KIND[language])
    assert wrong == [], "\n".join(wrong)
    pages_known = {one for one in known if one.startswith("/office/") and not any(mark in one for mark in NOT_PAGES)}
    assert pages_known - {one.rstrip("?") for one in seen} == set(NOT_LINKED)
