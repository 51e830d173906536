"""The second person works here and may confirm the step: at the service, which judges every record."""

import pytest
from sqlalchemy import update

from cardsvc.api import held
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.store import tables as t
from tests.service.test_closing import why_open
from tests.service.test_held_money import overpaid
from tests.service.test_statements import TO_POLICE, signed
from tests.support.home import Service
from tests.support.telling import TO_STORAGE, Told

pytestmark = pytest.mark.one_engine
CASHIER, CREW, NOBODY = StaffNo("1010"), StaffNo("1003"), StaffNo("9999")
CASH = Details(amount_fen=10_000, means=Means.CASH)
OTHERS = [(NOBODY, Problem.STAFF_UNKNOWN), (CREW, Problem.SECOND_PERSON_NOT_ALLOWED)]


def paid(service: Service) -> Told:
    one = Told.begun(service, resident=False)
    one.does(Step.DEPOSIT, amount_fen=100_000, means=Means.CASH)
    return one


def tries(one: Told, step: Step, details: Details, second: StaffNo) -> Judgement:
    cashier = one.service.station(StationKind.CASHIER)
    return cashier.take(one.case_no, step, details, staff_no=CASHIER, second_staff_no=second)


@pytest.mark.parametrize(("second", "problem"), OTHERS)
@pytest.mark.parametrize("step", [Step.REFUND, Step.SWITCH_PAYER])
def test_no_money_moves_with_a_second_person_who_is_not_there_or_has_no_say(
    service: Service, step: Step, second: StaffNo, problem: Problem
) -> None:
    one = paid(service)
    details = CASH if step is Step.REFUND else TO_POLICE

    judged = tries(one, step, details, second)

    assert judged.outcome is Outcome.REFUSED
    assert problem in {reason.problem for reason in judged.reasons}
    assert not one.case.has_taken(step)


@pytest.mark.parametrize("second", ["1015", "1016"])
def test_the_manager_and_the_auditor_confirm_what_a_cashier_pays_back(service: Service, second: str) -> None:
    assert tries(paid(service), Step.REFUND, CASH, StaffNo(second)).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(("second", "problem"), OTHERS)
def test_held_money_is_not_given_back_with_anybody_as_the_second(
    service: Service, second: StaffNo, problem: Problem
) -> None:
    one = overpaid(service)

    refused = held.give_back(service.context, signed(StaffNo("1015")), one.case_no, 1_000, Means.TRANSFER, second)

    assert isinstance(refused, Refusal) and refused.problem is problem


def test_a_case_is_not_closed_with_money_open_by_who_has_no_say(service: Service) -> None:
    one = paid(service)
    one.office.step(one.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))
    assert set(why_open(one, Details(reason=Reason.UNCLAIMED), CREW)) == {Problem.SECOND_PERSON_NOT_ALLOWED}


def test_beside_a_body_any_colleague_is_the_second_but_nobody_is_not(service: Service) -> None:
    one = Told.begun(service, resident=False)
    one.go(*TO_STORAGE[:-1])
    cold, details = service.station(StationKind.COLD_STORAGE), Details(tag="7Q2F", slot="A-07")

    nobody = cold.take(one.case_no, Step.STORE, details, staff_no=StaffNo("1004"), second_staff_no=NOBODY)

    assert (nobody.outcome, [reason.problem for reason in nobody.reasons]) == (
        Outcome.REFUSED, [Problem.STAFF_UNKNOWN],
    )  # fmt: skip
    one.does(Step.STORE)


def test_who_confirmed_and_has_left_since_has_confirmed_it(service: Service) -> None:
    one = Told.begun(service, resident=False)
    one.go(*TO_STORAGE[:-1])
    gone = service.station(StationKind.COLD_STORAGE).people(Step.STORE)["second_staff_no"]
    with service.context.engine.begin() as connection:
        left = update(t.staff).where(t.staff.c.staff_no == gone).values(disabled_at=service.clock.now)
        connection.execute(left)

    one.does(Step.STORE)

    refused = tries(one, Step.REFUND, CASH, gone)
    assert Problem.STAFF_UNKNOWN in {reason.problem for reason in refused.reasons}
