"""A no is no word: money that nobody granted is not booked as given out, whatever a station reports behind it."""

import pytest

from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Means, Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.store import tables as t
from tests.service.test_tills import kept, mine
from tests.support.accounts import bill
from tests.support.home import Service, Station
from tests.support.telling import Told

pytestmark = pytest.mark.one_engine
PEOPLE = {"staff_no": StaffNo("1010"), "second_staff_no": StaffNo("1015")}
NOBODYS = Details(payment=f"{'ab' * 16}:1", reason=Reason.ENTERED_BY_MISTAKE)
CASH = Details(amount_fen=1_000_000, means=Means.CASH)


def asks(station: Station, one: Told, step: Step, details: Details) -> tuple[int, Judgement]:
    seq = station.append(wire.Request(step=step, details=details), case_no=one.case_no, **PEOPLE)
    return seq, station.judged()


def reports(station: Station, one: Told, step: Step, details: Details, seq: int) -> Judgement:
    done = wire.Observation(step=step, details=details, granted_seq=seq)
    station.append(done, case_no=one.case_no, **PEOPLE)
    return station.judged()


def flags(service: Service) -> list[str]:
    with service.context.engine.connect() as connection:
        return [row.rule for row in connection.execute(t.review_flag.select())]


@pytest.mark.parametrize(("step", "details"), [(Step.REFUND, CASH), (Step.REVERSE_PAYMENT, NOBODYS)])
def test_what_was_refused_is_not_booked_when_it_is_reported_all_the_same(
    service: Service, step: Step, details: Details
) -> None:
    one, cashier, shift = Told.begun(service, resident=False), service.station(StationKind.CASHIER), mine(service)
    before = bill(service, one.case_no)
    seq, asked = asks(cashier, one, step, details)
    assert asked.outcome is Outcome.REFUSED

    told = reports(cashier, one, step, details, seq)

    assert (told.outcome, {reason.problem for reason in told.reasons}) == (
        Outcome.REFUSED, {Problem.OFFLINE_FORBIDDEN},
    )  # fmt: skip
    assert (bill(service, one.case_no), kept(service, shift.shift_no).moved_fen) == (before, 0)
    assert flags(service) == [] and not one.case.has_taken(step)


def test_a_station_that_says_more_is_settled_than_was_ever_heard_is_believed_only_after_a_restore(
    service: Service,
) -> None:
    one, cashier, shift = Told.begun(service, resident=False), service.station(StationKind.CASHIER), mine(service)
    one.does(Step.DEPOSIT, amount_fen=50_000, means=Means.CASH)
    cashier.settled += 100
    details = CASH.model_copy(update={"amount_fen": 60_000})

    seq, asked = asks(cashier, one, Step.REFUND, details)
    assert (asked.outcome, {reason.problem for reason in asked.reasons}) == (Outcome.REFUSED, {Problem.ABOVE_PAID})
    cashier.settled += 100
    assert reports(cashier, one, Step.REFUND, details, seq).outcome is Outcome.REFUSED

    cashier.settled += 100
    seq, asked = asks(cashier, one, Step.REFUND, details.model_copy(update={"amount_fen": 50_000}))
    assert asked.outcome is Outcome.ACCEPTED and kept(service, shift.shift_no).moved_fen == 0, "the yes is the refund"
    assert flags(service) == ["one_person"]
