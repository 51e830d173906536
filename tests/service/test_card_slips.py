"""The card terminal's own total at the close of a shift, on the real service: typed blind, held against the books."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cardsvc.core import wire
from cardsvc.core.day_close import Check
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Reason
from cardsvc.core.till import DifferenceWhy, Slip
from cardsvc.core.wire import Outcome
from cardsvc.demo.home import FLOAT
from cardsvc.handlers import close_day, close_till
from cardsvc.handlers.close_till import Closing
from cardsvc.store.tills import Kept
from tests.service.test_day_close import counted, fault, today
from tests.service.test_day_close import kept as closed_day
from tests.service.test_tills import ALONE, AUDITOR, ONE, TWO, UNKNOWN, kept, mine
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import opened, stored


def by_card(fen: int, slip: str = "0001") -> Details:
    return Details(amount_fen=fen, means=Means.CARD_TERMINAL, reference=slip)


def paid(service: Service, case_no: CaseNo, fen: int, slip: str = "0001") -> None:
    judged = service.station(StationKind.CASHIER).take(case_no, Step.DEPOSIT, by_card(fen, slip), staff_no=ONE)
    assert judged.outcome is Outcome.ACCEPTED, judged


def close(
    service: Service, slip: int | None, why: DifferenceWhy | None = None, second: StaffNo | None = None
) -> Kept | Refusal:
    asked = Closing(mine(service).shift_no, FLOAT, ONE, None, second, slip, why)
    return close_till.handle(service.context, asked, service.clock.now)


def test_a_shift_with_card_money_is_closed_with_the_terminals_total(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, 33_000)
    paid(service, case_no, 500, "0002")
    back = Details(amount_fen=200, means=Means.CARD_TERMINAL)
    desk = service.station(StationKind.CASHIER)
    assert desk.take(case_no, Step.REFUND, back, staff_no=ONE, second_staff_no=TWO).outcome is Outcome.ACCEPTED

    assert close(service, None, UNKNOWN, AUDITOR) == Refusal(Problem.SLIP_NEEDED), "nothing is said of what is expected"
    assert close(service, 33_500) == Refusal(Problem.SLIP_DIFFERS, "+2.00")
    done = close(service, 33_300)

    assert isinstance(done, Kept)
    assert (done.slip, done.card_later_fen, done.difference_fen) == (Slip(33_300, 33_300), 0, 0)
    assert fault(service) is None


def test_a_shift_without_card_money_needs_no_slip_and_one_that_the_books_do_not_know_is_seen(service: Service) -> None:
    assert close(service, 7_700) == Refusal(Problem.SLIP_DIFFERS, "+77.00")
    done = close(service, None)
    assert isinstance(done, Kept) and done.slip is None


def test_a_large_difference_of_the_slip_is_closed_by_two(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, 33_000)
    assert close(service, 0, DifferenceWhy.TYPED_TWICE) == Refusal(Problem.FOUR_EYES, "keep_till")
    assert close(service, 0, DifferenceWhy.FALSE_NOTE, AUDITOR) == Refusal(Problem.SLIP_DIFFERS, "-330.00")

    done = close(service, 0, DifferenceWhy.TYPED_TWICE, AUDITOR)

    assert isinstance(done, Kept)
    assert (done.slip, done.second) == (Slip(0, 33_000, DifferenceWhy.TYPED_TWICE), AUDITOR)


def test_a_card_payment_that_is_taken_back_leaves_the_shift_in_which_it_was_typed(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, 33_000)
    undo = Details(payment=stored(service, case_no).taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)
    desk = service.station(StationKind.CASHIER)
    taken = desk.take(case_no, Step.REVERSE_PAYMENT, undo, staff_no=TWO, second_staff_no=AUDITOR)
    assert taken.outcome is Outcome.ACCEPTED

    assert kept(service, mine(service).shift_no).card_fen == 0
    assert kept(service, mine(service, TWO).shift_no).card_fen == 0
    assert isinstance(close(service, None), Kept)


def test_a_slip_that_is_not_what_the_books_say_needs_a_reason_at_the_day_close(service: Service) -> None:
    case_no, _ = opened(service)
    shift_no = mine(service).shift_no
    service.clock.forward(hours=1)
    station = service.station(StationKind.CASHIER)
    body = wire.Observation(step=Step.DEPOSIT, details=by_card(8_800))
    station.append(body, case_no=case_no, **ALONE)
    assert isinstance(close(service, 8_800, DifferenceWhy.NOT_TYPED, AUDITOR), Kept)
    counted(service)

    refused = close_day.handle(service.context, today(service), "", ONE, TWO)

    assert refused == Refusal(Problem.DAY_NEEDS_REASON)
    page = Desk(service, "1010").get("days").text
    assert "刷卡机结算单与账面相符: 1" in page and 'href="/office/tills"' in page
    shifts = Desk(service, "1010").get("tills").text
    assert "+¥88.00" in shifts or "+88.00" in shifts

    assert station.judged().outcome is Outcome.ACCEPTED, "the record of that payment comes after all"

    late = kept(service, shift_no)
    assert (late.slip, late.card_fen, late.card_later_fen) == (
        Slip(8_800, 0, DifferenceWhy.NOT_TYPED),
        8_800,
        8_800,
    )
    assert not isinstance(close_day.handle(service.context, today(service), "", ONE, TWO), Refusal)
    assert closed_day(service, today(service)).found[Check.SLIPS] == 0
    assert fault(service) is None


def test_card_money_of_a_cashier_without_a_shift_is_on_no_slip_and_the_day_close_says_so(service: Service) -> None:
    case_no, _ = opened(service)
    station = service.station(StationKind.CASHIER)
    assert isinstance(close(service, None), Kept)
    service.clock.forward(hours=2)

    paid(service, case_no, 8_800)  # a desk whose clock was off took it all the same
    back = Details(amount_fen=100, means=Means.CARD_TERMINAL)
    refused = station.take(case_no, Step.REFUND, back, staff_no=ONE, second_staff_no=TWO)
    assert [one.problem for one in refused.reasons] == [Problem.TILL_CLOSED]

    counted(service)
    assert close_day.handle(service.context, today(service), "", ONE, TWO) == Refusal(Problem.DAY_NEEDS_REASON)
    assert not isinstance(close_day.handle(service.context, today(service), "the bank answers", ONE, TWO), Refusal)
    assert closed_day(service, today(service)).found[Check.SLIPS] == 1
    service.clock.forward(days=1)
    assert not isinstance(close_day.handle(service.context, today(service), "", ONE, TWO), Refusal)


def test_what_stays_different_is_of_the_day_on_which_it_was_closed(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, 33_000)
    assert isinstance(close(service, 32_000, UNKNOWN), Kept)
    counted(service)
    assert not isinstance(close_day.handle(service.context, today(service), "the bank answers", ONE, TWO), Refusal)
    assert closed_day(service, today(service)).found[Check.SLIPS] == 1

    service.clock.forward(days=1)

    assert not isinstance(close_day.handle(service.context, today(service), "", ONE, TWO), Refusal)
    assert fault(service) is None


def test_card_money_of_no_case_is_in_the_slip_of_its_shift(service: Service) -> None:
    station = service.station(StationKind.CASHIER)
    body = wire.Observation(step=Step.DEPOSIT, details=by_card(4_400))
    station.append(body, case_no=CaseNo("WZ202611019999"), **ALONE)
    station.judged()

    assert kept(service, mine(service).shift_no).card_fen == 4_400
    assert isinstance(close(service, 4_400), Kept)
    assert fault(service) is None


def test_the_slip_of_a_closed_shift_never_changes_and_verify_finds_it_if_it_did(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, 33_000)
    assert isinstance(close(service, 33_000), Kept)
    change = text("UPDATE till_shift SET slip_fen = 1, slip_why = 'unknown' WHERE drawer = 'QT-1'")
    with pytest.raises(DBAPIError), service.context.engine.begin() as connection:
        connection.execute(change)
    postgres = service.context.engine.dialect.name == "postgresql"
    with service.context.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER till_shift_stays{' ON till_shift' if postgres else ''}"))
        connection.execute(change)

    assert (fault(service) or "").endswith("its close is not in the log")
