"""The console in a real browser: both languages, by keyboard, on a desk and on a phone, in light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Pages, picture
from tests.support.desk import BOOKING
from tests.support.home import Service
from tests.support.telling import ARRANGED, DRESSED, FAREWELL, TO_STORAGE, go, opened


def sign_in(page: Page, office: str, staff_no: str) -> None:
    page.goto(office)
    page.locator("[name=staff_no]").fill(staff_no)
    page.locator("[name=password]").fill(staff_no * 2)
    page.keyboard.press("Enter")
    expect(page.locator(".who")).to_be_visible()


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_clerk_books_finds_and_follows_a_case(service: Service, office: str, pages: Pages, language: str) -> None:
    number, card = opened(service, id_no=None)
    way = (*TO_STORAGE, *ARRANGED, *DRESSED, *FAREWELL)
    go(service, number, card, *way)
    page = pages.open(language=language)
    page.goto(office)
    picture(page, f"console-{language}-sign-in")
    sign_in(page, office, "1015")
    picture(page, f"console-{language}-cases")
    page.keyboard.press("/")
    page.keyboard.type("wsy")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=wsy"))
    page.locator(f"a[href$='{number}']").click()
    expect(page.locator(".timeline li")).to_have_count(2 + len(way))
    picture(page, f"console-{language}-case", whole=True)

    page.locator("nav a[href$='cases/new']").click()
    for name, value in BOOKING.items():
        field = page.locator(f"[name={name}]")
        if name in ("infectious", "police", "resident", "cause_class", "case_kind"):
            page.locator(f"[name={name}][value={value}]").check()
        elif name in ("relation", "county"):
            field.select_option(value)
        else:
            field.fill(value)
    picture(page, f"console-{language}-booking")
    page.locator("main button.go").click()
    expect(page.locator("h1")).to_contain_text("WZ-2026-000002")

    page.locator("form[action$='/link'] button").click()
    expect(page.locator(".link img")).to_be_visible()
    page.locator("[name=what]").select_option("applicant_phone")
    page.locator("form[action$='/reveal'] button").click()
    expect(page.locator("dd b")).to_have_text("13800000001")
    picture(page, f"console-{language}-revealed", whole=True)
    for name in ("cards", "stations", "unsettled", "roles"):
        page.locator(f"nav a[href$='{name}']").click()
        expect(page.locator("h1")).to_be_visible()
        picture(page, f"console-{language}-{name}")


@pytest.mark.browser
def test_the_console_works_on_a_phone_and_in_the_dark(service: Service, office: str, pages: Pages) -> None:
    number, card = opened(service)
    go(service, number, card, *TO_STORAGE)
    page = pages.open(width=360, height=740, touch=True, dark=True)
    sign_in(page, office, "1015")
    picture(page, "console-phone-cases", whole=True)
    page.goto(f"{office}cases/{number}")
    right = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361)"
    wide = f"{right}.map(e => e.outerHTML)"
    assert page.evaluate(wide) == []
    picture(page, "console-phone-case", whole=True)


@pytest.mark.browser
def test_a_refusal_is_told_on_the_page_in_words(service: Service, office: str, pages: Pages) -> None:
    page = pages.open()
    pages.watch.expect("status of 4")
    page.goto(office)
    page.locator("[name=staff_no]").fill("1015")
    page.locator("[name=password]").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("[role=alert]")).to_contain_text("工号或密码不对")
    sign_in(page, office, "1016")
    page.goto(f"{office}cases/new")
    expect(page.locator("[role=alert]")).to_contain_text("没有权限")
