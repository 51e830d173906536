"""The cashier's station waits for a payer's phone: asked again, unanswered, let go, and never booked twice."""

from collections.abc import Iterator

import pytest

from cardsvc.core import wire
from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.paying import OrderState
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import AskedPay
from terminal.orders import order_of
from terminal.session import Colour, Phase
from tests.support.home import booking_form
from tests.support.paying import Counter
from tests.terminal.rig import Bench, Home, green
from tests.terminal.way import before, booked, go

CASE = CaseNo("WZ-2026-000001")


@pytest.fixture
def phones(home: Home) -> Iterator[tuple[Bench, Counter]]:
    """The cashier's station without its page, a payment provider outside, and a case that owes."""
    counter = Counter.opened(home.service)
    _, card = booked(home)
    go(home, card, *before(Step.RESERVE))
    cashier = home.at(At.CASHIER)
    cashier.exchange()
    cashier.sign_in(Step.PAY)
    yield cashier, counter
    counter.close()


def type_in(cashier: Bench, fen: int) -> None:
    """The case is chosen, and what its family pays by phone is typed."""
    cashier.act("choose_case", case_no=CASE)
    cashier.act("choose_step", step=Step.PAY.value)
    cashier.act("enter", field="amount_fen", value=f"{fen / 100:.2f}")
    cashier.act("enter", field="means", value="qr")


def hears(cashier: Bench, counter: Counter, state: OrderState) -> AskedPay:
    """The provider is asked, the station hears of it, and follows an order that stands so."""
    counter.look()
    cashier.exchange()
    order = order_of(cashier.loop.session, cashier.local.current)
    assert order is not None and order.state is state, order
    return order


@pytest.mark.parametrize("lost", [False, True], ids=["back", "no answer in time"])
def test_who_asks_again_while_a_code_is_open_sees_its_payment_come(phones: tuple[Bench, Counter], lost: bool) -> None:
    cashier, counter = phones
    fen = counter.owed(CASE)
    word = cashier.uplink.wait_for
    type_in(cashier, fen)
    if lost:
        cashier.uplink.wait_for = lambda seq, seconds: word(seq, seconds) and None  # type: ignore[method-assign]
    cashier.act("ask_pay")
    cashier.uplink.wait_for = word  # type: ignore[method-assign]
    assert (cashier.loop.session.phase is Phase.PAYING) is not lost
    counter.look()
    cashier.exchange()
    cashier.act("cancel")

    type_in(cashier, fen)
    cashier.act("ask_pay")
    order = hears(cashier, counter, OrderState.SHOWN)
    assert counter.provider.pay(order.order_no)
    hears(cashier, counter, OrderState.PAID)
    cashier.loop.turn(0)

    assert cashier.outcome is not None
    green(cashier.outcome)
    assert cashier.outcome.cause == f"qr:{order.order_no}"
    assert counter.pays(CASE) == [(f"qr:{order.order_no}", fen)]


@pytest.mark.parametrize("act", ["ask_pay", "confirm"])
def test_a_record_that_the_service_could_not_read_is_said_and_the_station_stays(
    phones: tuple[Bench, Counter], act: str
) -> None:
    cashier, _ = phones
    type_in(cashier, 100)
    if act == "confirm":
        green(cashier.take(Step.DEPOSIT, None, CASE, amount_fen="500", means="cash"))
        cashier.act("choose_case", case_no=CASE)
        cashier.act("choose_step", step=Step.REFUND.value)
        cashier.second(Step.REFUND)
        cashier.act("enter", field="amount_fen", value="1")
        cashier.act("enter", field="means", value="cash")
    unread = wire.Judgement(outcome=wire.Outcome.NOTED)
    cashier.uplink.wait_for = lambda seq, seconds: unread  # type: ignore[method-assign]

    cashier.act(act)

    assert cashier.outcome is not None and cashier.outcome.refusal == Refusal(Problem.RECORD_UNREADABLE)
    assert cashier.loop.session.phase is Phase.FORM


def test_a_booking_that_the_service_could_not_read_is_said_too(home: Home) -> None:
    desk = home.at(At.BOOKING)
    desk.sign_in(Step.BOOK)
    unread = wire.Judgement(outcome=wire.Outcome.NOTED)
    desk.uplink.wait_for = lambda seq, seconds: unread  # type: ignore[method-assign]

    desk.act("booking", **booking_form().model_dump(mode="json"))

    assert desk.outcome is not None and desk.outcome.refusal == Refusal(Problem.RECORD_UNREADABLE)


def test_a_code_that_has_not_come_yet_cannot_be_let_go_and_that_is_said(phones: tuple[Bench, Counter]) -> None:
    cashier, counter = phones
    type_in(cashier, 100)
    take, cashier.local.take = cashier.local.take, lambda raw: None  # type: ignore[method-assign]
    cashier.act("ask_pay")
    head = cashier.journal.head[0]

    cashier.act("drop_pay")

    assert cashier.outcome is not None
    assert (cashier.outcome.colour, cashier.outcome.message) == (Colour.AGAIN, "pay_not_yet")
    assert (cashier.loop.session.phase, cashier.journal.head[0]) == (Phase.PAYING, head)
    cashier.local.take = take  # type: ignore[method-assign]
    hears(cashier, counter, OrderState.SHOWN)
    cashier.act("drop_pay")
    assert cashier.outcome is None
    cashier.exchange()
    hears(cashier, counter, OrderState.EXPIRED)


def test_money_of_a_code_is_not_recorded_by_hand_while_it_is_open_and_asked_about_once_it_is_paid(
    phones: tuple[Bench, Counter],
) -> None:
    cashier, counter = phones
    type_in(cashier, 100)
    cashier.act("ask_pay")
    order = hears(cashier, counter, OrderState.SHOWN)
    cashier.act("cancel")

    type_in(cashier, 100)
    cashier.act("confirm")
    assert cashier.outcome is not None and cashier.outcome.refusal == Refusal(Problem.PAYMENT_OPEN, order.order_no)
    assert counter.provider.pay(order.order_no)
    counter.look()
    cashier.exchange()
    cashier.act("confirm")
    assert cashier.outcome is not None
    assert (cashier.outcome.colour, cashier.outcome.message) == (Colour.AGAIN, "pay_same")
    assert counter.pays(CASE) == [(f"qr:{order.order_no}", 100)]

    cashier.act("confirm")
    cashier.exchange()
    assert cashier.outcome is not None
    green(cashier.outcome)
    assert [fen for _, fen in counter.pays(CASE)] == [100, 100], "the cashier said that it is other money"
