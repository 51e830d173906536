"""Corrections of a bill: worked figures. Lines are taken back and posted anew, and the ledger balances."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from cardsvc.core import ledger, prices
from cardsvc.core.case import Case
from cardsvc.core.corrections import Corrected, Standing, corrections
from cardsvc.core.facts import Details, Quantity, Step
from cardsvc.core.prices import Line, PriceBook, Trigger
from cardsvc.core.terms import Means, Payer, Reason
from tests.core.story import CASE, START, Story
from tests.core.test_money import BOOK, item

BOOKS = BOOK.model_copy(
    update={
        "items": (
            *BOOK.items,
            item("shelf", Trigger.ASH_STORAGE, 6_000, period_days=365),
            item("late", Trigger.CANCELLATION, 30_000, within_hours=24),
            item("very_late", Trigger.CANCELLATION, 60_000, within_hours=2),
            item("flowers", Trigger.QUOTED, 18_000, default=False),
        )
    }
)
STORED = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE)


def book_of(version: str | None) -> PriceBook:
    return BOOKS


def standing(story: Story) -> list[Standing]:
    """The lines of a story, as they stand before any correction."""
    lines: list[Standing] = []
    for number, fact in enumerate(story.facts[1:], 1):
        for line in prices.lines_for(fact, Story(story.facts[:number]).case, BOOKS):
            lines.append(Standing(number, len(lines), fact.cause, line))
    return lines


def corrected(story: Story, step: Step, details: Details) -> tuple[Corrected, ...]:
    return corrections(story.case, step, details, standing(story), book_of)


def told(lines: list[Line]) -> list[tuple[str, int, int, Payer]]:
    return [(one.item, one.price_fen, one.waiver_fen, one.payer) for one in lines]


def after(story: Story, step: Step, details: Details) -> list[Line]:
    """What stands on the bill after the step."""
    changed = {one.standing: one.instead for one in corrected(story, step, details)}
    kept = [changed.get(one, one.line) for one in standing(story)]
    return [one for one in kept if one is not None]


def stored_five_days() -> Story:
    """Two periods in the cold: 2 days and 3 days."""
    story = Story().booked().took(*STORED[:-1]).took(Step.STORE, at=START)
    story.took(Step.TAKE_OUT, at=START + timedelta(days=2))
    return story.took(Step.STORE, at=START + timedelta(days=3)).took(Step.TAKE_OUT, at=START + timedelta(days=6))


def test_a_waiver_proven_late_is_what_it_would_have_been_from_the_beginning() -> None:
    bill = after(stored_five_days(), Step.PROVE_WAIVER, Details(number="WP-1", reason=Reason.PROVEN_LATE))

    # 3 days of cold storage are waived over both periods, and the transport.
    assert told(bill) == [
        ("transport", 23_000, 23_000, Payer.FAMILY),
        ("cold", 16_000, 16_000, Payer.FAMILY),
        ("cold", 24_000, 8_000, Payer.FAMILY),
    ]
    assert {(one.legal_basis, one.waiver_source) for one in bill} == {("indicative", "resident WP-1 list:2026-1")}


def test_a_waiver_that_was_there_from_the_beginning_is_not_given_twice() -> None:
    story = Story().booked(resident=True).took(*STORED)

    assert corrected(story, Step.PROVE_WAIVER, Details(number="WP-1")) == ()


def test_another_payer_takes_all_lines_of_an_item_and_the_later_ones() -> None:
    story = stored_five_days()
    switch = Details(item="cold", payer=Payer.POLICE, reason=Reason.POLICE)
    bill = after(story, Step.SWITCH_PAYER, switch)
    assert [one.payer for one in bill] == [Payer.FAMILY, Payer.POLICE, Payer.POLICE]

    story.took(Step.SWITCH_PAYER, details=switch).took(Step.STORE, at=START + timedelta(days=7))
    story.took(Step.TAKE_OUT, at=START + timedelta(days=8))

    assert told([standing(story)[-1].line]) == [("cold", 8_000, 0, Payer.POLICE)]
    assert corrected(story, Step.SWITCH_PAYER, Details(item="hall", payer=Payer.OTHER)) == ()


def quoted(*names: str) -> Story:
    items = tuple(Quantity(item=name, count=1) for name in names)
    return Story().booked().took(*STORED).took(Step.QUOTE, details=Details(items=items)).took(Step.SIGN_QUOTE)


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("hall", ["transport", "flowers"]),
        ("flowers", ["transport", "hall"]),
        ("transport", ["transport", "hall", "flowers"]),
    ],
)
def test_a_cancelled_item_is_not_charged_and_a_service_that_was_done_stays(name: str, left: list[str]) -> None:
    bill = after(quoted("hall", "flowers"), Step.CANCEL_ITEM, Details(item=name, reason=Reason.FAMILY_WISH))
    assert [one.item for one in bill] == left


def test_a_quote_that_is_signed_anew_takes_the_place_of_the_one_before() -> None:
    story = quoted("hall", "flowers").took(Step.QUOTE, details=Details(items=(Quantity(item="hall", count=2),)))

    bill = after(story, Step.SIGN_QUOTE, Details())

    assert [one.item for one in bill] == ["transport"]
    assert [one.price_fen for one in prices.lines_for(story.took(Step.SIGN_QUOTE).facts[-1], story.case, BOOKS)] == [
        120_000
    ]


@pytest.mark.parametrize(
    ("hours_before", "reason", "charged"),
    [
        (48, Reason.FAMILY_WISH, []),
        (24, Reason.FAMILY_WISH, []),
        (23, Reason.FAMILY_WISH, [("late", 30_000)]),
        (1, Reason.FAMILY_WISH, [("very_late", 60_000)]),
        (1, Reason.EQUIPMENT, []),
    ],
)
def test_a_hall_that_the_family_gives_up_late_costs_what_the_price_list_says(
    hours_before: int, reason: Reason, charged: list[tuple[str, int]]
) -> None:
    story = Story().booked().took(*STORED).took(Step.RESERVE)
    before = story.case
    assert before.appointment is not None
    at = before.appointment - timedelta(hours=hours_before)

    story.took(Step.RELEASE_SLOT, details=Details(reason=reason), at=at)

    lines = prices.lines_for(story.facts[-1], before, BOOKS)
    assert [(one.item, one.price_fen) for one in lines] == charged
    assert prices.lines_for(story.facts[-1], before, BOOK) == ()


def test_a_case_that_is_cancelled_owes_nothing_of_its_quote_but_the_hall_that_it_gave_up_late() -> None:
    story = Story().booked()
    wanted = Details(items=(Quantity(item="flowers", count=2), Quantity(item="hall", count=1)))
    story.took(Step.QUOTE, details=wanted).took(Step.SIGN_QUOTE)
    hall = Details(hall="H1", starts=START + timedelta(days=2))
    story.took(Step.RESERVE, details=hall)

    assert after(story, Step.CANCEL, Details(reason=Reason.FAMILY_WISH)) == []
    for hours, late in ((30, []), (23, ["late"]), (1, ["very_late"])):
        told = Story(list(story.facts)).took(Step.CANCEL, at=START + timedelta(days=2) - timedelta(hours=hours))
        lines = prices.lines_for(told.facts[-1], story.case, BOOKS)
        assert [one.item for one in lines] == late, hours


def test_a_hall_in_which_the_farewell_was_held_is_not_cancelled() -> None:
    story = Story().booked().took(*STORED, Step.RESERVE, Step.TAKE_OUT, Step.FAREWELL, Step.FAREWELL_OVER)

    story.took(Step.RELEASE_SLOT, at=START + timedelta(days=2))

    assert prices.lines_for(story.facts[-1], Story(story.facts[:-1]).case, BOOKS) == ()


A_DAY = timedelta(days=1)
Told = Callable[[Story], Story]


def renewed(days: int, on: int) -> Told:
    return lambda story: story.took(
        Step.RENEW_STORAGE, details=Details(due=START + days * A_DAY), at=START + on * A_DAY
    )


def unshelved(on: int) -> Told:
    return lambda story: story.took(Step.UNSHELVE, at=START + on * A_DAY)


def shelved(on: int) -> Told:
    return lambda story: story.took(Step.SHELVE, at=START + on * A_DAY)


@pytest.mark.parametrize(
    ("way", "periods"),
    [
        ((unshelved(1),), [1]),
        ((unshelved(365),), [1]),
        ((unshelved(366),), [2]),
        ((renewed(730, 300), unshelved(400)), [2]),
        ((renewed(730, 300), unshelved(731)), [2, 1]),
        ((renewed(730, 300), renewed(1_095, 700), unshelved(1_000)), [2, 1]),
        ((unshelved(10), shelved(11), unshelved(20)), [1]),
        ((unshelved(10), shelved(11), renewed(730, 300), unshelved(400)), [1, 1]),
    ],
)
def test_ash_storage_is_charged_by_begun_periods_and_none_of_them_twice(
    way: tuple[Told, ...], periods: list[int]
) -> None:
    story = Story().booked().took(*STORED, Step.SEAL).took(Step.SHELVE, at=START)
    for tell in way:
        tell(story)

    lines = [one.line for one in standing(story) if one.line.item == "shelf"]

    assert [one.quantity for one in lines] == periods
    assert [one.price_fen for one in lines] == [6_000 * count for count in periods]


def test_ashes_that_came_back_begin_a_term_of_their_own() -> None:
    story = Story().booked().took(*STORED, Step.SEAL).took(Step.SHELVE, at=START)
    unshelved(1)(story).took(Step.RELEASE, at=START + 2 * A_DAY).took(Step.RETURN_ASHES, at=START + 400 * A_DAY)
    assert story.case.storage_until is None
    shelved(401)(story)

    unshelved(402)(story)

    assert [one.line.quantity for one in standing(story) if one.line.item == "shelf"] == [1, 1]


def test_what_was_paid_too_much_is_held_and_refunded_and_everything_sums_to_zero() -> None:
    story = stored_five_days()
    lines = standing(story)
    moves = [one for each in lines for one in ledger.charge(CASE, each.line)]
    story.took(Step.PAY, details=Details(amount_fen=63_000, means=Means.CASH))
    moves += ledger.money_moved(story.facts[-1])
    for one in corrected(story, Step.PROVE_WAIVER, Details(number="WP-1")):
        assert one.instead is not None
        moves += ledger.reversed_(ledger.charge(CASE, one.standing.line, "WP-1"))
        moves += ledger.charge(CASE, one.instead, "WP-1")

    moves += ledger.surplus(CASE, ledger.balances(moves))

    totals = ledger.balances(moves)
    assert totals[ledger.deposits(CASE)] == -47_000  # 23,000 transport and 3 days of 8,000
    assert totals[ledger.receivable(CASE, Payer.FAMILY)] == 0
    assert totals[ledger.receivable(CASE, Payer.TREASURY)] == 47_000
    assert sum(totals.values()) == 0
    assert "cold WP-1" in {one.memo for one in moves}


def test_a_third_party_pays_what_it_owes_and_not_what_the_family_owes() -> None:
    story = Story().booked().took(Step.PAY, details=Details(amount_fen=500, means=Means.QR, payer=Payer.INSURER))

    totals = ledger.balances(ledger.money_moved(story.facts[-1]))

    assert totals == {ledger.till(Means.QR): 500, ledger.receivable(CASE, Payer.INSURER): -500}


def test_a_settlement_turns_what_was_overpaid_into_a_deposit() -> None:
    paid: Case = Story().booked().case
    owed = {ledger.receivable(paid.case_no, Payer.FAMILY): -300}
    (one,) = ledger.settle(paid.case_no, owed)
    assert (one.debit, one.credit, one.amount_fen) == (*owed, ledger.deposits(paid.case_no), 300)
