"""The stock of certificates in the office, and the public page that knows a certificate: keyboard, touch, 360 px."""

import pytest
from playwright.sync_api import Page, expect

from cardsvc.core.facts import Step
from cardsvc.store import stock as stocks
from cardsvc.store.stock import CERTIFICATES
from tests.admin_web.test_ashes import WIDER
from tests.admin_web.test_console import sign_in
from tests.service.test_certificates import certified, code
from tests.support.browser import Pages, picture, tab_to
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import FIRE, READY, TO_STORAGE, go, opened

SMALL = """[...document.querySelectorAll(`main a.button, main button, main input:not([type=hidden]), main select,
  main summary, main .tabs a`)].filter(e => e.offsetParent && e.getBoundingClientRect().height < 43.5)
  .map(e => e.outerHTML)"""
VOID = {"numbers": "HZ-000001", "reason": "lost"}
SECOND = {"second_staff_no": "1016", "second_password": "10161016"}


@pytest.mark.parametrize(
    ("who", "sees", "keeps"),
    [("1015", 200, 303), ("1016", 200, 403), ("1006", 200, 403), ("1001", 403, 403), ("1013", 403, 403)],
)
def test_the_manager_keeps_the_stock_arranger_and_auditor_see_it(
    service: Service, who: str, sees: int, keeps: int
) -> None:
    desk = Desk(service, who)
    assert desk.get("certificates").status_code == sees
    answer = desk.post("certificates/receive", prefix="HA-", first="1", count="5", keeper="1006")
    assert answer.status_code == keeps


def test_what_cannot_be_is_refused_in_words_and_changes_nothing(service: Service) -> None:
    desk = Desk(service, "1015")
    for path, form, status in (
        ("void", VOID, 409),
        ("void", VOID | {"second_staff_no": "1016", "second_password": "wrong"}, 401),
        ("void", VOID | {"second_staff_no": "1015", "second_password": "10151015"}, 409),
        ("void", VOID | SECOND | {"reason": "weather"}, 422),
        ("void", VOID | SECOND | {"numbers": "HZ-1"}, 422),
        ("void", VOID | SECOND | {"numbers": "HX-000001"}, 409),
        ("hand", {"numbers": "HZ-000001"}, 409),
        ("receive", {"prefix": "HZ-", "first": "1", "count": "5"}, 409),
        ("receive", {"prefix": "HZ-", "first": "9001", "count": "6000"}, 422),
        ("count", {"numbers": "HZ-000009..HZ-000001"}, 422),
    ):
        answer = desk.post(f"certificates/{path}", **form)
        assert (answer.status_code, 'class="refusal"' in answer.text) == (status, True), (path, form)
    with service.context.engine.connect() as connection:
        assert stocks.figures(connection, CERTIFICATES, service.context.home_id) == {
            "stock": 2_000,
            "drawn": 0,
            "void": 0,
        }


def test_the_list_is_by_state_and_goes_on_page_by_page(service: Service) -> None:
    case_no, number = certified(service)
    desk = Desk(service, "1015")
    assert desk.post("certificates/void", **VOID | SECOND | {"numbers": "HZ-000002..HZ-000004"}).status_code == 303

    stock = desk.get("certificates?state=stock").text
    assert "HZ-000005" in stock and "HZ-000054" in stock and 'id="HZ-000055"' not in stock
    assert "HZ-000055" in desk.get("certificates?state=stock&amp;after=HZ-000054".replace("amp;", "")).text
    drawn = desk.get("certificates?state=drawn").text
    assert number in drawn and f"/office/cases/{case_no}" in drawn and "王某" in drawn
    assert 'id="HZ-000003"' in desk.get("certificates?state=void").text
    assert 'class="empty"' in desk.get("certificates?state=drawn&after=HZ-999999").text


def test_nothing_on_the_page_draws_a_number_only_a_closed_furnace_record_does(service: Service) -> None:
    case_no, card = opened(service)
    go(service, case_no, card, *TO_STORAGE, *READY, Step.DEPOSIT, *FIRE[:-1])
    desk = Desk(service, "1015")
    answer = desk.api("POST", f"cases/{case_no}/steps", {"step": "certify"})
    assert (answer.status_code, answer.json()["code"]) == (409, "furnace_record_open")
    assert "certify" not in desk.get("certificates").text


def typed(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width", "dark"), [("zh-CN", 1280, False), ("en", 360, True)])
def test_a_manager_keeps_the_stock_by_keyboard(
    service: Service, office: str, pages: Pages, language: str, width: int, dark: bool
) -> None:
    certified(service)
    page = pages.open(language=language, width=width, dark=dark, touch=width == 360)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, office, "1015")
    page.goto(f"{office}certificates")
    name = f"certificates-{language}-{width}"
    picture(page, f"{name}-first")

    tab_to(page, ".acts details:nth-child(1) summary")
    page.keyboard.press("Enter")
    for field, text in (("prefix", "HA-"), ("first", "1"), ("count", "20"), ("keeper", "1006")):
        typed(page, f"[name={field}]", text)
    page.keyboard.press("Enter")
    expect(page.locator("td", has_text="HA-000001 – HA-000020")).to_be_visible()

    tab_to(page, ".acts details:nth-child(4) summary")
    page.keyboard.press("Enter")
    typed(page, "#voided", "HA-000003, HA-000007..HA-000008")
    picture(page, f"{name}-void", whole=True)
    assert page.evaluate(SMALL) == []
    typed(page, "details:nth-child(4) [name=second_staff_no]", "1016")
    typed(page, "details:nth-child(4) [name=second_password]", "10161016")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{office}certificates?state=void")
    assert page.locator("tbody tr[id^=HA-]").count() == 3

    tab_to(page, ".acts details:nth-child(2) summary")
    page.keyboard.press("Enter")
    page.locator("details:nth-child(2) select").select_option("1006")
    typed(page, "#counted", "HA-000001..HA-000002, HA-000004..HA-000006, HA-000009..HA-000019, HA-000003")
    tab_to(page, "details:nth-child(2) button")
    page.keyboard.press("Enter")
    row = page.locator("tr[id^=n]").first
    expect(row).to_contain_text("HA-000020")
    expect(row).to_contain_text("HA-000003")
    picture(page, f"{name}-counted", whole=True)
    assert page.evaluate(f"{WIDER}.map(e => e.outerHTML)") == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_anybody_checks_a_certificate_on_a_phone(service: Service, office: str, pages: Pages, language: str) -> None:
    _, number = certified(service)
    page = pages.open(language=language, width=360, height=740, touch=True)
    family = office.replace("/office/", "/family/")
    page.goto(f"{family}certificate")
    picture(page, f"certificate-{language}-form", whole=True)
    assert page.evaluate(SMALL.replace("43.5", "51.5")) == []

    tab_to(page, "#number")
    page.keyboard.type(number.lower())
    page.keyboard.press("Tab")
    page.keyboard.type(code(service, number))
    page.keyboard.press("Enter")
    expect(page.locator(".verdict.valid")).to_be_visible()
    picture(page, f"certificate-{language}-valid", whole=True)
    page.locator("#surname").fill("王")
    page.locator("form button").tap()
    expect(page.locator(".verdict")).to_contain_text("王某")
    picture(page, f"certificate-{language}-surname", whole=True)
    page.locator("header a").tap()
    expect(page.locator("html")).to_have_attribute("lang", "en" if language == "zh-CN" else "zh-CN")
    expect(page.locator(".verdict.valid")).to_be_visible()
    page.goto(f"{family}certificate?number={number}&code=AAAAAAAAAA")
    expect(page.locator(".verdict.not_known")).to_be_visible()
    picture(page, f"certificate-{language}-unknown", whole=True)
    assert page.evaluate(f"{WIDER}.map(e => e.outerHTML)") == []
