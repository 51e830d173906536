"""The papers on a case's page: what can be printed, what not yet and why; by keyboard, on a desk and on a phone."""

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import Step
from cardsvc.core.words import LANGUAGES, Language, say
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_STORAGE, Told

WIDER = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_printed_yet_is_told_and_refused_in_the_same_words(service: Service, language: Language) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, Step.QUOTE)
    desk = Desk(service, "1015")
    desk.http.cookies.set("language", language)
    why = f"{say(language, 'problem.paper_not_yet.say')}: {say(language, 'step.sign_quote')}"

    page = desk.get(f"cases/{one.case_no}").text
    refused = desk.post(f"cases/{one.case_no}/papers/contract.pdf")

    assert "/papers/quote.pdf" in page and "/papers/contract.pdf" not in page and f"○ {why}" in page
    assert refused.status_code == 409 and why in refused.text
    assert say(language, "problem.paper_not_yet.do") in refused.text


def test_a_print_needs_the_forms_token_and_a_paper_that_there_is(service: Service) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, Step.QUOTE)
    desk = Desk(service, "1015")
    path = f"cases/{one.case_no}/papers/quote.pdf"
    assert desk.post(path, form_token="x").status_code == 403
    assert desk.get(path).status_code in (404, 405), "a look prints nothing"
    assert desk.post(f"cases/{one.case_no}/papers/poster.pdf").status_code == 422
    assert desk.post(path).headers["content-type"] == "application/pdf"


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_paper_is_printed_by_keyboard_and_the_page_then_says_again(
    service: Service, office: str, pages: Pages, language: str
) -> None:
    pages.watch.expect(r"favicon\.ico")  # the browser's own PDF viewer looks for one
    one = Told.begun(service)
    one.go(*TO_STORAGE, *READY, Step.QUOTE, *FIRE, Step.SEAL, Step.SPLIT, Step.CERTIFY)
    page = pages.open(language=language)
    sign_in(page, office, "1015")
    page.goto(f"{office}cases/{one.case_no}")
    buttons = page.locator(".papers form button")
    expect(buttons.first).to_be_visible()

    with page.context.expect_event("response", lambda answer: answer.url.endswith(".pdf")) as printed:
        buttons.first.focus()
        page.keyboard.press("Enter")

    assert printed.value.status == 200
    page.reload()
    expect(page.locator(".papers small")).to_have_text("已打 1 份" if language == "zh-CN" else "1 printed")
    expect(buttons.first).to_have_text("补打" if language == "zh-CN" else "Print again")
    page.locator(".papers summary").click()
    picture(page, f"papers-{language}", whole=True)


@pytest.mark.browser
def test_papers_fit_a_phone_and_fingers(service: Service, office: str, pages: Pages) -> None:
    one = Told.begun(service)
    one.go(*TO_STORAGE, *READY, Step.QUOTE, *FIRE, Step.SEAL, Step.SPLIT, Step.CERTIFY)
    page = pages.open(width=360, height=740, touch=True, dark=True)
    sign_in(page, office, "1015")
    page.goto(f"{office}cases/{one.case_no}")
    page.locator(".papers summary").click()

    assert page.evaluate(WIDER) == 0
    for button in page.locator(".papers button, .papers summary").all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= 44, box
    page.locator(".papers").scroll_into_view_if_needed()
    picture(page, "papers-phone-dark")
