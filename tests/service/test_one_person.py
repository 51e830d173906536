"""Who took money in gives none of it back unseen, whichever way it goes: review has a flag (DOMAIN.md section 6)."""

from collections.abc import Iterator

import pytest

from cardsvc.api import correcting, paying
from cardsvc.api import statements as money
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.review import Rule
from cardsvc.core.terms import Means, Reason
from cardsvc.core.wire import Outcome
from cardsvc.demo.provider import Mischief
from cardsvc.store import payments, reviewing
from cardsvc.store.reviewing import Wanted
from tests.service.test_statement_money import gives_card_back
from tests.service.test_statements import AUDITOR, MAKER, collected, pay, sent, signed
from tests.support.home import Service
from tests.support.paying import CASHIER, Counter
from tests.support.telling import TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
MANAGER = StaffNo("1015")


@pytest.fixture
def counter(service: Service) -> Iterator[Counter]:
    opened = Counter.opened(service)
    yield opened
    opened.close()


def flagged(service: Service) -> list[tuple[int, tuple[StaffNo, ...]]]:
    """What review looks at because of one person: the amount, and who gave it back."""
    with service.context.engine.connect() as connection:
        rows = reviewing.listed(connection, service.context.home_id, Wanted(rule=Rule.ONE_PERSON), None, 10)
    return [(one.amount_fen, one.people) for one in rows]


@pytest.mark.parametrize(("by", "seen"), [(CASHIER.staff_no, True), (MANAGER, False)])
def test_a_cashier_who_takes_back_what_they_took_is_flagged(service: Service, by: StaffNo, seen: bool) -> None:
    one = Told.begun(service, 1, resident=False)
    one.go(*TO_STORAGE)
    one.does(Step.PAY, amount_fen=5_000, means=Means.CARD_TERMINAL)
    details = Details(payment=one.case.taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)

    cashier = service.station(StationKind.CASHIER)
    back = cashier.take(one.case_no, Step.REVERSE_PAYMENT, details, staff_no=by, second_staff_no=AUDITOR)

    assert back.outcome is Outcome.ACCEPTED
    assert flagged(service) == ([(5_000, (by, AUDITOR))] if seen else [])


@pytest.mark.parametrize(("enters", "seen"), [(MAKER, True), (MANAGER, False)])
def test_who_enters_a_payer_s_money_and_gives_it_back_is_flagged(service: Service, enters: StaffNo, seen: bool) -> None:
    case = collected(service)
    draft_no = sent(service)
    assert pay(service, draft_no, 23_000 + 700, by=enters) is None

    assert money.give_back(service.context, signed(), draft_no, case.case_no, 700, AUDITOR) is None

    assert flagged(service) == ([(700, (MAKER, AUDITOR))] if seen else [])


@pytest.mark.parametrize(("by", "seen"), [(CASHIER.staff_no, True), (MANAGER, False)])
def test_who_asked_for_a_qr_payment_and_gives_it_back_is_flagged(counter: Counter, by: StaffNo, seen: bool) -> None:
    order = counter.ask(counter.case(), 20_000)
    counter.provider.mischief = Mischief.WRONG_AMOUNT
    counter.provider.pay(order.order_no)
    counter.tell()
    service = counter.service
    with service.context.engine.connect() as connection:
        [held] = payments.waiting(connection, service.context.home_id)

    assert paying.refund(service.context, signed(by), held.ref, AUDITOR) is None

    assert flagged(service) == ([(held.amount_fen, (by, AUDITOR))] if seen else [])


@pytest.mark.parametrize(("by", "seen"), [(CASHIER.staff_no, True), (MANAGER, False)])
def test_who_took_money_for_a_case_that_was_merged_and_refunds_it_is_flagged(
    service: Service, by: StaffNo, seen: bool
) -> None:
    first = Told.begun(service, 1, resident=False)
    cashier = service.station(StationKind.CASHIER)
    money = Details(amount_fen=50_000, means=Means.TRANSFER, reference="B-1")
    taken = cashier.take(first.case_no, Step.DEPOSIT, money, staff_no=CASHIER.staff_no)
    assert taken.outcome is Outcome.ACCEPTED
    goes_on = Told.begun(service, 2, resident=False, deceased_name="王守義", id_no=None)
    gives_card_back(first)
    assert correcting.merge(service.context, signed(MANAGER), first.case_no, goes_on.case_no, AUDITOR)

    back = Details(amount_fen=30_000, means=Means.TRANSFER)
    refunded = cashier.take(goes_on.case_no, Step.REFUND, back, staff_no=by, second_staff_no=AUDITOR)

    assert refunded.outcome is Outcome.ACCEPTED
    assert flagged(service) == ([(30_000, (by, AUDITOR))] if seen else [])
