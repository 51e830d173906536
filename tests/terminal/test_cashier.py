"""The cashier's station: money back, and money from whoever pays a line."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from starlette.testclient import TestClient

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Payer
from cardsvc.core.till import Shift
from cardsvc.demo.home import FLOAT
from cardsvc.handlers import close_till, open_till
from cardsvc.handlers.close_till import Closing
from cardsvc.store import tills
from cardsvc.store.snapshots import case_bill
from terminal.kiosk.app import create_kiosk
from terminal.session import Colour, Outcome
from tests.support.accounts import owes
from tests.support.browser import Pages, picture
from tests.terminal.pressing import Touch, choose, enter, sign_in, take
from tests.terminal.rig import Bench, Home, green, until
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
    assert owes(home.service, case_no, Payer.INSURER) > 0

    page.locator(f"[data-act=choose_case][data-case_no={case_no}]").click()
    choose(page, Step.PAY)
    expect(page.locator(".bill .held").first).to_contain_text("保险")
    enter(page, "payer", "insurer")
    picture(page, "kiosk-cashier-payer")
    page.locator("[data-fill]").click()
    page.keyboard.press("Enter")
    enter(page, "means", "transfer")
    page.locator("[data-act=confirm]:not(:disabled)").click()

    expect(page.locator(".band.go")).to_be_visible()
    until(lambda: owes(home.service, case_no, Payer.INSURER) == 0)
