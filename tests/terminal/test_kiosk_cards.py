"""What the touch page shows of other cards and of limits, in both languages; each page is looked at."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.words import Language, say
from tests.support.browser import Pages, picture
from tests.terminal.other_cards import adopted, booked_without_card, second_reader, staff_card
from tests.terminal.pressing import Touch, choose, sign_in, to_english
from tests.terminal.rig import Bench, Home
from tests.terminal.way import TAG, before, booked, go

Touching = Callable[[Bench], Touch]
LANGUAGES: tuple[Language, ...] = ("zh_CN", "en")


@pytest.fixture
def touching() -> Iterator[Touching]:
    """Makes touch pages, and closes them after the browser's own."""
    made: list[Touch] = []

    def make(bench: Bench) -> Touch:
        made.append(Touch(bench))
        return made[-1]

    yield make
    for one in made:
        one.close()


def opened(pages: Pages, touch: Touch, language: Language) -> Page:
    page = pages.open()
    page.goto(touch.url)
    if language == "en":
        to_english(page)
    return page


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_legacy_card_is_marked(home: Home, touching: Touching, pages: Pages, language: Language) -> None:
    card = adopted(home, booked_without_card(home))
    touch = touching(home.at(At.TRANSPORT))
    page = opened(pages, touch, language)
    sign_in(page, "1002")
    touch.bench.reader.present(card)

    expect(page.locator(".notice.wait")).to_contain_text(say(language, "kiosk.legacy_card"))
    picture(page, f"kiosk-{language}-legacy-case")
    page.locator("[data-act=choose_step][data-step=dispatch]").click()
    expect(page.locator("[data-act=confirm]")).to_be_visible()
    expect(page.locator(".notice.wait")).to_contain_text(say(language, "kiosk.legacy_card"))
    picture(page, f"kiosk-{language}-legacy-form")


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_staff_card_asks_for_the_pin_only(home: Home, touching: Touching, pages: Pages, language: Language) -> None:
    _, family_card = booked(home)
    go(home, family_card, *before(Step.STORE))
    mine, colleague = staff_card(home, "1004", 201), staff_card(home, "1005", 202)
    bench = home.at(At.COLD_STORAGE)
    bench.exchange()
    other = second_reader(bench)
    touch = touching(bench)
    page = opened(pages, touch, language)
    other.present(mine)
    expect(page.locator(".presented b")).to_have_text("吴某")
    expect(page.locator("[name=staff_no]")).to_have_count(0)
    picture(page, f"kiosk-{language}-staff-card-sign-in")
    page.locator("[name=pin]").fill("10041004")
    page.keyboard.press("Enter")
    expect(page.locator("[data-act=sign_out]")).to_be_visible()
    other.remove()
    bench.reader.present(family_card)
    page.locator("[data-act=choose_step][data-step=store]").click()
    page.locator("form[data-form=enter][data-field=tag] [name=value]").fill(TAG)
    page.keyboard.press("Enter")
    page.locator(".choices [data-field=slot][data-value=A-07]").click()
    expect(page.locator("form[data-form=second] [name=staff_no]")).to_be_visible()
    other.present(colleague)
    expect(page.locator("form[data-form=second] .presented b")).to_have_text("郑某")
    picture(page, f"kiosk-{language}-staff-card-second")
    page.locator("form[data-form=second] [name=pin]").fill("10051005")
    page.keyboard.press("Enter")
    page.locator("[data-act=confirm]:not(:disabled)").click()
    expect(page.locator(".band.go")).to_be_visible()


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_two_cards_say_leave_one(home: Home, touching: Touching, pages: Pages, language: Language) -> None:
    _, family_card = booked(home)
    blank = home.blank_card(9)
    bench = home.at(At.TRANSPORT)
    bench.exchange()
    other = second_reader(bench)
    touch = touching(bench)
    page = opened(pages, touch, language)
    sign_in(page, "1002")
    bench.reader.present(family_card)
    expect(page.locator("[data-act=choose_step][data-step=dispatch]")).to_be_visible()
    other.present(blank)
    expect(page.locator(".band.stop")).to_contain_text(say(language, "problem.two_cards.do"))
    picture(page, f"kiosk-{language}-two-cards")
    other.remove()
    expect(page.locator(".band.stop")).to_have_count(0)


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_strip_of_limits_is_shown_before_they_bite(
    home: Home, touching: Touching, pages: Pages, language: Language
) -> None:
    case_no, _ = booked(home)
    bench = home.at(At.CASHIER)
    bench.exchange()
    touch = touching(bench)
    page = opened(pages, touch, language)
    expect(page.locator(".link.on")).to_be_visible()
    expect(page.locator(".limits")).to_have_count(0)
    touch.unplug()
    home.service.clock.forward(hours=5)
    bench.loop.changed()
    expect(page.locator(".limits")).to_contain_text("10,000")
    picture(page, f"kiosk-{language}-limits-quiet")
    sign_in(page, "1010")
    for number in range(3):
        page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
        choose(page, Step.DEPOSIT)
        page.locator("form[data-field=amount_fen] [name=value]").fill("20000")
        page.keyboard.press("Enter")
        page.locator(".choices [data-field=means][data-value=cash]").click()
        expect(page.locator("form[data-field=receipt]")).to_be_visible()
        if number == 0:
            picture(page, f"kiosk-{language}-limits-receipt")
        page.locator("form[data-field=receipt] [name=value]").fill(f"R{number}")
        page.keyboard.press("Enter")
        page.locator("[data-act=confirm]:not(:disabled)").click()
        expect(page.locator(".band.go")).to_be_visible()
    home.service.clock.forward(hours=25)
    bench.loop.changed()
    expect(page.locator(".limits .wait")).to_have_count(2)
    picture(page, f"kiosk-{language}-limits-amber")
    home.service.clock.forward(hours=60)
    bench.loop.changed()
    expect(page.locator(".limits .stop")).to_have_count(1)
    picture(page, f"kiosk-{language}-limits-red")
