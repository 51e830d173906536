"""QR money that does not fit, of a case that is merged: it is decided about where the merge carried it."""

import pytest

from cardsvc.api import correcting, paying
from cardsvc.core.facts import Quantity, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.paying import Order, OrderState
from cardsvc.core.problems import Problem, Refusal
from cardsvc.demo.provider import Mischief
from cardsvc.store import payments
from cardsvc.store.payments import Held
from tests.service.paying.test_paying import MANAGER, whole
from tests.service.test_statement_money import gives_card_back
from tests.service.test_statements import AUDITOR, held, signed, stored
from tests.support.paying import CASHIER, Counter
from tests.support.telling import Told

BEFORE, AFTER = "before the merge", "after the merge"


def waits(counter: Counter) -> list[Held]:
    with counter.service.context.engine.connect() as connection:
        return payments.waiting(connection, counter.service.context.home_id)


def pays(counter: Counter, order: Order, fen: Mischief = Mischief.WRONG_AMOUNT) -> None:
    counter.provider.mischief = fen
    counter.provider.pay(order.order_no)
    counter.provider.mischief = Mischief.NONE
    counter.tell()


def merged(counter: Counter, when: str) -> tuple[Told, Told, Order]:
    """A case whose family paid another amount than was asked, and which is merged into the one that goes on."""
    service = counter.service
    one = stored(service)
    twice = Told.begun(service, 2, resident=False, deceased_name="王守義", id_no=None)
    twice.does(Step.QUOTE, items=(Quantity(item="flowers", count=2),))
    twice.does(Step.SIGN_QUOTE)
    order = counter.ask(twice.case_no, counter.owed(twice.case_no))
    if when != AFTER:
        pays(counter, order)
    gives_card_back(twice)
    done = correcting.merge(service.context, signed(StaffNo("1015")), twice.case_no, one.case_no, AUDITOR)
    assert done == one.case_no
    if when == AFTER:
        pays(counter, order)
    return one, twice, order


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_money_in_suspense_of_a_case_that_was_merged_is_given_back_by_two(counter: Counter, when: str) -> None:
    one, twice, order = merged(counter, when)
    [waiting] = waits(counter)
    assert waiting.case_no == one.case_no, "the page sends to the case that goes on"
    assert held(counter.service, one.case_no) == waiting.amount_fen

    assert paying.refund(counter.service.context, CASHIER, waiting.ref, None) == Refusal(
        Problem.FOUR_EYES, "settle_payment"
    )
    assert paying.refund(counter.service.context, CASHIER, waiting.ref, MANAGER) is None

    assert waits(counter) == []
    assert (held(counter.service, one.case_no), held(counter.service, twice.case_no)) == (0, 0)
    assert counter.now(order).state is OrderState.CANCELLED
    assert counter.money().till_fen == 0


@pytest.mark.parametrize("when", [BEFORE, AFTER])
def test_money_in_suspense_of_a_case_that_was_merged_pays_the_one_that_goes_on(counter: Counter, when: str) -> None:
    one, twice, _ = merged(counter, when)
    [waiting] = waits(counter)
    owed = counter.owed(one.case_no)

    assert paying.assign(counter.service.context, CASHIER, waiting.ref, one.case_no) is None

    assert counter.owed(one.case_no) == owed - waiting.amount_fen
    assert (held(counter.service, one.case_no), held(counter.service, twice.case_no)) == (0, 0)
    whole(counter)


def test_money_that_was_heard_of_after_a_merge_where_it_was_asked_for_is_decided_about_too(counter: Counter) -> None:
    """As this service kept it before: carried for one payment, left behind for another."""
    one, twice, _ = merged(counter, BEFORE)
    [waiting] = waits(counter)
    with counter.service.context.engine.begin() as connection:
        fen, home = waiting.amount_fen, counter.service.context.home_id
        for case_no, debit, credit in (
            (one.case_no, f"suspense/{one.case_no}", "carried_over"),
            (twice.case_no, "carried_over", f"suspense/{twice.case_no}"),
        ):
            connection.exec_driver_sql(
                "INSERT INTO transfer VALUES "
                f"('{home}', '{case_no}', 1, 90, '{debit}', '{credit}', {fen}, 'merge', 'x')"
            )

    assert paying.refund(counter.service.context, CASHIER, waiting.ref, MANAGER) is None

    assert (held(counter.service, one.case_no), held(counter.service, twice.case_no)) == (0, 0)
