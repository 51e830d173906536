"""Fen, prices and the ledger: nothing is lost, nothing is charged without its cause."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsvc.core import ledger, money, prices, quoting
from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.prices import PriceBook, PriceItem, Regime, Trigger
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Payer, Reason
from tests.core.story import CASE, START, TAG, Story


def item(name: str, trigger: Trigger, fen: int, **more: object) -> PriceItem:
    return PriceItem.model_validate(
        {
            "item": name,
            "name_zh": name,
            "name_en": name,
            "unit": "time",
            "regime": Regime.GUIDED,
            "legal_basis": "indicative",
            "trigger": trigger,
            "price_fen": fen,
            "default": True,
        }
        | more
    )


BOOK = PriceBook(
    version="2026-1",
    legal_basis="indicative",
    valid_from=date(2026, 1, 1),
    valid_to=None,
    items=(
        item(
            "transport", Trigger.TRANSPORT, 23_000, included=40, extra_fen=500, floors_included=3, floor_fen=2_000,
            waiver_fen=23_000, waiver_units=1,
        ),
        item("cold", Trigger.STORAGE_DAY, 8_000, waiver_fen=8_000, waiver_units=3),
        item("furnace", Trigger.CREMATION, 33_000, waiver_fen=33_000, waiver_units=1),
        item("furnace_better", Trigger.CREMATION, 90_000, waiver_fen=33_000, waiver_units=1, default=False),
        item("hall", Trigger.QUOTED, 60_000, default=False),
    ),
)  # fmt: skip


def charged(story: Story) -> list[tuple[str, int, int]]:
    lines = []
    for number, fact in enumerate(story.facts):
        if number:
            before = Story(story.facts[:number]).case
            lines += [(one.item, one.price_fen, one.waiver_fen) for one in prices.lines_for(fact, before, BOOK)]
    return lines


@pytest.mark.parametrize(
    ("text", "fen"),
    [("330", 33_000), ("0.5", 50), ("1,234.50", 123_450), ("-2.05", -205), ("12,345,678", 1_234_567_800)],
)
def test_yuan_are_read_to_the_fen(text: str, fen: int) -> None:
    assert money.yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "1.234", "1e3", "NaN", "十元", "1..2", "٣", "1,5", "12,50", ",5", "1,2345", "1234,567"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        money.yuan(text)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=7).filter(any))
def test_splitting_loses_nothing(total: int, weights: list[int]) -> None:
    parts = money.split(money.Fen(total), weights)

    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )


def test_every_amount_up_to_a_hundred_yuan_is_split_among_one_to_seven_payers() -> None:
    weights = ((1,), (1, 1), (3, 1, 2), (1, 0, 5, 1), (7, 7, 7, 7, 7), (1, 2, 3, 4, 5, 6), (9, 1, 1, 1, 1, 1, 1))
    for total in range(1, 10_001):
        for shares in weights:
            for parts in (shares, (1,) * len(shares)):
                assert sum(money.split(money.Fen(total), parts)) == total, (total, parts)


def test_transport_is_charged_by_kilometre_and_floor_and_waived_for_residents() -> None:
    far = Details(tag=TAG, kilometres=52, floor=5)

    family = Story().booked().took(Step.DISPATCH).took(Step.COLLECT, details=far)
    resident = Story().booked(resident=True).took(Step.DISPATCH).took(Step.COLLECT, details=far)

    assert charged(family) == [("transport", 23_000 + 12 * 500 + 2 * 2_000, 0)]
    assert charged(resident) == [("transport", 33_000, 23_000)]


def test_storage_counts_begun_days_and_waives_three_over_all_periods() -> None:
    story = Story().booked(resident=True).took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE)
    story.took(Step.STORE, at=START)
    story.took(Step.TAKE_OUT, at=START + timedelta(days=1, hours=1))
    story.took(Step.STORE, at=START + timedelta(days=2))
    story.took(Step.TAKE_OUT, at=START + timedelta(days=4))

    assert charged(story)[1:] == [("cold", 16_000, 16_000), ("cold", 16_000, 8_000)]


def test_the_meter_runs_in_sight_before_it_is_charged() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE).took(Step.STORE, at=START)

    (line,) = prices.running_meter(story.case, BOOK, START + timedelta(days=4, minutes=1))

    assert (line.quantity, line.due_fen) == (5, 40_000)
    assert prices.running_meter(story.took(Step.TAKE_OUT).case, BOOK, START) == ()


def test_the_furnace_of_the_signed_quote_is_charged_and_the_waiver_set_off() -> None:
    way = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)
    better = Details(items=(Quantity(item="furnace_better", count=1), Quantity(item="hall", count=2)))
    story = Story().booked(resident=True).took(*way).took(Step.QUOTE, details=better)
    story.took(Step.SIGN_QUOTE, Step.QUEUE, Step.ARM, Step.LOAD)

    assert ("furnace_better", 90_000, 33_000) in charged(story)
    assert ("hall", 120_000, 0) in charged(story)
    assert not [one for one in charged(story) if one[0] == "furnace"]


def test_every_line_becomes_transfers_that_sum_to_zero_and_a_void_takes_them_back() -> None:
    story = Story().booked(resident=True).took(Step.DISPATCH, Step.COLLECT)
    (line,) = prices.lines_for(story.facts[-1], Story(story.facts[:-1]).case, BOOK)

    transfers = ledger.charge(CASE, line)

    assert sum(ledger.balances(transfers).values()) == 0
    assert ledger.balances(transfers)[ledger.receivable(CASE, Payer.TREASURY)] == 23_000
    assert not any(ledger.balances((*transfers, *ledger.reversed_(transfers))).values())


def test_a_deposit_is_held_set_off_and_the_rest_refunded() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT)
    (line,) = prices.lines_for(story.facts[-1], Story(story.facts[:-1]).case, BOOK)
    moves = list(ledger.charge(CASE, line))
    story.took(Step.DEPOSIT, details=Details(amount_fen=50_000, means=Means.CASH))
    moves += ledger.money_moved(story.facts[-1])
    moves += ledger.settle(CASE, ledger.balances(moves))
    bill = ledger.bill(CASE, ledger.balances(moves), line.price_fen, line.waiver_fen)
    assert (bill.due_fen, bill.paid_fen, bill.deposit_fen, bill.open_fen) == (23_000, 23_000, 27_000, -27_000)
    story.took(Step.REFUND, details=Details(amount_fen=27_000, means=Means.CASH))

    moves += ledger.money_moved(story.facts[-1])

    totals = ledger.balances(moves)
    assert totals[ledger.till(Means.CASH)] == 23_000
    assert totals[ledger.deposits(CASE)] == 0
    assert sum(totals.values()) == 0


def test_an_item_outside_the_list_cannot_be_billed() -> None:
    assert quoting.unlisted((Quantity(item="gold_urn", count=1), Quantity(item="hall", count=1)), BOOK) == ("gold_urn",)


def test_taking_out_for_another_reason_still_stops_the_meter() -> None:
    story = Story().booked().took(Step.DISPATCH, Step.COLLECT, Step.ARRIVE).took(Step.STORE, at=START)
    out = Details(tag=TAG, reason=Reason.VIEWING, due=START + timedelta(days=1))

    story.took(Step.TAKE_OUT, details=out, at=START + timedelta(hours=2))

    assert charged(story)[-1] == ("cold", 8_000, 0)


@pytest.mark.parametrize(
    ("due", "paid", "held", "most"),
    [
        (0, 0, 30_000, 30_000),
        (23_000, 0, 30_000, 7_000),
        (23_000, 0, 20_000, 0),
        (23_000, 23_000, 7_000, 7_000),
        (23_000, 30_000, 0, 7_000),
        (23_000, 30_000, 1_000, 8_000),
        (23_000, 10_000, 0, 0),
    ],
)
def test_a_refund_is_what_was_paid_less_what_is_owed(due: int, paid: int, held: int, most: int) -> None:
    bill = ledger.Bill(charged_fen=due, waived_fen=0, due_fen=due, paid_fen=paid, deposit_fen=held)

    assert ledger.refundable(bill) == most


def test_station_and_service_refuse_the_same_refund() -> None:
    bill = ledger.Bill(charged_fen=23_000, waived_fen=0, due_fen=23_000, paid_fen=0, deposit_fen=30_000)

    def asked(fen: int) -> Asked:
        return Asked(Step.REFUND, Details(amount_fen=fen, means=Means.CASH), StaffNo("1011"), StaffNo("1015"))

    assert ledger.above_paid(asked(7_000), bill) is None
    assert ledger.above_paid(asked(7_001), bill) == Refusal(Problem.ABOVE_PAID, "¥70.00")
