"""Tills in the console: a float and a drawer counted piece by piece, by keyboard, by who may."""

import pytest
from playwright.sync_api import expect

from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.terms import Means
from cardsvc.core.words import say
from tests.admin_web.test_console import sign_in
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import opened


def pay(service: Service, fen: int, card_fen: int = 0) -> str:
    case_no, _ = opened(service)
    station = service.station(StationKind.CASHIER)
    station.take(case_no, Step.DEPOSIT, Details(amount_fen=fen, means=Means.CASH), staff_no="1010")
    if card_fen:
        by_card = Details(amount_fen=card_fen, means=Means.CARD_TERMINAL, reference="0001")
        station.take(case_no, Step.DEPOSIT, by_card, staff_no="1010")
    return case_no


def shift_path(desk: Desk) -> str:
    href = desk.get("tills").text.partition('class="button go" href="/office/')[2]
    return str(href.partition('"')[0])


def test_who_sees_tills_and_who_keeps_one(service: Service) -> None:
    assert Desk(service, "1004").get("tills").status_code == 403
    auditor = Desk(service, "1016")
    assert auditor.get("tills").status_code == 200
    assert auditor.post("tills", drawer="QT-3").status_code == 403
    assert auditor.get("tills/999999").status_code == 404


def test_a_cashier_counts_before_they_see_what_the_ledger_expects(service: Service) -> None:
    case_no = pay(service, 123_450)
    desk, manager = Desk(service, "1010"), Desk(service, "1015")
    path = shift_path(desk)
    for shown in (desk.get("tills").text, desk.get(path).text):
        assert "1,234.50" not in shown and "1,734.50" not in shown
    assert "1,234.50" in manager.get("tills").text and case_no in manager.get(path).text

    counted = desk.post(f"{path}/close", **{"n-10000": "17"})

    assert "-34.50" in counted.text and case_no in counted.text


def test_a_count_that_cannot_be_is_refused_and_what_was_typed_stays(service: Service) -> None:
    desk = Desk(service, "1010")
    path = shift_path(desk)
    for wrong in ("-1", "1.5", "１", "100000", "10001"):
        assert desk.post(f"{path}/close", **{"n-10000": wrong}).status_code in (409, 422)
    short = desk.post(f"{path}/close", **{"n-10000": "4", "n-5000": "1"})
    assert short.status_code == 409
    assert "-50.00" in short.text and 'name="n-10000" data-fen="10000"' in short.text and 'value="4"' in short.text
    assert desk.http.post(f"/office/{path}/close", data={"n-10000": "5"}).status_code == 403

    assert desk.post(f"{path}/close", **{"n-10000": "5"}).status_code == 303

    assert "data-fen" not in desk.get(path).text
    assert desk.post("tills", drawer="qt-1", **{"n-100": "3"}).status_code == 303
    assert "QT-1" in desk.get("tills").text


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize(("language", "width", "dark"), [("zh-CN", 1280, False), ("en", 360, True)])
def test_a_cashier_closes_and_opens_a_shift_by_keyboard(
    service: Service, office: str, pages: Pages, language: str, width: int, dark: bool
) -> None:
    case_no = pay(service, 123_450, 33_000)
    pages.watch.expect("status of 409")
    page = pages.open(language=language, width=width, dark=dark, touch=width == 360)
    sign_in(page, office, "1010")
    page.goto(f"{office}tills")
    picture(page, f"tills-{language}-{width}", whole=True)
    page.locator("a.button.go").click()
    expect(page.get_by_role("link", name=case_no)).to_have_count(0)
    page.locator("#n-10000").fill("17")
    page.locator("#n-10000").press("Tab")
    page.keyboard.type("0")
    expect(page.locator(".total")).to_have_text("¥1,700.00")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(
        say("en" if language == "en" else "zh_CN", "problem.slip_needed.say")
    )
    expect(page.locator("#n-10000")).to_have_value("17")
    expect(page.get_by_role("link", name=case_no)).to_have_count(0)
    page.locator("[name=slip]").fill("320")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("-34.50")
    expect(page.get_by_role("link", name=case_no).first).to_be_visible()
    expect(page.locator("#n-10000")).to_have_value("17")
    page.locator("[name=why]").select_option("wrong_change")
    page.locator("[name=slip_why]").select_option("not_typed")
    page.locator("[name=second_staff_no]").fill("1016")
    page.locator("[name=second_password]").fill("10161016")
    picture(page, f"till-differs-{language}-{width}", whole=True)
    page.keyboard.press("Enter")
    expect(page.locator("[data-fen]")).to_have_count(0)
    expect(page.locator(".figures")).to_contain_text("-34.50")
    picture(page, f"till-closed-{language}-{width}", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(f"{office}tills")
    page.locator("[name=drawer]").fill("QT-1")
    page.locator("#n-100").fill("50")
    page.keyboard.press("Enter")
    expect(page.locator(".till .on")).to_contain_text("QT-1")


def test_a_cashier_types_the_terminals_total_before_they_see_what_the_books_expect(service: Service) -> None:
    case_no = pay(service, 10_000, 33_000)
    desk = Desk(service, "1010")
    path = shift_path(desk)
    assert case_no not in desk.get(path).text

    asked = desk.post(f"{path}/close", **{"n-10000": "6"})
    wrong = desk.post(f"{path}/close", **{"n-10000": "6", "slip": "３３0"})

    for blind in (asked, wrong):
        assert blind.status_code in (409, 422) and case_no not in blind.text and "330.00" not in blind.text
    assert "本班有刷卡收款" in asked.text
    differs = desk.post(f"{path}/close", **{"n-10000": "6", "slip": "320"})
    assert "-10.00" in differs.text and case_no in differs.text and 'value="320.00"' in differs.text
    done = desk.post(f"{path}/close", **{"n-10000": "6", "slip": "320", "slip_why": "unknown"})

    assert done.status_code == 303
    shown = desk.get(path).text
    for said in ("刷卡机结算单", "¥320.00", "¥330.00", "-10.00", "本班刷卡明细", case_no):
        assert said in shown, said
