"""A payment typed by mistake is taken back by two people: ledger, drawer and receipts, on both engines."""

from typing import Any

import pytest

from cardsvc.core import wire
from cardsvc.core.day_close import DayClosed
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem
from cardsvc.core.receipts import Family
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.handlers import close_day, receive_forms, void_forms
from cardsvc.store import reversing
from cardsvc.store.stock import RECEIPTS
from cardsvc.store.trial_balance import read
from tests.service.test_day_close import counted
from tests.service.test_receipts import amounts, burnt, given, kept, pay, whole
from tests.service.test_tills import kept as shift_of
from tests.service.test_tills import mine
from tests.support.accounts import bill, owes
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Office, Told, stored

CASHIER, MANAGER, AUDITOR = StaffNo("1010"), StaffNo("1015"), StaffNo("1016")


@pytest.fixture
def one(service: Service) -> Told:
    return burnt(service)


def causes(one: Told) -> list[str]:
    """The payments that a desk may choose to take back."""
    context = one.service.context
    with context.engine.connect() as connection:
        return [
            row.cause for row in reversing.payments(connection, context.home_id, [one.case_no]).get(one.case_no, ())
        ]


def back(one: Told, payment: str, second: StaffNo | None = MANAGER) -> Judgement:
    """Ask, and do it when it is granted, as the cashier's station does."""
    details = Details(payment=payment, reason=Reason.ENTERED_BY_MISTAKE)
    cashier = one.service.station(StationKind.CASHIER)
    return cashier.take(one.case_no, Step.REVERSE_PAYMENT, details, staff_no=CASHIER, second_staff_no=second)


def says(judged: Judgement) -> set[Problem]:
    return {reason.problem for reason in judged.reasons}


def test_what_was_paid_twice_by_mistake_is_as_if_it_had_never_been_paid(service: Service, one: Told) -> None:
    due = owes(service, one.case_no, Payer.FAMILY)
    pay(one, due)
    before, drawer, shown = bill(service, one.case_no), shift_of(service, mine(service).shift_no), amounts(one)
    pay(one, due)
    assert shift_of(service, mine(service).shift_no).moved_fen == drawer.moved_fen + due

    assert back(one, causes(one)[-1]).outcome is Outcome.ACCEPTED

    assert bill(service, one.case_no) == before
    assert shift_of(service, mine(service).shift_no).moved_fen == drawer.moved_fen
    assert amounts(one) == shown
    assert len(causes(one)) == 2, "the deposit and the first payment"
    with service.context.engine.connect() as connection:
        assert read(connection, service.context.home_id).difference_fen == 0
    whole(service)


def test_its_receipts_are_void_by_the_two_and_those_of_the_others_stay(service: Service, one: Told) -> None:
    due = owes(service, one.case_no, Payer.FAMILY)
    pay(one, 5_000)
    pay(one, due - 5_000)
    wrong, right = causes(one)[-2:]

    assert back(one, wrong).outcome is Outcome.ACCEPTED

    assert owes(service, one.case_no, Payer.FAMILY) == 5_000
    assert sum(row.amount_fen for row in given(one)) == due - 5_000
    void = [row for row in kept(one) if row.void is not None]
    assert {row.receipt.cause for row in void} == {wrong} and {row.cause for row in given(one)} == {right}
    assert {(row.void.why, row.void.by, row.void.second) for row in void if row.void} == {
        (Reason.ENTERED_BY_MISTAKE, CASHIER, MANAGER)
    }
    pay(one, 5_000)
    assert sum(amounts(one).values()) == due
    whole(service)


@pytest.mark.parametrize("step", [Step.REFUND, Step.SETTLE])
def test_money_that_was_used_up_since_is_not_taken_back(service: Service, one: Told, step: Step) -> None:
    deposit = causes(one)[0]
    held = bill(service, one.case_no).deposit_fen
    if step is Step.SETTLE:
        one.does(Step.SETTLE)
    else:
        pay(one, owes(service, one.case_no, Payer.FAMILY))
        details = Details(amount_fen=held, means=Means.CASH)
        judged = service.station(StationKind.CASHIER).take(
            one.case_no, Step.REFUND, details, staff_no=CASHIER, second_staff_no=MANAGER
        )
        assert judged.outcome is Outcome.ACCEPTED, judged

    judged = back(one, deposit)

    assert (judged.outcome, says(judged)) == (Outcome.REFUSED, {Problem.MONEY_USED})
    whole(service)


@pytest.mark.parametrize("step", [Step.DEPOSIT, Step.PAY])
def test_what_came_after_a_payments_own_money_went_out_is_not_what_takes_it_back(
    service: Service, one: Told, step: Step
) -> None:
    """Refunded, and then as much came anew: that is another payment's money, and stays."""
    one.does(Step.SETTLE)
    one.does(step, amount_fen=100_000, means=Means.CASH)
    first = causes(one)[-1]
    cash = Details(amount_fen=bill(service, one.case_no).deposit_fen, means=Means.CASH)
    cashier = service.station(StationKind.CASHIER)
    out = cashier.take(one.case_no, Step.REFUND, cash, staff_no=CASHIER, second_staff_no=MANAGER)
    assert out.outcome is Outcome.ACCEPTED, out
    one.does(Step.DEPOSIT, amount_fen=100_000, means=Means.CASH)
    second = causes(one)[-1]

    judged = back(one, first)

    assert (judged.outcome, says(judged)) == (Outcome.REFUSED, {Problem.MONEY_USED})
    assert bill(service, one.case_no).deposit_fen == 100_000
    assert back(one, second).outcome is Outcome.ACCEPTED, "its own money is there"
    assert bill(service, one.case_no).deposit_fen == 0
    whole(service)


def paid_twice(one: Told) -> int:
    """All is paid in two payments, and the stock was empty at the first: the receipts of the second are over both."""
    context, now = one.service.context, one.service.clock.now
    due = owes(one.service, one.case_no, Payer.FAMILY)
    for family, prefix in ((Family.FISCAL, "PJ"), (Family.INVOICE, "FP")):
        numbers = [f"{prefix}-{number:06d}" for number in range(1, 501)]
        gone = void_forms.handle(context, RECEIPTS[family], numbers, Reason.LOST, MANAGER, AUDITOR, now)
        assert gone == len(numbers)
    pay(one, due - 1_000)
    assert given(one) == []
    for family, prefix in ((Family.FISCAL, "PK-"), (Family.INVOICE, "FK-")):
        receive_forms.handle(context, RECEIPTS[family], prefix, 1, 9, MANAGER, now, CASHIER)
    pay(one, 1_000, Means.CARD_TERMINAL)
    assert sum(row.amount_fen for row in given(one)) == due
    return due


def test_what_an_earlier_payment_still_pays_has_a_receipt_when_the_later_one_is_taken_back(
    service: Service, one: Told
) -> None:
    due = paid_twice(one)
    right, wrong = causes(one)[-2:]

    assert back(one, wrong).outcome is Outcome.ACCEPTED

    assert sum(row.amount_fen for row in given(one)) == due - 1_000
    assert {(row.cause, row.means) for row in given(one)} == {(right, Means.CASH)}
    whole(service)


def both_back(one: Told, payments: list[str]) -> None:
    """All that the desk asks and does about them comes in one exchange."""
    cashier = one.service.station(StationKind.CASHIER)
    people = {"case_no": one.case_no, "staff_no": CASHIER, "second_staff_no": MANAGER}
    for payment in payments:
        details = Details(payment=payment, reason=Reason.ENTERED_BY_MISTAKE)
        asked = cashier.append(wire.Request(step=Step.REVERSE_PAYMENT, details=details), **people)
        done = wire.Observation(step=Step.REVERSE_PAYMENT, details=details, granted_seq=asked)
        cashier.append(done, **people)
    cashier.judged()


@pytest.mark.parametrize("newest_first", [True, False])
def test_two_taken_back_in_one_exchange_leave_no_receipt_over_money_that_is_not_there(
    service: Service, one: Told, newest_first: bool
) -> None:
    due = paid_twice(one)
    wrong = causes(one)[-2:]

    both_back(one, wrong[::-1] if newest_first else wrong)

    assert owes(service, one.case_no, Payer.FAMILY) == due
    assert given(one) == []
    whole(service)


def test_a_payment_and_its_reversal_in_one_exchange_leave_drawer_and_receipts_as_they_were(
    service: Service, one: Told
) -> None:
    drawer, cashier = shift_of(service, mine(service).shift_no), service.station(StationKind.CASHIER)
    people = {"case_no": one.case_no, "staff_no": CASHIER}
    paid = wire.Observation(step=Step.PAY, details=Details(amount_fen=5_000, means=Means.CASH, receipt="R-9"))
    seq = cashier.append(paid, **people)
    details = Details(payment=f"{cashier.journal_id}:{seq}", reason=Reason.ENTERED_BY_MISTAKE)
    two = people | {"second_staff_no": MANAGER}
    asked = cashier.append(wire.Request(step=Step.REVERSE_PAYMENT, details=details), **two)
    done = wire.Observation(step=Step.REVERSE_PAYMENT, details=details, granted_seq=asked)
    cashier.append(done, **two)
    cashier.judged()

    assert stored(service, one.case_no).has_taken(Step.REVERSE_PAYMENT)
    assert shift_of(service, mine(service).shift_no).moved_fen == drawer.moved_fen
    assert given(one) == []
    [void] = [row for row in kept(one) if row.receipt.slip == "R-9"]
    assert void.void is not None and void.void.second == MANAGER
    pay(one, 5_000)
    assert void.receipt.number not in {row.number for row in given(one)}
    whole(service)


def test_nobody_takes_back_alone_nor_twice_nor_what_never_was(service: Service, one: Told) -> None:
    pay(one, 5_000)
    cause = causes(one)[-1]
    assert Problem.SECOND_PERSON_MISSING in says(back(one, cause, None))
    assert Problem.SECOND_PERSON_SAME in says(back(one, cause, CASHIER))
    assert says(back(one, "office:99999")) == {Problem.FIELD_INVALID}
    assert back(one, cause).outcome is Outcome.ACCEPTED
    assert says(back(one, cause)) == {Problem.FIELD_INVALID}
    assert cause not in causes(one)


def test_a_closed_day_keeps_its_payments_and_the_desk_does_not_offer_them(service: Service, one: Told) -> None:
    pay(one, 5_000)
    cause = causes(one)[-1]
    counted(service)
    day = local(service.clock.now).date()
    closed = close_day.handle(service.context, day, "records wait", MANAGER, AUDITOR)
    assert isinstance(closed, DayClosed), closed

    assert causes(one) == []
    assert says(back(one, cause)) == {Problem.PAYMENT_DAY_CLOSED}
    assert sum(row.amount_fen for row in given(one)) == 5_000


def test_the_office_takes_it_back_too_and_chooses_from_what_was_paid_today(service: Service, one: Told) -> None:
    pay(one, 5_000)
    cause = causes(one)[-1]
    page = Desk(service, "1015").get(f"cases/{one.case_no}").text
    assert f'<option value="{cause}">' in page and "¥50.00" in page
    Office(service).step(one.case_no, Step.REVERSE_PAYMENT, Details(payment=cause, reason=Reason.ENTERED_BY_MISTAKE))
    assert given(one) == []
    assert stored(service, one.case_no).has_taken(Step.REVERSE_PAYMENT)


def test_the_cashiers_station_is_told_what_may_be_taken_back_and_no_other_is(service: Service, one: Told) -> None:
    pay(one, 5_000, Means.CARD_TERMINAL)

    def told(kind: StationKind) -> list[Any]:
        station = service.station(kind)
        station.send()
        assert station.known is not None
        return [(paid.step, paid.amount_fen, paid.means, paid.by) for paid in station.known.cases[one.case_no].payments]

    assert told(StationKind.CASHIER)[-1] == (Step.PAY, 5_000, Means.CARD_TERMINAL, CASHIER)
    assert told(StationKind.ASHES) == []
