"""Till shifts on the real service: what the ledger expects, what is counted, cash that comes late."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from cardsvc.core import wire
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.money import yuan
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Reason
from cardsvc.core.till import DENOMINATIONS, DifferenceWhy, Shift
from cardsvc.core.wire import Outcome
from cardsvc.demo.home import DRAWERS, FLOAT
from cardsvc.handlers import close_till, open_till, place_cash
from cardsvc.handlers.close_till import Closing
from cardsvc.store import tables as t
from cardsvc.store import tills
from cardsvc.store.tills import Kept
from cardsvc.store.verifying import first_fault
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import opened, stored

ONE, TWO, AUDITOR = StaffNo("1010"), StaffNo("1015"), StaffNo("1016")
ALONE = {"staff_no": ONE, "second_staff_no": None}
UNKNOWN = DifferenceWhy.UNKNOWN


def cash(fen: int) -> Details:
    return Details(amount_fen=fen, means=Means.CASH)


def pieces(fen: int) -> dict[int, int]:
    """The fewest pieces that come to this."""
    counts = {}
    for value in DENOMINATIONS:
        counts[value], fen = divmod(fen, value)
    assert fen == 0
    return counts


def mine(service: Service, who: StaffNo = ONE) -> Shift:
    with service.context.engine.connect() as connection:
        found = tills.open_of(connection, service.context.home_id, who)
    assert found is not None
    return found


def kept(service: Service, shift_no: int) -> Kept:
    with service.context.engine.connect() as connection:
        found = tills.one(connection, service.context.home_id, shift_no)
        assert found is not None
        moved = sum(one.fen for one in tills.takings(connection, service.context.home_id, shift_no))
    assert moved == found.moved_fen
    return found


def close(
    service: Service, fen: int, why: DifferenceWhy | None = None, second: StaffNo | None = None
) -> Kept | Refusal:
    asked = Closing(mine(service).shift_no, pieces(fen), ONE, why, second)
    return close_till.handle(service.context, asked, service.clock.now)


def paid(service: Service, case_no: CaseNo, step: Step, fen: int) -> None:
    judged = service.station(StationKind.CASHIER).take(case_no, step, cash(fen), staff_no=ONE)
    assert judged.outcome is Outcome.ACCEPTED, judged


def nowhere(service: Service) -> list[tuple[CaseNo | None, int]]:
    with service.context.engine.connect() as connection:
        return [(one.case_no, one.fen) for one in tills.takings(connection, service.context.home_id, None)]


def test_a_shift_expects_its_float_and_the_cash_of_its_cashier_alone(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, Step.DEPOSIT, 123_450)
    paid(service, case_no, Step.REFUND, 23_400)
    station = service.station(StationKind.CASHIER)
    by_qr = Details(amount_fen=7_000, means=Means.QR)
    assert station.take(case_no, Step.DEPOSIT, by_qr, staff_no=ONE).outcome is Outcome.ACCEPTED
    assert station.take(case_no, Step.DEPOSIT, cash(500), staff_no=TWO).outcome is Outcome.ACCEPTED

    done = close(service, 50_000 + 123_450 - 23_400 + 0)

    assert isinstance(done, Kept)
    assert (done.expected_fen, done.counted_fen, done.difference_fen, done.why) == (150_050, 150_050, 0, None)
    assert kept(service, mine(service, TWO).shift_no).moved_fen == 500
    assert nowhere(service) == []


def test_a_refund_whose_yes_came_a_day_late_leaves_the_drawer_that_is_open_then(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, Step.DEPOSIT, 10_000)
    station, before = service.station(StationKind.CASHIER), mine(service)
    asked = wire.Request(step=Step.REFUND, details=cash(10_000))
    station.append(asked, case_no=case_no, staff_no=ONE, second_staff_no=TWO)
    assert isinstance(close(service, 60_000), Kept)
    service.clock.forward(hours=15)
    assert isinstance(open_till.handle(service.context, ONE, DRAWERS[ONE], FLOAT, service.clock.now), Shift)

    assert station.judged().outcome is Outcome.ACCEPTED

    assert (kept(service, before.shift_no).moved_fen, kept(service, mine(service).shift_no).moved_fen) == (
        10_000,
        -10_000,
    )


def test_a_difference_needs_a_reason_and_a_large_one_a_second_person(service: Service) -> None:
    assert close(service, 49_990) == Refusal(Problem.TILL_DIFFERS, "-0.10")
    assert close(service, 48_990, UNKNOWN) == Refusal(Problem.FOUR_EYES, "keep_till")
    assert close(service, 51_010, UNKNOWN, ONE) == Refusal(Problem.FOUR_EYES, "keep_till")
    assert close(service, 51_010, UNKNOWN, StaffNo("1004")) == Refusal(Problem.NOT_ALLOWED, "keep_till")

    done = close(service, 48_990, DifferenceWhy.WRONG_CHANGE, AUDITOR)

    assert isinstance(done, Kept)
    assert (done.difference_fen, done.why, done.second) == (-1_010, DifferenceWhy.WRONG_CHANGE, AUDITOR)


def test_a_small_difference_is_closed_alone_and_another_drawer_never(service: Service) -> None:
    shift = mine(service)
    others = Closing(shift.shift_no, FLOAT, TWO)
    assert close_till.handle(service.context, others, service.clock.now) == Refusal(Problem.FOUR_EYES, "keep_till")
    stranger = Closing(shift.shift_no, FLOAT, StaffNo("1004"), second=AUDITOR)
    refused = close_till.handle(service.context, stranger, service.clock.now)
    assert refused == Refusal(Problem.NOT_ALLOWED, "keep_till")

    assert isinstance(close(service, 49_000, UNKNOWN), Kept)

    again = Closing(shift.shift_no, FLOAT, ONE)
    assert close_till.handle(service.context, again, service.clock.now) == Refusal(Problem.TILL_CLOSED, ONE)


def test_there_is_one_open_shift_a_cashier_and_one_a_drawer(service: Service) -> None:
    now, home = service.clock.now, service.context.home_id
    assert open_till.handle(service.context, ONE, "QT-9", FLOAT, now) == Refusal(Problem.TILL_OPEN, "QT-1: 1010")
    assert isinstance(close(service, 50_000), Kept)
    assert open_till.handle(service.context, ONE, DRAWERS[TWO], FLOAT, now) == Refusal(Problem.TILL_OPEN, "QT-2: 1015")
    assert open_till.handle(service.context, ONE, "QT 1", FLOAT, now) == Refusal(Problem.FIELD_INVALID, "drawer")
    assert open_till.handle(service.context, StaffNo("1004"), "QT-1", FLOAT, now) == Refusal(
        Problem.NOT_ALLOWED, "keep_till"
    )
    assert isinstance(open_till.handle(service.context, ONE, "QT-1", FLOAT, now), Shift)

    for staff_no, drawer in ((ONE, "QT-9"), (StaffNo("1001"), "QT-1")):
        with pytest.raises(DBAPIError), service.context.engine.begin() as connection:
            tills.add(connection, home, Shift(10_000, staff_no, drawer, now, 0), {})


def test_of_twenty_who_open_or_close_at_once_one_does(service: Service) -> None:
    shift, now = mine(service), service.clock.now
    with ThreadPoolExecutor(20) as pool:
        asked = Closing(shift.shift_no, FLOAT, ONE)
        closed = list(pool.map(lambda _: close_till.handle(service.context, asked, now), range(20)))
        opened_ = list(pool.map(lambda _: open_till.handle(service.context, ONE, "QT-1", FLOAT, now), range(20)))
    assert sum(isinstance(one, Kept) for one in closed) == 1
    assert sum(isinstance(one, Shift) for one in opened_) == 1


def test_the_database_refuses_to_change_a_closed_shift_or_its_cash(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, Step.DEPOSIT, 100)
    shift_no = mine(service).shift_no
    assert isinstance(close(service, 50_100), Kept)
    for what in (
        f"UPDATE till_shift SET counted_fen = 1 WHERE shift_no = {shift_no}",
        "DELETE FROM till_shift",
        "UPDATE till_taking SET shift_no = NULL",
        "DELETE FROM till_taking",
    ):
        with pytest.raises(DBAPIError), service.context.engine.begin() as connection:
            connection.execute(text(what))


def test_what_needs_the_services_word_is_refused_without_a_shift(service: Service) -> None:
    case_no, _ = opened(service)
    paid(service, case_no, Step.DEPOSIT, 1_000)
    assert isinstance(close(service, 51_000), Kept)

    back = service.station(StationKind.CASHIER).take(case_no, Step.REFUND, cash(1_000), staff_no=ONE)

    assert back.outcome is Outcome.REFUSED
    assert [one.problem for one in back.reasons] == [Problem.TILL_CLOSED]


def test_cash_that_was_taken_stands_without_a_shift_and_is_shown_as_such(service: Service) -> None:
    case_no, _ = opened(service)
    assert isinstance(close(service, 50_000), Kept)
    service.clock.forward(hours=1)

    paid(service, case_no, Step.DEPOSIT, 4_200)

    assert nowhere(service) == [(case_no, 4_200)]


def test_cash_of_no_shift_is_put_into_the_drawer_of_who_has_it_once(service: Service) -> None:
    case_no, _ = opened(service)
    assert isinstance(close(service, 50_000), Kept)
    service.clock.forward(hours=3)
    for step, fen in ((Step.DEPOSIT, 4_200), (Step.DEPOSIT, 700)):
        body = wire.Observation(step=step, details=cash(fen))
        service.station(StationKind.CASHIER).append(body, case_no=case_no, **ALONE)
        assert service.station(StationKind.CASHIER).judged().outcome is Outcome.ACCEPTED
    [first, second] = numbers(service)
    shift = mine(service, TWO)

    def places(number: int, by: StaffNo = TWO, other: StaffNo | None = None) -> Refusal | None:
        return place_cash.handle(service.context, number, by, other, service.clock.now)

    assert places(first, ONE) == Refusal(Problem.TILL_CLOSED, ONE), "whose drawer is counted has none to put it into"
    assert places(first, StaffNo("1001")) == Refusal(Problem.NOT_ALLOWED, "keep_till")
    assert places(first + 999) == Refusal(Problem.NOT_FOUND)
    assert places(first) is None
    assert places(first) == Refusal(Problem.NOT_FOUND), "it is in a shift now"

    assert (nowhere(service), kept(service, shift.shift_no).moved_fen) == ([(case_no, 700)], 4_200)
    page = Desk(service, TWO).get("tills").text
    assert f"/office/tills/place/{second}" in page and "放入我的钱箱" in page
    assert Desk(service, TWO).post(f"tills/place/{second}").status_code == 303
    assert (nowhere(service), kept(service, shift.shift_no).moved_fen) == ([], 4_900)
    done = Closing(shift.shift_no, pieces(54_900), TWO)
    assert isinstance(close_till.handle(service.context, done, service.clock.now), Kept)
    assert first_fault(service.context.engine, service.context.home_id, lambda _: None) is None


def numbers(service: Service) -> list[int]:
    with service.context.engine.connect() as connection:
        return [one.log_no for one in tills.takings(connection, service.context.home_id, None)]


def test_cash_that_went_out_of_no_shift_leaves_a_drawer_by_two(service: Service) -> None:
    case_no, _ = opened(service)
    assert isinstance(close(service, 50_000), Kept)
    service.clock.forward(hours=3)
    paid(service, case_no, Step.DEPOSIT, 4_200)
    payment = stored(service, case_no).taken[-1].cause
    undo = Details(payment=payment, reason=Reason.ENTERED_BY_MISTAKE)
    desk = service.station(StationKind.CASHIER)
    given = desk.take(case_no, Step.REVERSE_PAYMENT, undo, staff_no=TWO, second_staff_no=AUDITOR)
    assert given.outcome is Outcome.ACCEPTED
    [came, went] = numbers(service)

    def places(number: int, other: StaffNo | None) -> Refusal | None:
        return place_cash.handle(service.context, number, TWO, other, service.clock.now)

    for other in (None, TWO):
        assert places(went, other) == Refusal(Problem.FOUR_EYES, "keep_till")
    assert (places(came, None), places(went, AUDITOR), nowhere(service)) == (None, None, [])
    assert kept(service, mine(service, TWO).shift_no).moved_fen == 0


def test_a_payment_that_arrives_after_the_close_is_in_its_own_shift_and_changes_no_figure(service: Service) -> None:
    case_no, _ = opened(service)
    shift = mine(service)
    station = service.station(StationKind.CASHIER)
    service.clock.forward(hours=2)
    station.append(wire.Observation(step=Step.DEPOSIT, details=cash(8_800)), case_no=case_no, **ALONE)
    service.clock.forward(hours=4)
    assert isinstance(close(service, 58_800, DifferenceWhy.NOT_TYPED, AUDITOR), Kept)
    service.clock.forward(hours=12)
    following = open_till.handle(service.context, ONE, "QT-1", FLOAT, service.clock.now)
    assert isinstance(following, Shift)

    assert station.judged().outcome is Outcome.ACCEPTED

    late = kept(service, shift.shift_no)
    assert (late.expected_fen, late.difference_fen, late.later_fen) == (50_000, 8_800, 8_800)
    assert kept(service, following.shift_no).moved_fen == 0


def test_every_fen_of_cash_in_the_ledger_is_in_a_shift_or_shown_in_none(service: Service) -> None:
    case_no, _ = opened(service)
    for turn, fen in enumerate((1_110, 220, 30_000)):
        paid(service, case_no, Step.DEPOSIT, fen)
        if turn == 1:
            assert isinstance(close(service, 50_000 + 1_330), Kept)
            service.clock.forward(hours=1)
    home = service.context.home_id
    with service.context.engine.connect() as connection:
        c = t.account.c
        one = (c.home_id == home, c.account == tills.CASH)
        ledger = connection.execute(select(func.sum(c.debit_fen - c.credit_fen)).where(*one)).scalar_one()
        shifts = sum(one.moved_fen for one in tills.page(connection, home, None))
    assert (ledger, shifts, nowhere(service)) == (31_330, 1_330, [(case_no, int(yuan("300")))])
