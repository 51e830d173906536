"""QR payments against a provider that behaves badly: each payment is posted once, or waits for a person."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from sqlalchemy import select, update

from cardsvc.api import paying
from cardsvc.core.facts import Details, Stage, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.outgoing import KEY_HEADER, SIGNATURE_HEADER, signature
from cardsvc.core.paying import DayFound, Order, OrderState, Why
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.provider import Notice
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.wire import Outcome
from cardsvc.demo.provider import Mischief
from cardsvc.handlers import reconcile_payments
from cardsvc.handlers.ask_payment import Asking
from cardsvc.store import payments, verifying
from cardsvc.store import tables as t
from cardsvc.store.engine import Connection
from cardsvc.store.working import CASE
from tests.support.home import Service
from tests.support.paying import CASHIER, SECRET, Counter
from tests.support.telling import TO_STORAGE, Told

FEN, MANAGER = 20_000, StaffNo("1015")


def waiting(counter: Counter) -> list[tuple[Why | None, int]]:
    with counter.service.context.engine.connect() as connection:
        return [(one.why, one.amount_fen) for one in payments.waiting(connection, counter.service.context.home_id)]


def whole(counter: Counter) -> None:
    """Nothing is lost, nothing is there twice, and every chain is whole."""
    money = counter.money()
    assert money.till_fen + money.nobody_fen == counter.provider.paid_fen
    context = counter.service.context
    assert verifying.first_fault(context.engine, context.home_id, lambda words: None) is None


def test_a_payment_is_shown_paid_and_posted_once(counter: Counter, case_no: CaseNo) -> None:
    owed = counter.owed(case_no)
    order = counter.ask(case_no, FEN)
    assert (order.state, order.qr) == (OrderState.SHOWN, f"{counter.served.address}phone/{order.order_no}")

    assert counter.provider.pay(order.order_no)
    assert counter.tell() == 1
    counter.look()
    counter.look(60)

    assert counter.now(order).state is OrderState.PAID
    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]
    assert counter.owed(case_no) == owed - FEN
    assert waiting(counter) == []
    whole(counter)


def test_a_payment_is_on_the_station_s_snapshot_as_any_other(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.pay(order.order_no)
    counter.tell()

    cashier = counter.service.station(StationKind.CASHIER)
    cashier.send()

    assert cashier.known is not None
    assert cashier.known.cases[case_no].bill.paid_fen == FEN
    assert cashier.known.cases[case_no].case.last(Step.PAY) is not None


def test_asking_twice_is_one_order_and_another_amount_is_refused_meanwhile(counter: Counter, case_no: CaseNo) -> None:
    first = counter.ask(case_no, FEN)

    assert counter.ask(case_no, FEN).order_no == first.order_no
    other = counter.try_ask(case_no, FEN + 1)
    assert isinstance(other, Refusal) and other.problem is Problem.PAYMENT_OPEN
    assert len(counter.provider.orders) == 1


@pytest.mark.parametrize("fen", [0, -1, 10**9])
def test_nobody_is_asked_for_more_than_is_owed(counter: Counter, case_no: CaseNo, fen: int) -> None:
    refused = counter.try_ask(case_no, fen)
    assert isinstance(refused, Refusal) and refused.problem is Problem.AMOUNT_INVALID
    above = counter.try_ask(case_no, counter.owed(case_no) + 1)
    assert isinstance(above, Refusal) and above.problem is Problem.AMOUNT_INVALID
    assert counter.provider.orders == {}


def test_twenty_presses_at_once_make_one_order(counter: Counter, case_no: CaseNo) -> None:
    numbers, together = [], threading.Barrier(20)

    def press() -> None:
        together.wait()
        order = counter.try_ask(case_no, FEN)
        if isinstance(order, Order):
            numbers.append(order.order_no)

    at_once(press)

    assert len(set(numbers)) == 1 and len(counter.provider.orders) == 1


def at_once(act: Callable[[], object]) -> None:
    """Twenty of them, each in a thread; none ends in a fault."""
    with ThreadPoolExecutor(20) as pool:
        for done in [pool.submit(act) for _ in range(20)]:
            done.result()


def test_twenty_notices_and_looks_at_once_are_one_payment(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.pay(order.order_no)
    [telling] = counter.provider.telling
    body = telling.notice.model_dump_json().encode()
    headers = {KEY_HEADER: telling.notice.ref, SIGNATURE_HEADER: signature(SECRET, telling.notice.ref, body)}
    counter.service.clock.forward(seconds=3)
    together, number = threading.Barrier(20), iter(range(20))

    def hear() -> None:
        turn = next(number)
        together.wait()
        if turn % 2:
            assert counter.notice(body, headers).status_code == 200
        else:
            paying.look_due(counter.service.context)

    at_once(hear)
    counter.look()

    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]
    assert counter.notice(body, headers).json()["state"] == "already"
    whole(counter)


def test_an_order_whose_case_cannot_be_read_holds_nobody_up_and_is_asked_about_again(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    broken, other = counter.case(), Told.begun(counter.service, 2, resident=False, id_no=None, deceased_name="陆远")
    other.does(Step.DISPATCH)
    other.does(Step.COLLECT, tag="T2")
    other.does(Step.ARRIVE, tag="T2")
    sound = other.case_no
    orders = [counter.ask(broken, FEN), counter.ask(sound, FEN)]
    for order in orders:
        counter.provider.pay(order.order_no)
    c, engine = t.funeral_case.c, counter.service.context.engine
    with engine.begin() as connection:
        body = connection.execute(select(c.body).where(c.case_no == broken)).scalar_one()
        connection.execute(update(t.funeral_case).where(c.case_no == broken).values(body='{"name": "陆远"}'))

    outcomes = counter.look()

    assert outcomes == {"failed": 1, "heard": 1}
    assert (counter.pays(broken), counter.pays(sound)) == ([], [(f"qr:{orders[1].order_no}", FEN)])
    assert orders[0].order_no in caplog.text and "陆远" not in caplog.text
    with engine.begin() as connection:
        connection.execute(update(t.funeral_case).where(c.case_no == broken).values(body=body))
    counter.look()
    assert counter.pays(broken) == [(f"qr:{orders[0].order_no}", FEN)]
    whole(counter)


@pytest.mark.parametrize("way", [Mischief.LATE, Mischief.TWICE, Mischief.NEVER, Mischief.WRONG_SIGNATURE])
def test_a_notice_that_is_late_doubled_lost_or_unsigned_costs_nothing(
    counter: Counter, case_no: CaseNo, way: Mischief
) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = way
    counter.provider.pay(order.order_no)
    counter.tell()
    counter.provider.mischief = Mischief.NONE

    counter.look()

    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)], "the look alone is enough"
    counter.service.clock.forward(minutes=2)
    counter.tell()
    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]
    whole(counter)


def test_a_forged_notice_is_refused_and_moves_nothing(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    notice = Notice(order_no=order.order_no, ref="P1", amount_fen=FEN, at=counter.service.clock.now)
    body = notice.model_dump_json().encode()

    def sent(key: str, seal: str) -> int:
        status: int = counter.notice(body, {KEY_HEADER: key, SIGNATURE_HEADER: seal}).status_code
        return status

    assert sent("P1", signature(b"another secret", "P1", body)) == 401
    assert sent("P1", "") == 401
    assert sent("P2", signature(SECRET, "P1", body)) == 401, "the seal is for another key"
    assert sent("P2", signature(SECRET, "P2", body)) == 422, "signed, and not under its own key"
    assert sent("P1", signature(SECRET, "P1", body)) == 503, "signed, and the provider's own books do not have it"
    assert counter.pays(case_no) == [] and waiting(counter) == []
    assert counter.now(order).state is OrderState.SHOWN


def test_a_notice_about_an_order_that_nobody_made_is_refused(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.ANOTHER
    counter.provider.pay(order.order_no)

    assert counter.tell() == 1
    assert counter.look() == {"another": 1}, "its answers are about another order too: nothing is believed"
    assert counter.pays(case_no) == []
    counter.provider.mischief = Mischief.NONE
    assert counter.look() == {"heard": 1}
    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]
    whole(counter)


@pytest.mark.parametrize(
    ("way", "outcome"),
    [
        (Mischief.DOWN, "status"),
        (Mischief.LOST, "status"),
        (Mischief.SLOW, "slow"),
        (Mischief.WRONG_SIGNATURE, "unsigned"),
        (Mischief.ANOTHER, "another"),
    ],
)
def test_a_provider_that_does_not_answer_when_asked_is_asked_again(
    counter: Counter, case_no: CaseNo, way: Mischief, outcome: str
) -> None:
    counter.provider.mischief, counter.provider.slow_s = way, 30.0
    order = counter.ask(case_no, FEN)
    assert order.state is OrderState.ASKED, "asked, but not shown"
    assert counter.look() == {outcome: 1}
    counter.provider.mischief = Mischief.NONE

    assert counter.look() == {"heard": 1}

    assert counter.now(order).state is OrderState.SHOWN
    assert list(counter.provider.orders) == [order.order_no]


def test_an_order_that_the_provider_refuses_is_cancelled(counter: Counter, case_no: CaseNo) -> None:
    counter.provider.mischief = Mischief.REFUSES
    assert counter.ask(case_no, FEN).state is OrderState.CANCELLED


def test_a_wrong_amount_waits_for_a_person_and_who_owes_is_unchanged(counter: Counter, case_no: CaseNo) -> None:
    owed = counter.owed(case_no)
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.WRONG_AMOUNT
    counter.provider.pay(order.order_no)
    counter.tell()

    assert counter.now(order).state is OrderState.DISPUTED
    assert waiting(counter) == [(Why.AMOUNT, FEN + 1)]
    assert counter.owed(case_no) == owed and counter.pays(case_no) == []
    assert counter.money().suspense_fen == FEN + 1
    whole(counter)


def test_a_second_payment_of_one_order_waits_for_a_person(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.PAYS_TWICE
    counter.provider.pay(order.order_no)
    counter.tell()

    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]
    assert waiting(counter) == [(Why.TWICE, FEN)]
    whole(counter)


def test_money_for_a_cancelled_order_waits_for_a_person(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    assert counter.cancel(order).state is OrderState.CANCELLED
    assert not counter.provider.pay(order.order_no)
    counter.provider.mischief = Mischief.AFTER_CANCEL
    assert counter.provider.pay(order.order_no)
    counter.tell()

    assert waiting(counter) == [(Why.CANCELLED, FEN)]
    assert counter.pays(case_no) == []
    assert counter.now(order).state is OrderState.DISPUTED
    whole(counter)


def test_an_order_that_was_paid_before_the_cashier_cancels_is_paid(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.NEVER
    counter.provider.pay(order.order_no)

    assert counter.cancel(order).state is OrderState.PAID
    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]


def test_a_cancelled_order_is_closed_at_the_provider_when_it_answers_again(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.DOWN
    assert counter.cancel(order).state is OrderState.CANCELLED
    counter.provider.mischief = Mischief.NONE
    assert counter.provider.standing(order.order_no).state == "open"

    counter.look()

    assert counter.provider.standing(order.order_no).state == "closed"
    assert counter.look() == {}, "it has said its last word"


def test_an_order_expires_by_the_provider_s_word_and_not_before(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.DOWN
    counter.look(16 * 60)
    assert counter.now(order).state is OrderState.SHOWN, "nobody knows whether it was paid in time"
    counter.provider.mischief = Mischief.NONE

    counter.look(60)

    assert counter.now(order).state is OrderState.EXPIRED
    again = counter.ask(case_no, FEN)
    assert again.order_no != order.order_no


def test_a_payment_in_the_last_second_that_nobody_told_is_posted(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.service.clock.forward(minutes=14, seconds=59)
    counter.provider.mischief = Mischief.NEVER
    assert counter.provider.pay(order.order_no)
    counter.service.clock.forward(minutes=30)

    counter.look()

    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]


@pytest.mark.parametrize("owes", [True, False])
def test_a_payment_for_a_case_that_was_closed_meanwhile_pays_what_is_owed_or_waits(
    counter: Counter, owes: bool
) -> None:
    told = Told.begun(counter.service, 1, resident=False)
    told.go(*TO_STORAGE)
    case_no, owed = told.case_no, counter.owed(told.case_no)
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.NEVER
    counter.provider.pay(order.order_no)
    if not owes:
        told.does(Step.PAY, amount_fen=owed, means=Means.TRANSFER)
    with counter.service.context.engine.begin() as connection:
        close(connection, case_no)

    counter.look()

    assert waiting(counter) == ([] if owes else [(Why.CASE_OVER, FEN)])
    assert counter.owed(case_no) == (owed - FEN if owes else 0)


def close(connection: Connection, case_no: CaseNo) -> None:
    """The case is closed, as the store has it."""
    c = t.funeral_case.c
    row = connection.execute(t.funeral_case.select().where(c.case_no == case_no)).one()
    closed = CASE.validate_json(row.body).model_copy(update={"stage": Stage.CLOSED})
    values = {"stage": "closed", "body": closed.model_dump_json()}
    connection.execute(t.funeral_case.update().where(c.case_no == case_no).values(**values))


def suspended(counter: Counter, case_no: CaseNo) -> str:
    """Money in suspense; its number."""
    order = counter.ask(case_no, FEN)
    counter.provider.mischief = Mischief.WRONG_AMOUNT
    counter.provider.pay(order.order_no)
    counter.provider.mischief = Mischief.NONE
    counter.tell()
    return counter.provider.orders[order.order_no].payments[0].ref


def test_a_person_lets_money_in_suspense_pay_the_case_once(counter: Counter, case_no: CaseNo) -> None:
    owed, ref = counter.owed(case_no), suspended(counter, case_no)

    assert paying.assign(counter.service.context, CASHIER, ref, case_no) is None
    again = paying.assign(counter.service.context, CASHIER, ref, case_no)

    assert isinstance(again, Refusal) and again.problem is Problem.NOT_FOUND
    assert counter.owed(case_no) == owed - FEN - 1
    assert counter.money().suspense_fen == 0
    assert [fen for _, fen in counter.pays(case_no)] == [FEN + 1]
    whole(counter)


def test_money_in_suspense_pays_another_case_by_two_who_do_not_refund_it_unseen(
    counter: Counter, case_no: CaseNo
) -> None:
    service, ref = counter.service, suspended(counter, case_no)
    friend = Told.begun(service, 2, resident=False, id_no=None).case_no
    for second in (None, CASHIER.staff_no, StaffNo("1003")):
        alone = paying.assign(service.context, CASHIER, ref, friend, second)
        assert isinstance(alone, Refusal) and alone.problem in (Problem.FOUR_EYES, Problem.NOT_ALLOWED)
    assert paying.assign(service.context, CASHIER, ref, friend, MANAGER) is None

    details = Details(amount_fen=FEN, means=Means.TRANSFER)
    desk = service.station(StationKind.CASHIER)
    back = desk.take(friend, Step.REFUND, details, staff_no=CASHIER.staff_no, second_staff_no=StaffNo("1016"))
    assert back.outcome is Outcome.ACCEPTED

    with service.context.engine.connect() as connection:
        flag = connection.execute(select(t.review_flag).where(t.review_flag.c.rule == "one_person")).one()
    assert (flag.case_no, flag.amount_fen, flag.caused_by) == (friend, FEN, CASHIER.staff_no)


def test_two_people_give_money_in_suspense_back(counter: Counter, case_no: CaseNo) -> None:

    owed, ref = counter.owed(case_no), suspended(counter, case_no)
    context = counter.service.context

    for second in (None, CASHIER.staff_no, StaffNo("1003")):
        alone = paying.refund(context, CASHIER, ref, second)
        assert isinstance(alone, Refusal), second
    assert paying.refund(context, CASHIER, ref, MANAGER) is None

    assert counter.owed(case_no) == owed
    assert (counter.money().suspense_fen, counter.money().till_fen) == (0, 0)
    assert waiting(counter) == []


def test_twenty_decisions_at_once_about_one_payment_are_one(counter: Counter, case_no: CaseNo) -> None:

    ref, done, together = suspended(counter, case_no), [], threading.Barrier(20)
    turns = iter(range(20))

    def decide() -> None:
        turn = next(turns)
        together.wait()
        if turn % 2:
            said = paying.assign(counter.service.context, CASHIER, ref, case_no)
        else:
            said = paying.refund(counter.service.context, CASHIER, ref, MANAGER)
        if said is None:
            done.append(turn)

    at_once(decide)

    assert len(done) == 1
    assert counter.money().suspense_fen == 0


def test_a_day_is_held_against_the_provider_s_list_and_what_was_lost_is_heard(
    counter: Counter, case_no: CaseNo
) -> None:
    order = counter.ask(case_no, FEN)
    counter.cancel(order)
    counter.provider.mischief = Mischief.AFTER_CANCEL
    counter.provider.pay(order.order_no)
    counter.provider.telling.clear()
    counter.provider.mischief = Mischief.NONE
    assert counter.look() == {}, "it was closed: nobody asks about it any more"
    day = local(counter.service.clock.now).date()

    found = paying.reconcile(counter.service.context, day)

    assert isinstance(found, DayFound)
    assert (found.healed, found.differences, found.ours_fen, found.theirs_fen) == (1, (), FEN, FEN)
    assert waiting(counter) == [(Why.CANCELLED, FEN)]
    whole(counter)


def test_a_day_s_differences_are_named(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.pay(order.order_no)
    counter.tell()
    kept = counter.provider.orders.pop(order.order_no)
    strange = kept.order.model_copy(update={"order_no": "WZ-QSTRANGE"})
    paid = kept.payments[0].model_copy(update={"ref": "P9"})
    kept.order, kept.payments = strange, [paid]
    counter.provider.orders[strange.order_no] = kept
    day = local(counter.service.clock.now).date()

    found = paying.reconcile(counter.service.context, day)

    assert isinstance(found, DayFound)
    assert [(one.unlike, one.order_no) for one in found.differences] == [("missing_there", order.order_no)]
    assert waiting(counter) == [(Why.NO_ORDER, FEN)], "money that nobody asked for waits for a person"
    assert counter.money().nobody_fen == FEN
    ref = "P9"

    alone = paying.assign(counter.service.context, CASHIER, ref, case_no)
    assert alone == Refusal(Problem.FOUR_EYES, "settle_payment"), "it came for no case"
    assert paying.assign(counter.service.context, CASHIER, ref, case_no, MANAGER) is None
    assert [fen for _, fen in counter.pays(case_no)] == [FEN, FEN]
    counter.provider.mischief = Mischief.DOWN
    mute = paying.reconcile(counter.service.context, day)
    assert isinstance(mute, Refusal) and mute.problem is Problem.PROVIDER_MUTE


def test_money_by_qr_that_somebody_typed_is_looked_at_and_is_a_difference_until_it_is_taken_back(
    counter: Counter, case_no: CaseNo
) -> None:
    service = counter.service
    details = Details(amount_fen=FEN, means=Means.QR)
    assert service.station(StationKind.CASHIER).take(case_no, Step.PAY, details).outcome is Outcome.ACCEPTED
    day, context = local(service.clock.now).date(), service.context

    found = paying.reconcile(context, day)

    assert isinstance(found, DayFound)
    assert [(one.unlike, one.order_no, one.ours_fen) for one in found.differences] == [("by_hand", case_no, FEN)]
    assert (found.ours_fen, found.theirs_fen) == (FEN, 0)
    with context.engine.connect() as connection:
        flag = connection.execute(select(t.review_flag).where(t.review_flag.c.rule == "qr_by_hand")).one()
    assert (flag.case_no, flag.amount_fen, flag.state) == (case_no, FEN, "open")

    taken_back = Details(payment=found.differences[0].ref, reason=Reason.ENTERED_BY_MISTAKE)
    station = service.station(StationKind.CASHIER)
    assert station.take(case_no, Step.REVERSE_PAYMENT, taken_back).outcome is Outcome.ACCEPTED
    again = paying.reconcile(context, day)
    assert isinstance(again, DayFound) and (again.differences, again.ours_fen) == ((), 0)


def test_another_amount_in_the_provider_s_list_is_a_difference(counter: Counter, case_no: CaseNo) -> None:
    order = counter.ask(case_no, FEN)
    counter.provider.pay(order.order_no)
    counter.tell()
    kept = counter.provider.orders[order.order_no]
    kept.payments[0] = kept.payments[0].model_copy(update={"amount_fen": FEN + 7})

    found = paying.reconcile(counter.service.context, local(counter.service.clock.now).date())

    assert isinstance(found, DayFound)
    assert [(one.unlike, one.ours_fen, one.theirs_fen) for one in found.differences] == [("differs", FEN, FEN + 7)]
    assert counter.pays(case_no) == [(f"qr:{order.order_no}", FEN)]


def test_without_a_provider_nothing_is_asked_and_nobody_listens(service: Service) -> None:
    context = service.context
    asked = paying.ask(context, CASHIER, Asking(CaseNo("WZ-2026-000001"), Payer.FAMILY, 1, CASHIER.staff_no))
    assert isinstance(asked, Refusal) and asked.problem is Problem.PROVIDER_MISSING
    assert service.http.post("/pay/notice").status_code == 404
    assert paying.look_due(context) == {}


def test_nights_that_were_missed_are_compared_once_and_a_day_in_progress_again(
    counter: Counter, case_no: CaseNo
) -> None:
    context, at = counter.service.context, time(2, 30)
    today = local(counter.service.clock.now).date()

    def nights() -> list[int]:
        found = []
        while (day := reconcile_payments.due(context, counter.service.clock.now, at)) is not None:
            paying.reconcile(context, day, again=False)
            found.append((day - today).days)
        return found

    assert nights() == [-1]
    assert isinstance(paying.reconcile(context, today), DayFound), "by hand, while the day goes on"
    assert paying.reconcile(context, today - timedelta(days=1), again=False) is None, "another process was first"
    counter.service.clock.forward(days=3)
    assert nights() == [0, 1, 2]
    assert nights() == []
