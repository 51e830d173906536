"""The table of payment orders, and what the provider's word does to one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from pydantic import TypeAdapter

from cardsvc.core.ids import CaseNo, HomeId, payment_no, uuid7
from cardsvc.core.outgoing import SendError, signature
from cardsvc.core.paying import (
    LIVE,
    TRANSITIONS,
    ByHand,
    Event,
    Order,
    OrderState,
    Unlike,
    Why,
    after,
    compare,
    hear,
    next_look,
    question_for,
    settled,
)
from cardsvc.core.provider import DayList, Notice, Payment, Question, Standing, notice_of, question_key, standing_of
from cardsvc.core.terms import Payer
from cardsvc.core.words import LANGUAGES, Language, say

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ORDER = Order(
    "WZ-Q1", CaseNo("WZ-2026-000001"), Payer.FAMILY, 500, OrderState.SHOWN, NOW, NOW + timedelta(minutes=15), "1"
)


def paid(*fen: int, order_no: str = "WZ-Q1") -> Standing:
    payments = tuple(Payment(ref=f"P{n}", amount_fen=one, at=NOW) for n, one in enumerate(fen, 1))
    return Standing(order_no=order_no, state="paid", payments=payments)


def heard(order: Order, standing: Standing, known: tuple[str, ...] = (), payable: bool = True) -> tuple[str, list[str]]:
    moved = hear(order, standing, known, payable=payable, closing=Event.EXPIRE, now=NOW)
    return moved.order.state, [one.why or "posted" for one in moved.arrivals]


@pytest.mark.parametrize("state", OrderState)
def test_only_a_live_order_takes_money_and_every_other_sends_it_to_a_person(state: OrderState) -> None:
    after_, went = heard(replace(ORDER, state=state), paid(500))
    if state in LIVE:
        assert (after_, went) == (OrderState.PAID, ["posted"])
    else:
        assert after_ == OrderState.DISPUTED and went[0] in set(Why)


def test_of_two_payments_in_one_answer_one_fits() -> None:
    assert heard(ORDER, paid(500, 500)) == (OrderState.DISPUTED, ["posted", Why.TWICE])
    assert heard(ORDER, paid(501, 500)) == (OrderState.DISPUTED, [Why.AMOUNT, Why.TWICE])
    assert heard(ORDER, paid(500), known=("P1",)) == (OrderState.SHOWN, [])
    assert heard(ORDER, paid(500), payable=False) == (OrderState.DISPUTED, [Why.CASE_OVER])


def test_the_same_payments_in_whatever_order_end_the_same() -> None:
    answers = {heard(ORDER, replace_payments(paid(500, 499, 500), order))[0] for order in permutations(range(3))}
    assert answers == {OrderState.DISPUTED}


def replace_payments(standing: Standing, order: tuple[int, ...]) -> Standing:
    return standing.model_copy(update={"payments": tuple(standing.payments[n] for n in order)})


def test_an_order_is_over_only_by_the_provider_s_word() -> None:
    closed = Standing(order_no="WZ-Q1", state="closed")
    moved = hear(ORDER, closed, (), payable=True, closing=Event.CANCEL, now=NOW)
    assert (moved.order.state, moved.order.closed) == (OrderState.CANCELLED, True)
    assert heard(ORDER, closed)[0] == OrderState.EXPIRED
    assert heard(ORDER, Standing(order_no="WZ-Q1", state="unknown"))[0] == OrderState.SHOWN
    old = replace(ORDER, expires_at=NOW)
    assert heard(old, Standing(order_no="WZ-Q1", state="unknown"))[0] == OrderState.EXPIRED
    assert heard(old, Standing(order_no="WZ-Q1", state="open", qr="x"))[0] == OrderState.SHOWN


def test_what_is_asked_next_follows_from_the_order_alone() -> None:
    asked = replace(ORDER, state=OrderState.ASKED)
    assert question_for(asked, NOW) is Question.ASK
    assert question_for(ORDER, NOW) is Question.QUERY
    assert question_for(ORDER, NOW + timedelta(minutes=15)) is Question.CLOSE
    assert question_for(replace(ORDER, state=OrderState.CANCELLED), NOW) is Question.CLOSE
    assert question_for(replace(ORDER, closed=True), NOW) is None
    waits = [next_look(ORDER, NOW + timedelta(minutes=n)) - NOW - timedelta(minutes=n) for n in (0, 5, 60)]
    assert waits == sorted(waits) and waits[0] == timedelta(seconds=2)


def test_every_state_but_the_disputed_ends_in_what_the_table_says() -> None:
    for state in OrderState:
        for event in Event:
            if (state, event) in TRANSITIONS:
                assert after(replace(ORDER, state=state), event).state is TRANSITIONS[state, event]
            else:
                with pytest.raises(KeyError):
                    after(replace(ORDER, state=state), event)


def test_a_disputed_order_is_over_when_all_its_money_is_decided_about() -> None:
    disputed = replace(ORDER, state=OrderState.DISPUTED)
    assert settled(disputed, 1, True) == disputed
    assert settled(disputed, 0, True).state is OrderState.PAID
    assert settled(disputed, 0, False).state is OrderState.CANCELLED
    assert settled(ORDER, 0, True) == ORDER


def test_an_answer_is_believed_only_when_it_is_signed_for_this_question_about_this_order() -> None:
    secret, key = b"s", question_key("WZ-Q1", Question.QUERY, b"\x01")
    body = paid(500).model_dump_json().encode()

    def read(sealed: str = signature(secret, key, body), number: str = "WZ-Q1", status: int = 200) -> object:
        return standing_of(secret, key, number, status, body, sealed)

    assert isinstance(read(), Standing)
    assert read(number="WZ-Q2") is SendError.ANOTHER
    assert read(status=500) is SendError.STATUS
    old = question_key("WZ-Q1", Question.QUERY, b"\x02")
    assert read(signature(secret, old, body)) is SendError.UNSIGNED, "an old answer, kept by somebody"
    assert standing_of(secret, key, "WZ-Q1", 200, b"{}", signature(secret, key, b"{}")) is SendError.GARBAGE


def test_a_notice_stands_under_its_own_key() -> None:
    notice = Notice(order_no="WZ-Q1", ref="P1", amount_fen=5, at=NOW)
    body = notice.model_dump_json().encode()
    assert notice_of("P1", body) == notice
    assert notice_of("P2", body) is None and notice_of("P1", b"[]") is None


def test_a_day_names_each_difference_once() -> None:
    def one(ref: str, fen: int, order_no: str = "WZ-Q1") -> Notice:
        return Notice(order_no=order_no, ref=ref, amount_fen=fen, at=NOW)

    ours = [one("P1", 5), one("P2", 6), one("P3", 7), one("P5", 9)]
    theirs = DayList(day="2026-11-25", payments=(one("P1", 5), one("P2", 60), one("P4", 8), one("P5", 9, "WZ-Q2")))

    found = compare(ours, theirs, typed=[ByHand("office:9", CaseNo("WZ-2026-000001"), 3)])

    assert [(each.ref, each.unlike) for each in found.differences] == [
        ("P2", Unlike.DIFFERS),
        ("P3", Unlike.MISSING_THERE),
        ("P4", Unlike.MISSING_HERE),
        ("P5", Unlike.DIFFERS),
        ("office:9", Unlike.BY_HAND),
    ]
    assert (found.ours_fen, found.theirs_fen, found.count) == (30, 82, 4)


def test_numbers_of_orders_fit_and_grow_with_time() -> None:
    numbers = [payment_no(HomeId("WZ"), uuid7(ms, bytes(10))) for ms in (1, 2, 1_800_000_000_000)]
    assert numbers == sorted(set(numbers)) and {len(one) for one in numbers} == {30}
    assert TypeAdapter(Standing).validate_python({"order_no": numbers[0], "state": "open"}, strict=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_reason_has_a_word(language: Language) -> None:
    for table, values in (("order_state", OrderState), ("suspense_why", Why), ("unlike", Unlike)):
        for value in values:
            assert say(language, f"{table}.{value}").strip()
