"""QR payments in the console: asked at a case, followed by itself, decided about by people who may."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect
from pyzbar import pyzbar

from cardsvc.api import paying
from cardsvc.api.app import Surface
from cardsvc.core.ids import CaseNo
from cardsvc.core.paying import Order, OrderState
from cardsvc.core.words import say
from cardsvc.demo.provider import Mischief
from cardsvc.loops import Duty, running
from cardsvc.surfaces import create_service
from tests.admin_web.test_console import sign_in
from tests.service.test_family import OURS, link, look_in
from tests.support.browser import Pages, picture
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.paying import Counter
from tests.support.serving import Served


@pytest.fixture
def counter(service: Service) -> Iterator[Counter]:
    running_ = Counter.opened(service, patience_s=20.0)
    yield running_
    running_.close()


@pytest.fixture
def case_no(counter: Counter) -> CaseNo:
    return counter.case()


@pytest.fixture
def office(counter: Counter) -> Iterator[str]:
    served = Served(create_service(list(Surface), counter.service.context))
    yield f"{served.address}office/"
    served.close()


def order_of(counter: Counter) -> str:
    [number] = counter.provider.orders
    return number


def suspended(counter: Counter, case_no: CaseNo, fen: int = 12_300) -> str:
    order = counter.ask(case_no, fen)
    counter.provider.mischief = Mischief.WRONG_AMOUNT
    counter.provider.pay(order.order_no)
    counter.provider.mischief = Mischief.NONE
    counter.tell()
    return counter.provider.orders[order.order_no].payments[0].ref


@pytest.mark.browser
def test_a_cashier_shows_the_code_and_sees_it_paid(
    counter: Counter, case_no: CaseNo, office: str, pages: Pages
) -> None:
    owed = counter.owed(case_no)
    page = pages.open()
    sign_in(page, office, "1010")
    page.goto(f"{office}cases/{case_no}")
    page.get_by_role("link", name="扫码收款", exact=True).nth(-1).click()
    expect(page.locator("[name=amount]")).to_have_value(re.compile(r"^[\d,]+\.\d\d$"))
    picture(page, "pay-ask")
    page.locator("[name=amount]").fill("123.45")
    page.get_by_role("button", name="显示收款码").click()
    expect(page.locator(".state")).to_contain_text("等待支付")
    picture(page, "pay-waiting")

    [code] = pyzbar.decode(Image.open(BytesIO(page.screenshot())))
    phone = pages.open(width=390, height=844)
    phone.goto(code.data.decode())
    picture(phone, "pay-phone")
    counter.service.clock.forward(seconds=3)
    with running([Duty("payments", 0.1, lambda: paying.look_due(counter.service.context))]):
        phone.get_by_role("button").click()
        expect(phone.locator(".bubble")).to_contain_text("123.45")
        counter.service.clock.forward(seconds=3)
        expect(page.locator(".state")).to_contain_text("✓ 已支付")

    picture(page, "pay-paid")
    assert counter.owed(case_no) == owed - 12_345
    page.get_by_role("link", name="返回业务").click()
    expect(page.locator(".timeline")).to_contain_text(f"qr:{order_of(counter)}")


@pytest.mark.browser
def test_a_cashier_cancels_by_keyboard_and_asks_anew(
    counter: Counter, case_no: CaseNo, office: str, pages: Pages
) -> None:
    page = pages.open(language="en", width=360, height=740)
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page, office, "1010")
    page.goto(f"{office}cases/{case_no}/pay")
    page.locator("[name=amount]").press("Enter")
    expect(page.locator(".state")).to_contain_text("Waiting for payment")
    picture(page, "pay-phone-width", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert all(
        (box := one.bounding_box()) is not None and box["height"] >= 44
        for one in page.locator(".order button, .order a.button").all()
    )
    page.get_by_role("button", name="Cancel the payment").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".state")).to_contain_text("Cancelled")
    page.get_by_role("link", name="Ask anew").click()
    expect(page.locator("[name=amount]")).to_be_visible()
    assert counter.now(counter_order(counter)).state is OrderState.CANCELLED


def counter_order(counter: Counter) -> Order:
    order = paying.current(counter.service.context, order_of(counter))
    assert order is not None
    return order


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True])
def test_the_list_shows_first_what_needs_a_person(
    counter: Counter, case_no: CaseNo, office: str, pages: Pages, dark: bool
) -> None:
    suspended(counter, case_no)
    counter.ask(case_no, 5_000)
    page = pages.open(language="en" if dark else "zh-CN", dark=dark, width=360 if dark else 1280)
    sign_in(page, office, "1010")
    page.goto(f"{office}payments")
    expect(page.locator(".held")).to_have_count(1)
    page.get_by_role("button", name=re.compile("Compare now|立即对账")).click()
    page.locator("details summary").first.click()
    picture(page, f"payments-{'dark' if dark else 'light'}", whole=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= (360 if dark else 1280)

    page.get_by_role("button", name=re.compile("Pays this case|计入该业务")).click()

    expect(page.locator(".held")).to_have_count(0)
    assert counter.money().suspense_fen == 0


@pytest.mark.parametrize(
    ("who", "ask", "see", "decide"),
    [("1010", 200, 200, 303), ("1015", 200, 200, 303), ("1016", 403, 200, 403), ("1001", 403, 403, 403)],
)
def test_who_may_ask_see_and_decide(
    counter: Counter, case_no: CaseNo, who: str, ask: int, see: int, decide: int
) -> None:
    ref, desk = suspended(counter, case_no), Desk(counter.service, who)
    assert desk.get(f"cases/{case_no}/pay").status_code == ask
    assert {desk.get(one).status_code for one in ("payments", f"payments/{order_of(counter)}")} == {see}
    assert desk.post(f"payments/suspense/{ref}/assign", case_no=case_no).status_code == decide
    assert Desk(counter.service).get("payments").status_code == 303


def test_a_form_without_its_token_moves_nothing(counter: Counter, case_no: CaseNo) -> None:
    ref, desk = suspended(counter, case_no), Desk(counter.service, "1010")
    for path in (f"cases/{case_no}/pay", f"payments/suspense/{ref}/assign", f"payments/{order_of(counter)}/cancel"):
        assert desk.http.post(f"/office/{path}", data={"amount": "1", "case_no": case_no}).status_code == 403
    assert counter.money().suspense_fen == 12_301


def test_money_goes_back_only_with_a_second_person_s_own_password(counter: Counter, case_no: CaseNo) -> None:
    ref, desk = suspended(counter, case_no), Desk(counter.service, "1010")

    def refund(second: str, password: str) -> int:
        answer = desk.post(f"payments/suspense/{ref}/refund", second_staff_no=second, second_password=password)
        status: int = answer.status_code
        return status

    assert refund("", "") == 409
    assert refund("1010", "10101010") == 409
    assert refund("1016", "wrong") == 401
    assert refund("1001", "10011001") == 403
    assert counter.money().suspense_fen == 12_301
    assert refund("1016", "10161016") == 303
    assert counter.money().suspense_fen == 0


def test_what_cannot_be_asked_is_said(counter: Counter, case_no: CaseNo) -> None:
    desk = Desk(counter.service, "1010")
    for amount in ("", "0", "-1", "1.234", "99999999"):
        answer = desk.post(f"cases/{case_no}/pay", amount=amount)
        assert answer.status_code == 409 and say("zh_CN", "problem.amount_invalid.say") in answer.text, amount
    assert desk.post(f"cases/{case_no}/pay", amount="1", payer="nobody").status_code == 422
    assert desk.get("payments/WZ-Q1").status_code == 404
    assert desk.get("payments?state=nonsense").status_code == 200
    counter.provider.mischief = Mischief.DOWN
    mute = desk.post("payments/days", day="2026-11-01")
    assert mute.status_code == 409 and say("zh_CN", "problem.provider_mute.say") in mute.text


def test_bill_timeline_and_family_page_show_it_as_any_payment(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, 5_000)
    counter.provider.pay(order.order_no)
    counter.tell()

    page = Desk(counter.service, "1010").get(f"cases/{case_no}").text
    family = look_in(counter.service, link(counter.service, case_no))
    family.post("/family/confirm", json={"digits": "0000"}, headers=OURS)
    bill = family.get("/family/status").json()["bill"]

    assert "¥50.00" in page and f"qr:{order.order_no}" in page
    assert bill["paid"] == "50.00"
