"""The arrangement's station: what cold storage costs stands there before the family chooses."""

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from tests.support.browser import Pages, picture
from tests.support.telling import stored
from tests.support.waiting import until
from tests.terminal.pressing import Touch, choose, enter, sign_in
from tests.terminal.rig import Home
from tests.terminal.way import before, booked, go


@pytest.fixture
def desk(home: Home) -> Iterator[Touch]:
    case_no, card = booked(home)
    go(home, card, *before(Step.STORE))
    assert case_no
    touch = Touch(home.at(At.ARRANGEMENT))
    yield touch
    touch.close()


@pytest.mark.browser
def test_the_meter_of_cold_storage_is_in_sight_before_it_runs_and_before_a_term_is_chosen(
    home: Home, desk: Touch, pages: Pages
) -> None:
    page = pages.open()
    page.goto(desk.url)
    sign_in(page, "1006")
    desk.bench.uplink.wake()
    page.locator("[data-act=choose_case]").click()
    expect(page.locator(".meter")).to_contain_text("尚未入库")
    expect(page.locator(".meter dd").nth(1)).to_have_text("¥80.00")
    expect(page.locator(".meter dd").last).to_have_text("¥320.00")
    picture(page, "kiosk-meter-before")
    expect(page.locator(".step.next")).to_have_attribute("data-step", "quote")
    page.locator("details.more summary").click()
    sizes = page.eval_on_selector_all(
        "#part button, #part input, #part summary",
        "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().height)",
    )
    assert len(sizes) > 10 and min(sizes) >= 60, "made for gloves"
    picture(page, "kiosk-more")
    page.locator("details.more summary").click()

    choose(page, Step.EXTEND_STORAGE)
    choices = page.locator(".choices [data-field=due]")
    expect(choices.nth(1)).to_contain_text("再延 3 天")
    expect(choices.nth(1)).to_contain_text("¥560.00")
    choices.nth(1).click()
    expect(page.locator(".meter dd").last).to_have_text("¥560.00")
    picture(page, "kiosk-meter-extended")


@pytest.mark.browser
def test_the_day_of_the_death_is_asked_for_with_its_paper_and_holds_nothing_up(
    home: Home, desk: Touch, pages: Pages
) -> None:
    page = pages.open()
    page.goto(desk.url)
    sign_in(page, "1006")
    page.locator("[data-act=choose_case]").click()
    choose(page, Step.VERIFY_DEATH)
    for name, value in (("paper", "death_certificate"), ("number", "DC0001"), ("issuer", "hospital"), ("alike", "yes")):
        enter(page, name, value)

    days = page.locator(".choices [data-field=died_on]")
    expect(days).to_have_count(3)
    expect(page.locator("[data-act=confirm]")).to_be_enabled()
    picture(page, "kiosk-death-day")
    days.nth(1).click()
    expect(page.locator(".slots li").last).to_contain_text("2026-10-31")
    page.locator("[data-act=confirm]").click()
    expect(page.locator(".band.go")).to_be_visible()
    until(lambda: stored(home.service, CaseNo("WZ-2026-000001")).died_on == date(2026, 10, 31))
