"""The family's page in a phone's browser, in both languages: opened by its link, live, ended while it is open."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Route, expect

from cardsvc.api.app import Surface, create_app
from cardsvc.core.ids import StaffNo
from cardsvc.handlers import family_link
from cardsvc.store.family import hash_of
from tests.support.browser import Pages, picture
from tests.support.home import Service
from tests.support.serving import Served
from tests.support.telling import ARRANGED, TO_STORAGE, go, opened


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    yield running
    running.close()


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """The family's surface on a port of this machine."""
    served = Served(create_app([Surface.FAMILY], service.context))
    yield f"{served.address}family/"
    served.close()


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_family_opens_its_link_looks_and_is_told_news(
    service: Service, address: str, pages: Pages, language: str
) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:3])
    made = family_link.make(service.context, case_no, StaffNo("1001"), service.clock.now)
    assert isinstance(made, str)
    token = made.partition("#")[2]
    page = pages.open(language=language, width=390, height=844, touch=True)
    pages.watch.expect("status of 409|status of 404")

    page.goto(f"{address}#{token}")
    expect(page.locator("#name")).to_have_text("王某")
    assert token not in page.url
    expect(page.locator("#now")).to_have_text("已到馆" if language == "zh-CN" else "Arrived")
    picture(page, f"family-{language}-1", whole=True)

    go(service, case_no, card, *TO_STORAGE[3:], *ARRANGED)
    expect(page.locator("#next")).to_be_visible()
    page.locator("#digits").fill("1111")
    page.locator("#second button").click()
    expect(page.locator("#wrong")).to_be_visible()
    page.locator("#digits").fill("0000")
    page.locator("#second button").click()
    expect(page.locator("#bill")).to_be_visible()
    picture(page, f"family-{language}-2", whole=True)

    family_link.revoke(service.context, hash_of(token), None, service.clock.now)
    expect(page.locator("#ended")).to_be_visible()
    expect(page.locator("#shown")).to_be_hidden()
    picture(page, f"family-{language}-3", whole=True)


@pytest.mark.browser
def test_an_answer_that_was_on_its_way_when_the_link_ended_is_not_shown(
    service: Service, address: str, pages: Pages
) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE[:2])
    made = family_link.make(service.context, case_no, StaffNo("1001"), service.clock.now)
    assert isinstance(made, str)
    page, late = pages.open(), list[tuple[Route, APIResponse]]()
    page.goto(f"{address}#{made.partition('#')[2]}")
    expect(page.locator("#name")).to_have_text("王某")
    page.route("**/status*", lambda route: late.append((route, route.fetch())))
    go(service, case_no, card, TO_STORAGE[2])
    while not late:
        page.wait_for_timeout(20)

    family_link.revoke(service.context, hash_of(made.partition("#")[2]), None, service.clock.now)
    expect(page.locator("#ended")).to_be_visible()
    with page.expect_response("**/status*"):
        for route, answer in late:
            route.fulfill(response=answer)

    page.wait_for_timeout(200)
    expect(page.locator("#ended")).to_be_visible()
    expect(page.locator("#shown")).to_be_hidden()


@pytest.mark.browser
def test_an_unknown_link_says_what_to_do(address: str, pages: Pages) -> None:
    page = pages.open(width=360, height=640)
    pages.watch.expect("status of 404")
    page.goto(f"{address}#{'A' * 43}")
    expect(page.locator("#ended")).to_be_visible()
    expect(page.locator("#ended")).to_contain_text("新链接")
