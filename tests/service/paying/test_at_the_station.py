"""A QR payment asked for at the cashier's station: its code and its state come by snapshot, and it is one payment."""

import pytest

from cardsvc.core import desk, wire
from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.paying import OrderState
from cardsvc.core.problems import Problem
from cardsvc.core.snapshot import AskedPay
from cardsvc.core.terms import Payer
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.demo.provider import Mischief
from cardsvc.store.verifying import first_fault
from tests.support.home import Service
from tests.support.paying import Counter

CASHIER = StaffNo("1010")


def says(
    counter: Counter, case_no: CaseNo, body: wire.Body, kind: StationKind = StationKind.CASHIER, by: StaffNo = CASHIER
) -> Judgement:
    station = counter.service.station(kind)
    station.append(body, case_no=case_no, staff_no=by)
    return station.judged()


def ask(counter: Counter, case_no: CaseNo, fen: int) -> Judgement:
    return says(counter, case_no, desk.AskPay(payer=Payer.FAMILY, amount_fen=fen))


def shown(counter: Counter, case_no: CaseNo) -> tuple[AskedPay, ...]:
    """What the station knows after its next exchange."""
    station = counter.service.station(StationKind.CASHIER)
    station.send()
    assert station.known is not None
    return station.known.cases[case_no].orders


def test_a_family_pays_with_its_phone_and_the_station_has_code_payment_and_receipt(
    counter: Counter, case_no: CaseNo
) -> None:
    due = counter.owed(case_no)
    assert ask(counter, case_no, due).outcome is Outcome.ACCEPTED
    assert [(one.state, one.qr) for one in shown(counter, case_no)] == [(OrderState.ASKED, "")]
    counter.look()
    [order] = shown(counter, case_no)
    assert order.state is OrderState.SHOWN and order.qr and order.amount_fen == due

    assert counter.provider.pay(order.order_no)
    counter.look()

    [order] = shown(counter, case_no)
    station = counter.service.station(StationKind.CASHIER)
    assert order.state is OrderState.PAID and station.known is not None
    known = station.known.cases[case_no]
    assert sum(one.amount_fen for one in known.receipts if one.cause == f"qr:{order.order_no}") == due
    assert counter.pays(case_no) == [(f"qr:{order.order_no}", due)] and known.bill.open_fen == 0


@pytest.mark.parametrize("mischief", [Mischief.PAYS_TWICE, Mischief.TWICE, Mischief.LATE, Mischief.NEVER])
def test_whatever_the_provider_does_it_is_one_payment(counter: Counter, case_no: CaseNo, mischief: Mischief) -> None:
    due = counter.owed(case_no)
    for _ in range(3):
        assert ask(counter, case_no, due).outcome is Outcome.ACCEPTED, "pressed again, it is the same order"
    counter.look()
    [order] = shown(counter, case_no)
    counter.provider.mischief = mischief
    counter.provider.pay(order.order_no)
    for _ in range(4):
        counter.tell()
        counter.look(40)

    [order] = shown(counter, case_no)
    assert order.state in (OrderState.PAID, OrderState.DISPUTED)
    assert counter.pays(case_no) == [(f"qr:{order.order_no}", due)]
    context = counter.service.context
    assert first_fault(context.engine, context.home_id, lambda _: None) is None


def test_who_never_pays_is_let_go_and_the_order_is_over_by_the_providers_word(
    counter: Counter, case_no: CaseNo
) -> None:
    ask(counter, case_no, 100)
    counter.look()
    [order] = shown(counter, case_no)
    other = desk.DropPay(order_no="ONE-OF-ANOTHER-CASE")
    assert says(counter, case_no, other).outcome is Outcome.REFUSED
    assert says(counter, case_no, desk.DropPay(order_no=order.order_no)).outcome is Outcome.ACCEPTED
    assert shown(counter, case_no)[0].state is OrderState.SHOWN, "until the provider has said it"
    counter.look()
    assert shown(counter, case_no)[0].state is OrderState.EXPIRED
    assert not counter.provider.pay(order.order_no)

    assert ask(counter, case_no, 200).outcome is Outcome.ACCEPTED
    assert [one.state for one in shown(counter, case_no)] == [OrderState.ASKED, OrderState.EXPIRED]
    assert counter.pays(case_no) == []


def test_a_code_that_was_let_go_is_not_handed_out_again(counter: Counter, case_no: CaseNo) -> None:
    ask(counter, case_no, 100)
    counter.look()
    [order] = shown(counter, case_no)
    says(counter, case_no, desk.DropPay(order_no=order.order_no))

    again = ask(counter, case_no, 100)

    assert again.outcome is Outcome.REFUSED
    assert [(one.problem, one.detail) for one in again.reasons] == [(Problem.PAYMENT_OPEN, order.order_no)]
    counter.look()
    assert ask(counter, case_no, 100).outcome is Outcome.ACCEPTED
    assert [one.state for one in shown(counter, case_no)] == [OrderState.ASKED, OrderState.EXPIRED]


def test_only_a_cashier_at_the_cashiers_station_asks_and_never_for_more_than_is_owed(
    counter: Counter, case_no: CaseNo
) -> None:
    due = counter.owed(case_no)
    asked = desk.AskPay(payer=Payer.FAMILY, amount_fen=due)
    wrong = {
        Problem.STEP_NOT_HERE: says(counter, case_no, asked, StationKind.ASHES),
        Problem.STAFF_NOT_ALLOWED: says(counter, case_no, asked, by=StaffNo("1004")),
        Problem.AMOUNT_INVALID: ask(counter, case_no, due + 1),
        Problem.CASE_UNKNOWN: says(counter, CaseNo("WZ-2026-009999"), asked),
    }
    assert {problem: one.reasons[0].problem for problem, one in wrong.items()} == {one: one for one in wrong}
    assert shown(counter, case_no) == ()


def test_a_home_without_a_provider_says_so(service: Service) -> None:
    case = service.station(StationKind.BOOKING).book().case_no
    assert case is not None
    station = service.station(StationKind.CASHIER)
    station.append(desk.AskPay(payer=Payer.FAMILY, amount_fen=1), case_no=case, staff_no=CASHIER)
    assert [one.problem for one in station.judged().reasons] == [Problem.PROVIDER_MISSING]
