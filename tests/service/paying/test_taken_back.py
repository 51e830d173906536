"""A desk payment that is held is taken back out of its own money: what waits by QR beside it is not touched."""

from cardsvc.api import held, paying
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import suspense
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Payer, Reason
from cardsvc.core.wire import Outcome
from cardsvc.store.verifying import first_fault
from tests.service.paying.test_merged import pays, waits
from tests.service.paying.test_paying import whole
from tests.service.test_held_money import quoted_too
from tests.service.test_money_that_came import FEN, arrives, holds, takes
from tests.service.test_reversal import back, causes, says
from tests.service.test_statements import AUDITOR, signed, stored
from tests.service.test_tills import kept, mine
from tests.support.paying import CASHIER, Counter
from tests.support.telling import Told


def beside(counter: Counter) -> Told:
    """A case that was cancelled: 360.01 by QR and 360 in cash, from a desk without network, wait in its suspense."""
    service = counter.service
    one = quoted_too(service)
    pays(counter, counter.ask(one.case_no, counter.owed(one.case_no)))
    takes(service, one.case_no, Step.DEPOSIT)
    one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    arrives(service)
    return one


def test_a_held_payment_whose_money_pays_another_case_is_not_taken_back_out_of_what_waits_by_qr(
    counter: Counter,
) -> None:
    service, other = counter.service, stored(counter.service, 1)
    shift, one = mine(service), beside(counter)
    [waiting] = waits(counter)
    by = signed(StaffNo("1015"))
    to = (one.case_no, other.case_no, Payer.FAMILY, FEN)
    assert held.assign(service.context, by, *to, second=AUDITOR) is None

    judged = back(one, causes(one)[-1])

    assert (judged.outcome, says(judged)) == (Outcome.REFUSED, {Problem.MONEY_USED})
    assert (holds(service, suspense(one.case_no)), kept(service, shift.shift_no).moved_fen) == (waiting.amount_fen, FEN)
    whole(counter)
    assert paying.refund(service.context, CASHIER, waiting.ref, StaffNo("1015")) is None
    assert (counter.money().till_fen, holds(service, suspense(one.case_no))) == (0, 0)


def test_a_held_payment_that_is_there_is_taken_back_and_what_waits_by_qr_stays(counter: Counter) -> None:
    shift, one = mine(counter.service), beside(counter)
    [waiting] = waits(counter)

    assert back(one, causes(one)[-1]).outcome is Outcome.ACCEPTED

    assert holds(counter.service, suspense(one.case_no)) == waiting.amount_fen
    assert kept(counter.service, shift.shift_no).moved_fen == 0
    whole(counter)


def test_money_that_waits_and_is_in_no_suspense_is_not_decided_about_and_verify_names_it(counter: Counter) -> None:
    service, one = counter.service, quoted_too(counter.service)
    pays(counter, counter.ask(one.case_no, counter.owed(one.case_no)))
    [waiting] = waits(counter)
    account = suspense(one.case_no)
    with service.context.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO transfer VALUES "
            f"('{service.context.home_id}', '{one.case_no}', 1, 90, '{account}', 'till/qr', 1, 'x', 'office:1')"
        )

    assert paying.assign(service.context, CASHIER, waiting.ref, one.case_no, AUDITOR) == Refusal(Problem.MONEY_USED)
    assert paying.refund(service.context, CASHIER, waiting.ref, StaffNo("1015")) == Refusal(Problem.MONEY_USED)

    [same] = waits(counter)
    assert (same.settled, holds(service, account)) == (None, waiting.amount_fen - 1)
    fault = first_fault(service.context.engine, service.context.home_id, lambda _: None)
    assert fault is not None and one.case_no in fault
