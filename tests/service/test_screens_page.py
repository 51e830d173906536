"""The screens in a kiosk's browser, 1920x1080: legible from five metres, live, stale, switched off while it hangs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cardsvc.api.app import Surface, create_app
from cardsvc.core.facts import Details, Step
from cardsvc.core.shown import ScreenKind
from cardsvc.core.terms import Approval, Reason
from cardsvc.handlers import screen
from cardsvc.store.family import hash_of
from tests.service.test_screens import BY, FAREWELL_AT, HOUR, first, made, second
from tests.support.browser import Pages, picture
from tests.support.home import Service
from tests.support.serving import Served
from tests.support.telling import ARRANGED, READY

SOON_MS = 30_000
"""A screen asks every five seconds, and says after fifteen that nobody answers; a kiosk here is hurried."""
LEGIBLE_PX = 40
"""A character of 25 mm on a screen of 55 inches: read from five metres."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    yield running
    running.close()


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """The public surface on a port of this machine."""
    served = Served(create_app([Surface.FAMILY], service.context))
    yield f"{served.address}screens/"
    served.close()


def kiosk(pages: Pages, width: int = 1920, height: int = 1080) -> Page:
    return pages.open(width=width, height=height, hurried=True)


def size_of(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)"))


def fits(page: Page) -> bool:
    script = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    wide, high = page.evaluate(script)
    size = page.viewport_size
    assert size is not None
    return bool(wide <= size["width"] and high <= size["height"])


@pytest.mark.browser
def test_the_queue_hangs_on_a_wall_and_says_when_it_is_out_of_touch(
    service: Service, address: str, pages: Pages
) -> None:
    pages.watch.expect("Failed to load resource")
    one, two = first(service), second(service)
    one.go(*READY)
    page = kiosk(pages)
    token = made(service)
    page.goto(f"{address}{token}")
    expect(page.locator("#nobody")).to_be_visible(timeout=SOON_MS)
    picture(page, "screen-queue-empty")
    one.go(Step.QUEUE)
    two.does(Step.ENCOFFIN, tag="8R3H", coffin="K0002")
    two.does(Step.QUEUE, tag="8R3H", coffin="K0002")

    expect(page.locator("#rows li")).to_have_count(2, timeout=SOON_MS)
    two.office.step(two.case_no, Step.APPROVE, Details(approval=Approval.REORDER, reason=Reason.URGENT))
    expect(page.locator("#rows li.moved .why")).to_contain_text("紧急安排", timeout=SOON_MS)
    expect(page.locator("#rows li").first).to_contain_text("02", timeout=SOON_MS)
    assert min(size_of(page, ".number"), size_of(page, ".turn"), size_of(page, "#clock")) >= LEGIBLE_PX
    assert fits(page)
    assert page.context.cookies() == []
    picture(page, "screen-queue")

    page.route("**/now", lambda route: route.abort())
    expect(page.locator("#stale")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("#clock")).to_have_text("--:--", timeout=SOON_MS)
    assert size_of(page, "#stale") >= LEGIBLE_PX
    picture(page, "screen-queue-stale")
    page.unroute("**/now")
    expect(page.locator("#stale")).to_be_hidden(timeout=SOON_MS)

    screen.revoke(service.context, hash_of(token), BY, service.clock.now)
    expect(page.locator("#ended")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("#rows li")).to_have_count(0, timeout=SOON_MS)
    picture(page, "screen-queue-ended")


@pytest.mark.browser
def test_a_full_queue_fits_one_screen(service: Service, address: str, pages: Pages) -> None:
    cases = [first(service)]
    cases[0].go(*READY, Step.QUEUE)
    for number in range(2, 16):
        crew = f"V{2 + number % 4}"
        one = second(service, number, tag=f"T{number:03d}", slot=f"A-{number + 8:02d}", vehicle=crew)
        one.does(Step.ENCOFFIN, tag=f"T{number:03d}", coffin=f"K{number:04d}")
        one.does(Step.QUEUE, tag=f"T{number:03d}", coffin=f"K{number:04d}")
        cases.append(one)
    cases[9].office.step(cases[9].case_no, Step.APPROVE, Details(approval=Approval.REORDER, reason=Reason.FAMILY_WISH))
    page = kiosk(pages)
    page.goto(f"{address}{made(service)}")
    expect(page.locator("#rows li")).to_have_count(12, timeout=SOON_MS)
    expect(page.locator("#more")).to_contain_text("另有 3 位", timeout=SOON_MS)
    picture(page, "screen-queue-full")
    assert fits(page)
    small = kiosk(pages, 360, 740)
    small.goto(f"{address}{made(service)}")
    expect(small.locator("#rows li")).to_have_count(12, timeout=SOON_MS)
    assert small.evaluate("document.documentElement.scrollWidth") <= 360
    picture(small, "screen-queue-360")


@pytest.mark.browser
def test_the_hall_screen_goes_from_waiting_to_checked_to_the_next(service: Service, address: str, pages: Pages) -> None:
    one, two = first(service), second(service)
    one.go(*ARRANGED, Step.TAKE_OUT)
    two.does(Step.RESERVE, hall="H1", starts=FAREWELL_AT + 2 * HOUR)
    page = kiosk(pages)
    page.goto(f"{address}{made(service, ScreenKind.HALL, 'H1')}")
    expect(page.locator("#nothing-now")).to_be_visible(timeout=SOON_MS)
    service.clock.now = FAREWELL_AT + HOUR / 10
    expect(page.locator("#name")).to_have_text("王某", timeout=SOON_MS)
    expect(page.locator("#check")).to_have_class("waiting", timeout=SOON_MS)
    picture(page, "screen-hall-waiting")
    one.does(Step.FAREWELL)
    expect(page.locator("#check")).to_have_class("agrees", timeout=SOON_MS)
    expect(page.locator("#next-period")).to_have_text("13:30–14:45", timeout=SOON_MS)
    assert min(size_of(page, one) for one in ("#name", "#period", "#check", "#next-line", "#clock")) >= LEGIBLE_PX
    assert fits(page)
    picture(page, "screen-hall")
    one.does(Step.FAREWELL_OVER)
    expect(page.locator("#nothing-now")).to_be_visible(timeout=SOON_MS)
    small = kiosk(pages, 360, 740)
    small.goto(f"{address}{made(service, ScreenKind.HALL, 'H1')}")
    expect(small.locator("#next-period")).to_be_visible(timeout=SOON_MS)
    assert small.evaluate("document.documentElement.scrollWidth") <= 360
    picture(small, "screen-hall-360")


@pytest.mark.browser
def test_a_hall_with_the_wrong_body_calls_for_somebody_and_names_nobody(
    service: Service, address: str, pages: Pages
) -> None:
    one, two = first(service), second(service)
    one.go(*ARRANGED)
    two.does(Step.TAKE_OUT, tag="8R3H")
    service.clock.now = FAREWELL_AT + HOUR / 10
    two.tries(Step.FAREWELL, tag="8R3H")
    page = kiosk(pages)
    page.goto(f"{address}{made(service, ScreenKind.HALL, 'H1')}")
    expect(page.locator("#check")).to_have_class("differs", timeout=SOON_MS)
    expect(page.locator("#name")).to_be_hidden(timeout=SOON_MS)
    picture(page, "screen-hall-differs")
    pages.watch.expect("status of 404")
    page.goto(f"{address}{'A' * 43}")
    expect(page.locator("h1")).to_contain_text("已停用", timeout=SOON_MS)
    picture(page, "screen-unknown")
