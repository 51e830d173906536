"""The cashier's station: money back, and money from whoever pays a line."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pyzbar.pyzbar import ZBarSymbol, decode
from starlette.testclient import TestClient

from cardsvc.api import paying
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.paying import Order
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import AskedPay
from cardsvc.core.terms import Payer
from cardsvc.core.till import Shift
from cardsvc.demo.home import FLOAT
from cardsvc.demo.provider import Mischief
from cardsvc.handlers import close_till, open_till
from cardsvc.handlers.close_till import Closing
from cardsvc.store import receipts, tills
from cardsvc.store.snapshots import case_bill
from terminal.kiosk.app import create_kiosk
from terminal.session import Colour, Outcome
from tests.support.accounts import owes
from tests.support.browser import Pages, picture
from tests.support.paying import Counter
from tests.support.waiting import until
from tests.terminal.pressing import Touch, choose, enter, sign_in, take, to_english
from tests.terminal.rig import Bench, Home, green
from tests.terminal.way import before, booked, go


def test_the_cashier_pays_back_what_was_paid_less_what_is_owed(home: Home) -> None:
    case_no, card = booked(home)
    go(home, card, *before(Step.RESERVE))
    cashier = home.at(At.CASHIER)
    green(cashier.take(Step.DEPOSIT, None, case_no, amount_fen="500", means="cash"))
    owed = cashier.local.current.cases[case_no].bill.owed_fen  # type: ignore[union-attr]
    assert owed > 0

    over = cashier.take(Step.REFUND, None, case_no, amount_fen=str((50_000 - owed) / 100 + 0.01), means="cash")
    asked = cashier.journal.head[0]

    assert over.refusal is not None
    assert (over.refusal.problem, cashier.journal.judgement(asked).outcome) == (Problem.ABOVE_PAID, "noted")  # type: ignore[union-attr]
    green(cashier.take(Step.REFUND, None, case_no, amount_fen=str((50_000 - owed) / 100), means="cash"))
    with home.service.context.engine.connect() as connection:
        bill = case_bill(connection, home.service.context.home_id, case_no)
    assert (bill.deposit_fen, bill.open_fen) == (owed, 0)


def test_a_yes_that_is_lost_on_its_way_is_booked_and_paid_out_once(home: Home) -> None:
    case_no, _ = booked(home)
    cashier, other = home.at(At.CASHIER), Bench(home.service, At.CASHIER, home.folder, other=1)
    money = {"amount_fen": "500", "means": "cash"}
    green(cashier.take(Step.DEPOSIT, None, case_no, **money))
    word = cashier.uplink.wait_for
    cashier.uplink.wait_for = lambda seq, seconds: word(seq, seconds) and None  # type: ignore[method-assign]

    late = cashier.take(Step.REFUND, None, case_no, **money)
    again = other.take(Step.REFUND, None, case_no, **money)

    assert late.refusal == Refusal(Problem.WORD_LATE, Step.REFUND), "it may be booked: look before paying out"
    assert again.refusal is not None and again.refusal.problem is Problem.ABOVE_PAID
    cashier.exchange()
    assert cashier.local.current.cases[case_no].bill.deposit_fen == 0, "the bill says that it is to be paid out"  # type: ignore[union-attr]
    other.close()


def test_cash_is_taken_only_while_the_cashiers_shift_is_open_and_without_network_as_last_known(home: Home) -> None:
    case_no, _ = booked(home)
    cashier, context = home.at(At.CASHIER), home.service.context
    cash = {"amount_fen": "100", "means": "cash"}
    green(cashier.take(Step.DEPOSIT, None, case_no, **cash))
    cashier.cable.pulled = True
    with context.engine.connect() as connection:
        shift = tills.open_of(connection, context.home_id, StaffNo("1010"))
    assert shift is not None
    asked = Closing(shift.shift_no, {10_000: 6}, StaffNo("1010"))
    assert isinstance(close_till.handle(context, asked, home.service.clock.now), tills.Kept)

    green(cashier.take(Step.DEPOSIT, None, case_no, receipt="R-1", **cash))
    cashier.cable.pulled = False
    cashier.exchange()
    refused = cashier.take(Step.DEPOSIT, None, case_no, **cash)

    assert refused.refusal == Refusal(Problem.TILL_CLOSED, "1010")
    assert refused.colour is Colour.STOP
    green(cashier.take(Step.DEPOSIT, None, case_no, amount_fen="100", means="qr"))
    assert isinstance(open_till.handle(context, StaffNo("1010"), "QT-1", FLOAT, home.service.clock.now), Shift)
    green(cashier.take(Step.DEPOSIT, None, case_no, **cash))


def test_each_reason_of_a_refusal_stands_on_a_row_with_what_to_do_and_who_can_do_it(home: Home) -> None:
    _, card = booked(home)
    go(home, card, *before(Step.STORE))
    furnace = home.at(At.CREMATION)
    furnace.exchange()
    case_no = CaseNo("WZ-2026-000001")
    refused = furnace.take(Step.QUEUE, None, case_no, tag="7Q2F", coffin="K0001")
    assert refused.refusal is not None

    page = TestClient(create_kiosk(furnace.loop, 8123, "token"), base_url="http://127.0.0.1:8123").get("/part").text

    rows = page.partition('<ul class="reasons">')[2].partition("</ul>")[0]
    assert rows.count("<li>") == len(refused.refusal.all())
    furnace.loop.session.outcome = Outcome(
        Colour.STOP, "refused", Refusal(Problem.UNPAID, more=(Refusal(Problem.NOT_AUTHORISED),))
    )
    page = TestClient(create_kiosk(furnace.loop, 8123, "token"), base_url="http://127.0.0.1:8123").get("/part").text
    rows = page.partition('<ul class="reasons">')[2].partition("</ul>")[0]
    assert rows.count("可办：") == 2 and "收费员" in rows and "洽谈员" in rows


@pytest.fixture
def desk(home: Home) -> Iterator[Touch]:
    """The cashier's touch page, with a case that has a bill."""
    _, card = booked(home)
    go(home, card, *before(Step.RESERVE))
    served = Touch(home.at(At.CASHIER))
    yield served
    served.close()


@pytest.mark.browser
def test_a_third_party_pays_its_own_lines_at_the_counter(home: Home, desk: Touch, pages: Pages) -> None:
    case_no = CaseNo("WZ-2026-000001")
    page = pages.open()
    page.goto(desk.url)
    sign_in(page, "1010")
    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    change = {"item": "flowers", "payer": "insurer", "reason": "payer_found"}
    take(page, Step.SWITCH_PAYER, "1010", change, lambda name: picture(page, f"kiosk-cashier-{name}"))
    desk.hears()
    assert owes(home.service, case_no, Payer.INSURER) > 0

    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    choose(page, Step.PAY)
    expect(page.locator(".bill .held").first).to_contain_text("保险")
    enter(page, "payer", "insurer")
    picture(page, "kiosk-cashier-payer")
    page.locator("[data-fill]").click()
    page.keyboard.press("Enter")
    enter(page, "means", "transfer")
    expect(page.locator("[data-pad=field]")).to_be_visible()  # with gloves on
    picture(page, "kiosk-cashier-reference")
    expect(page.locator("[data-act=confirm]:not(:disabled)")).to_have_count(0)
    enter(page, "reference", "2026-AB77")
    page.locator("[data-act=confirm]:not(:disabled)").click()

    expect(page.locator(".band.go")).to_be_visible()
    until(lambda: owes(home.service, case_no, Payer.INSURER) == 0)


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_cash_is_taken_by_keyboard_with_its_change_and_its_receipts_and_taken_back_by_two(
    home: Home, desk: Touch, pages: Pages, language: str
) -> None:
    case_no = CaseNo("WZ-2026-000001")
    page = pages.open(language=language, width=1280, height=800, touch=True)
    page.goto(desk.url)
    sign_in(page, "1010")
    if language == "en":
        to_english(page)
    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    choose(page, Step.PAY)
    expect(page.locator(".bill .amount")).to_be_visible()
    picture(page, f"kiosk-cashier-bill-{language}")
    largest = page.evaluate(LARGEST)
    assert "amount" in largest, largest
    enter(page, "amount_fen", "151.30")
    enter(page, "means", "cash")
    page.locator("[data-take]").fill("151")
    expect(page.locator("[data-give].short")).to_contain_text("¥0.30")
    page.locator("[data-take]").fill("200")
    expect(page.locator("[data-give]")).to_contain_text("¥48.70")
    expect(page.locator("[data-give].short")).to_have_count(0)
    assert page.evaluate(SMALL) == []
    picture(page, f"kiosk-cashier-change-{language}")
    page.keyboard.press("Enter")

    expect(page.locator(".band.go .given")).to_contain_text("FP-000001")
    expect(page.locator(".band.go .given")).to_contain_text("¥151.30")
    page.wait_for_timeout(3_500)
    expect(page.locator(".band.go .given")).to_be_visible()
    picture(page, f"kiosk-cashier-receipt-{language}")

    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    choose(page, Step.REVERSE_PAYMENT)
    expect(page.locator(".choices [data-field=payment]").first).to_be_visible()
    picture(page, f"kiosk-cashier-reverse-{language}")
    page.locator(".choices [data-field=payment]").last.click()
    page.locator(".choices [data-field=reason]").click()
    page.locator("form[data-form=second] [name=staff_no]").fill("1015")
    page.locator("form[data-form=second] [name=pin]").fill("10151015")
    page.keyboard.press("Enter")
    page.locator("[data-act=confirm]:not(:disabled)").click()
    expect(page.locator(".band.go")).to_be_visible()
    until(lambda: not _given(home, case_no))


@pytest.fixture
def paid_by_phone(home: Home) -> Iterator[tuple[Touch, Counter]]:
    """The cashier's touch page with a payment provider outside, and a case that owes."""
    counter = Counter.opened(home.service)
    _, card = booked(home)
    go(home, card, *before(Step.RESERVE))
    served = Touch(home.at(At.CASHIER))
    yield served, counter
    served.close()
    counter.close()


def shows(page: Page, counter: Counter, state: str) -> None:
    """The provider is asked how its orders stand, and the page says it."""
    counter.look()
    expect(page.locator(f".paying[data-state={state}]")).to_be_visible()


@pytest.mark.one_language
@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_family_scans_at_the_counter_too_late_cancelled_and_paid_twice(
    paid_by_phone: tuple[Touch, Counter], pages: Pages, language: str
) -> None:
    (desk, counter), case_no = paid_by_phone, CaseNo("WZ-2026-000001")
    page = pages.open(language=language, width=1280, height=800, touch=True)
    page.goto(desk.url)
    sign_in(page, "1010")
    if language == "en":
        to_english(page)
    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    choose(page, Step.PAY)
    page.locator("[data-fill]").click()
    page.keyboard.press("Enter")
    enter(page, "means", "qr")
    picture(page, f"kiosk-cashier-qr-ask-{language}")
    page.keyboard.press("Enter")
    expect(page.locator(".paying[data-state=asked]")).to_be_visible()
    shows(page, counter, "shown")
    picture(page, f"kiosk-cashier-qr-{language}")
    shot = page.locator(".paying .qr").screenshot()
    codes = decode(Image.open(io.BytesIO(shot)), symbols=[ZBarSymbol.QRCODE])
    first = _orders(desk, case_no)[0]
    assert [one.data.decode() for one in codes] == [first.qr]
    assert page.evaluate(SMALL) == []

    page.locator("[data-act=drop_pay]").click()
    until(lambda: not counter.now(_kept(counter, first.order_no)).expires_at > counter.service.clock.now)
    shows(page, counter, "expired")
    picture(page, f"kiosk-cashier-qr-late-{language}")
    page.keyboard.press("Enter")
    expect(page.locator(".paying[data-state=asked]")).to_be_visible()
    shows(page, counter, "shown")
    counter.provider.mischief = Mischief.TWICE
    second = _orders(desk, case_no)[0]
    assert counter.provider.pay(second.order_no)
    counter.tell()

    expect(page.locator(".band.go .given")).to_be_visible()
    picture(page, f"kiosk-cashier-qr-paid-{language}")
    for _ in range(3):
        counter.tell()
        counter.look(30)
    assert [cause for cause, _ in counter.pays(case_no)] == [f"qr:{second.order_no}"]


def _orders(desk: Touch, case_no: CaseNo) -> tuple[AskedPay, ...]:
    """The orders that the station knows."""
    snapshot = desk.bench.local.current
    assert snapshot is not None
    return snapshot.cases[case_no].orders


def _kept(counter: Counter, order_no: str) -> Order:
    found = paying.current(counter.service.context, order_no)
    assert found is not None
    return found


LARGEST = """[...document.querySelectorAll('.work *')].filter(e => e.offsetParent && [...e.childNodes].some(
  n => n.nodeType === 3 && /\\d/.test(n.textContent))).sort((a, b) => parseFloat(getComputedStyle(b).fontSize)
  - parseFloat(getComputedStyle(a).fontSize))[0].className"""
SMALL = """[...document.querySelectorAll('.work button:not([tabindex="-1"]), .work input')].filter(
  e => e.offsetParent && e.getBoundingClientRect().height < 59.5).map(e => e.outerHTML)"""


def _given(home: Home, case_no: CaseNo) -> list[str]:
    """Numbers of the receipts that are not void."""
    context = home.service.context
    with context.engine.connect() as connection:
        found = receipts.of_case(connection, context.home_id, case_no)
    return [one.receipt.number for one in found if one.void is None]


def test_the_station_too_takes_no_colleague_of_another_trade_as_the_second_of_a_refund(home: Home) -> None:
    case_no, _ = booked(home)
    bench = home.at(At.CASHIER)
    green(bench.take(Step.DEPOSIT, None, case_no, amount_fen="500", means="cash"))
    bench.sign_in(Step.REFUND)
    bench.act("choose_case", case_no=case_no)
    bench.act("choose_step", step=Step.REFUND.value)
    bench.act("second", staff_no="1003", pin="10031003")
    for field, value in {"amount_fen": "300", "means": "cash"}.items():
        bench.act("enter", field=field, value=value)

    bench.act("confirm")

    assert bench.outcome is not None and bench.outcome.refusal is not None
    assert bench.outcome.refusal.problem is Problem.SECOND_PERSON_NOT_ALLOWED
    assert bench.journal.recent(1)[0].body.kind == "refused"
