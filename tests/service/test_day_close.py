"""Closing a business day at the real service: once, by two people, and what comes later is of the next day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cardsvc.core import wire
from cardsvc.core.day_close import Check, DayClosed, Figure, open_day
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Reason
from cardsvc.core.till import Shift
from cardsvc.core.wire import Outcome
from cardsvc.demo.home import FLOAT
from cardsvc.handlers import close_day, close_till, open_till
from cardsvc.handlers.close_till import Closing
from cardsvc.store import day_close, tills, verifying
from cardsvc.store import tables as t
from cardsvc.store.working import FACT
from tests.service.test_tills import pieces
from tests.service.test_trial_balance import paid
from tests.support.desk import Desk
from tests.support.home import Service
from tests.support.telling import Told

CASHIER, MANAGER, AUDITOR, CLERK = (StaffNo(one) for one in ("1010", "1015", "1016", "1001"))

LATE = "cash that came after the count"


def today(service: Service) -> date:
    return local(service.clock()).date()


def counted(service: Service) -> None:
    """Every drawer is counted and its shift closed."""
    with service.context.engine.connect() as connection:
        shifts = tills.page(connection, service.context.home_id, None)
    for one in shifts:
        if one.shift.closed_at is None:
            asked = Closing(one.shift.shift_no, pieces(one.ledger_fen), one.shift.staff_no, slip_fen=one.card_fen)
            assert isinstance(close_till.handle(service.context, asked, service.clock.now), tills.Kept)


def close(service: Service, day: date | None = None, why: str = "", second: StaffNo | None = MANAGER) -> Problem | None:
    counted(service)
    done = close_day.handle(service.context, day or today(service), why, CASHIER, second)
    return done.problem if isinstance(done, Refusal) else None


def kept(service: Service, day: date) -> DayClosed:
    with service.context.engine.connect() as connection:
        found = day_close.one(connection, service.context.home_id, day)
    assert found is not None
    return found


def fault(service: Service) -> str | None:
    context = service.context
    return verifying.first_fault(context.engine, context.home_id, lambda _: None, context.vault.public_key)


def figure(figures: tuple[Figure, ...], name: str) -> tuple[int, int]:
    return next(((one.debit_fen, one.credit_fen) for one in figures if one.name == name), (0, 0))


def test_offline_payments_arriving_during_day_close_belong_to_the_next_open_day(service: Service) -> None:
    told = Told.begun(service, 1, resident=False)
    told.does(Step.DISPATCH)
    told.does(Step.COLLECT)
    cashier, day = service.station(StationKind.CASHIER), today(service)

    def offline(fen: int) -> None:
        details = Details(amount_fen=fen, means=Means.CASH)
        cashier.write(told.case_no, Step.DEPOSIT, details, told.card, **cashier.people(Step.DEPOSIT))

    offline(10_000)
    cashier.send()
    offline(20_000)
    taken_at = service.clock()
    counted(service)
    together = Barrier(2)

    def closes() -> Problem | None:
        together.wait()
        return close(service, why=LATE)

    def arrives() -> set[str]:
        together.wait()
        return {one.judgement.outcome for one in cashier.send().results if one.judgement is not None}

    with ThreadPoolExecutor(2) as pool:
        closing, arriving = pool.submit(closes), pool.submit(arrives)
        assert closing.result() is None
        assert Outcome.ACCEPTED in arriving.result() and Outcome.REFUSED not in arriving.result()
    offline(40_000)
    service.clock.forward(minutes=30)
    cashier.send()
    service.clock.forward(days=1)
    assert close(service, why=LATE) is None

    first, second = kept(service, day), kept(service, day + timedelta(days=1))
    came = [figure(one.moved, "till/cash")[0] for one in (first, second)]
    assert came in ([10_000, 60_000], [30_000, 40_000])
    assert first.until_log_no == second.from_log_no
    with service.context.engine.connect() as connection:
        x, f = t.transfer.c, t.fact.c
        rows = connection.execute(
            select(x.log_no, f.body)
            .join(t.fact, (f.home_id == x.home_id) & (f.case_no == x.case_no) & (f.cause == x.cause))
            .where(x.debit == "till/cash", x.amount_fen == 40_000)
        ).all()
    [(log_no, body)] = rows
    assert second.from_log_no <= log_no < second.until_log_no
    assert local(FACT.validate_json(body).at).date() == day and FACT.validate_json(body).at >= taken_at
    assert fault(service) is None


def test_offline_money_of_a_case_that_closes_with_the_day_is_held_and_belongs_to_one_of_both_days(
    service: Service,
) -> None:
    told = Told.begun(service, 1, resident=False)
    cashier, day, together = service.station(StationKind.CASHIER), today(service), Barrier(2)
    details = Details(amount_fen=20_000, means=Means.CASH)
    cashier.write(told.case_no, Step.DEPOSIT, details, told.card, **cashier.people(Step.DEPOSIT))
    counted(service)
    told.office.step(told.case_no, Step.CANCEL, Details(reason=Reason.FAMILY_WISH))

    def closes() -> Problem | None:
        told.office.step(told.case_no, Step.CLOSE)
        together.wait()
        return close(service, why="a desk has no network")

    def arrives() -> list[Outcome]:
        together.wait()
        return [one.judgement.outcome for one in cashier.send().results if one.judgement is not None]

    with ThreadPoolExecutor(2) as pool:
        closing, arriving = pool.submit(closes), pool.submit(arrives)
        assert (closing.result(), arriving.result()) == (None, [Outcome.NOTED, Outcome.CONFLICT])
    service.clock.forward(days=1)
    assert close(service, why="money of a closed case is held") is None

    days = [kept(service, day), kept(service, day + timedelta(days=1))]
    assert sorted(figure(one.moved, "suspense") for one in days) == [(0, 0), (0, 20_000)]
    assert sorted(figure(one.moved, "till/cash") for one in days) == [(0, 0), (20_000, 0)]
    assert (figure(days[1].stands, "suspense"), days[1].found[Check.SUSPENSE]) == ((0, 20_000), 1)
    assert fault(service) is None


def test_ten_close_a_day_at_once_and_one_does(service: Service) -> None:
    paid(service, 50_000)
    counted(service)
    together = Barrier(10)

    def closes(_: int) -> Problem | None:
        together.wait()
        return close(service)

    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(closes, range(10)))

    assert sorted(str(one) for one in said) == sorted(["None", *["day_not_next"] * 9])
    with service.context.engine.connect() as connection:
        assert len(day_close.listed(connection, service.context.home_id, None, 10)) == 1
    assert fault(service) is None


def test_a_closed_day_has_the_figures_of_its_transfers_and_the_next_one_those_that_follow(service: Service) -> None:
    paid(service, 50_000)
    day = today(service)
    assert close(service) is None
    paid(service, 7_000)
    with service.context.engine.connect() as connection:
        assert open_day(service.clock(), day) == day + timedelta(days=1)
        assert day_close.last(connection, service.context.home_id) == kept(service, day)
    service.clock.forward(days=2)
    paid(service, 900)
    assert close(service, day + timedelta(days=1), LATE) is None

    first, second = kept(service, day), kept(service, day + timedelta(days=1))
    assert figure(first.moved, "deposit") == (0, 50_000)
    assert figure(second.moved, "deposit") == (0, 7_000)
    assert figure(second.stands, "deposit") == (0, 57_000)
    page = Desk(service, "1010").get("days").text
    assert "¥500.00" in page and "¥70.00" in page and "¥570.00" in page
    assert "¥570.00" in Desk(service, "1010").get(f"trial-balance?day={second.day}").text
    assert fault(service) is None


def test_the_first_closed_day_leaves_out_what_was_posted_before_it(service: Service) -> None:
    paid(service, 50_000)
    service.clock.forward(days=3)
    paid(service, 7_000)
    assert close(service) is None

    first = kept(service, today(service))
    assert figure(first.moved, "deposit") == (0, 7_000)
    assert figure(first.stands, "deposit") == (0, 57_000)
    assert fault(service) is None


def test_who_closes_a_day_and_when_it_is_refused(service: Service) -> None:
    paid(service, 50_000)
    day = today(service)
    assert close(service, second=None) is Problem.FOUR_EYES
    assert close(service, second=CASHIER) is Problem.FOUR_EYES
    assert close(service, second=CLERK) is Problem.NOT_ALLOWED
    assert close(service, day + timedelta(days=1)) is Problem.DAY_NOT_NEXT
    assert close(service, second=AUDITOR) is None
    assert close(service) is Problem.DAY_NOT_NEXT
    assert close(service, day + timedelta(days=1)) is Problem.DAY_NOT_NEXT


def test_what_is_open_needs_a_reason_and_broken_books_are_never_closed(service: Service) -> None:
    case_no, home = paid(service, 50_000), service.context.home_id
    with service.context.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO transfer VALUES (:home, :case, 1, 90, 'till/qr', :held, 7, 'suspense', 'raw:1')"),
            {"home": home, "case": case_no, "held": f"suspense/{case_no}"},
        )
    assert close(service) is Problem.DAY_NEEDS_REASON
    with service.context.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE account DISABLE TRIGGER USER"))
        connection.execute(text("UPDATE account SET debit_fen = debit_fen + 1 WHERE account = 'till/cash'"))
    assert close(service, why="never mind") is Problem.BOOKS_DIFFER
    with service.context.engine.begin() as connection:
        connection.execute(text("UPDATE account SET credit_fen = credit_fen + 1 WHERE account = 'till/cash'"))
    assert close(service, why="the provider answers tomorrow") is None
    assert kept(service, today(service)).found[Check.SUSPENSE] == 1


FORGED = (
    ("UPDATE day_close SET body = replace(body, '50000', '50001')", "is not signed by the service"),
    ("DELETE FROM day_close", "is missing"),
)


@pytest.mark.parametrize(("statement", "said"), FORGED)
def test_a_closed_day_is_never_changed_and_verify_finds_it_if_it_is(
    service: Service, statement: str, said: str
) -> None:
    paid(service, 50_000)
    assert close(service) is None
    with service.context.engine.begin() as connection:
        nested = connection.begin_nested()
        with pytest.raises(DBAPIError):
            connection.execute(text(statement))
        nested.rollback()
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE day_close DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER day_close_no_update"))
            connection.execute(text("DROP TRIGGER day_close_no_delete"))
        connection.execute(text(statement))

    assert said in (fault(service) or "")


def test_a_transfer_that_is_slipped_into_a_closed_day_is_found(service: Service) -> None:
    case_no, home = paid(service, 50_000), service.context.home_id
    assert close(service) is None
    with service.context.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO transfer VALUES (:home, :case, 1, 90, 'till/qr', :held, 7, 'suspense', 'raw:1')"),
            {"home": home, "case": case_no, "held": f"suspense/{case_no}"},
        )

    assert fault(service) == f"closed day {today(service)} is not its transfers"


@pytest.mark.parametrize(("who", "see", "closes"), [("1010", 200, 303), ("1016", 200, 403), ("1001", 403, 403)])
def test_who_sees_closed_days_and_who_closes_them(service: Service, who: str, see: int, closes: int) -> None:
    desk, day = Desk(service, who), today(service).isoformat()
    counted(service)
    assert desk.get("days").status_code == see
    assert desk.http.post("/office/days", data={"day": day}).status_code == 403
    assert desk.post("days", day=day, second_staff_no="1015", second_password="wrong").status_code in (401, 403)
    assert desk.post("days", day=day, second_staff_no="1015", second_password="10151015").status_code == closes


def test_a_day_is_not_closed_while_a_drawer_of_it_is_not_counted(service: Service) -> None:
    day = today(service)
    handled = close_day.handle(service.context, day, "he has gone home", CASHIER, MANAGER)
    assert handled == Refusal(Problem.DAY_TILLS_OPEN)
    page = Desk(service, "1010").get("days").text
    assert "收银班次都已交班: 2" in page and 'href="/office/tills"' in page

    counted(service)
    service.clock.forward(days=1)
    opened = open_till.handle(service.context, CASHIER, "QT-1", FLOAT, service.clock.now)
    assert isinstance(opened, Shift)
    assert isinstance(close_day.handle(service.context, day, "", CASHIER, MANAGER), DayClosed), "a shift of today"
    assert close_day.handle(service.context, today(service), "", CASHIER, MANAGER) == Refusal(Problem.DAY_TILLS_OPEN)


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        ("expected_fen = expected_fen + 100, why = 'unknown'", "its close is not in the log"),
        ("counted_fen = counted_fen - 100, why = 'unknown'", "its drawer is not what was counted"),
        ("float_fen = float_fen + 100", "its float is not what was counted"),
    ],
)
def test_cardsvc_verify_finds_a_shift_that_was_changed(service: Service, planted: str, said: str) -> None:
    paid(service, 50_000)
    counted(service)
    assert fault(service) is None
    postgres = service.context.engine.dialect.name == "postgresql"
    with service.context.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER till_shift_stays{' ON till_shift' if postgres else ''}"))
        connection.execute(text(f"UPDATE till_shift SET {planted} WHERE drawer = 'QT-1'"))
    found = fault(service)
    assert found is not None and found.startswith("till shift ") and found.endswith(said)


def test_cardsvc_verify_finds_a_shift_whose_cash_was_moved_elsewhere(service: Service) -> None:
    paid(service, 50_000)
    counted(service)
    postgres = service.context.engine.dialect.name == "postgresql"
    trigger = "till_taking_placed ON till_taking" if postgres else "till_taking_placed"
    with service.context.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER {trigger}"))
        connection.execute(text("UPDATE till_taking SET shift_no = NULL"))
    assert (fault(service) or "").endswith("what it expected is not its transfers")


def test_cash_in_no_shift_and_a_payment_taken_back_after_the_count_need_a_reason_at_the_close(service: Service) -> None:
    told, cashier = Told.begun(service, 1, resident=False), service.station(StationKind.CASHIER)
    told.does(Step.DEPOSIT, amount_fen=10_000, means=Means.CASH)
    counted(service)
    undo = Details(payment=told.case.taken[-1].cause, reason=Reason.ENTERED_BY_MISTAKE)
    service.clock.forward(minutes=5)
    told.does(Step.REVERSE_PAYMENT, **undo.model_dump(exclude_defaults=True))
    service.clock.forward(hours=1)
    late = Details(amount_fen=700, means=Means.CASH)
    cashier.append(wire.Observation(step=Step.DEPOSIT, details=late), case_no=told.case_no, staff_no=CASHIER)
    cashier.judged()

    assert close(service) is Problem.DAY_NEEDS_REASON
    page = Desk(service, "1010").get("days").text
    assert "现金都有所属班次: 1" in page and "交班后钱箱没有变动: 1" in page
    assert close(service, why="looked at") is None

    found = kept(service, today(service)).found
    assert (found[Check.NO_SHIFT], found[Check.AFTER_COUNT]) == (1, 1)
    service.clock.forward(days=1)
    assert close(service) is Problem.DAY_NEEDS_REASON, "the cash is still in no shift"
    assert close(service, why="looked at") is None
    assert kept(service, today(service)).found[Check.AFTER_COUNT] == 0, "what moved on a closed day was of that day"
    assert fault(service) is None
