"""Days in the cold on the bill, whatever happens to a case: random stories, and worked figures of what went wrong."""

import random
from datetime import timedelta

import pytest

from cardsvc.core import workflow
from cardsvc.core.facts import Details, Stage, Step
from cardsvc.core.storage import all_days
from cardsvc.core.terms import Payer, Reason
from cardsvc.core.waived import anew
from cardsvc.core.waivers import WaiverTable
from tests.core.cold_books import HELD, NEXT, POOR, RESIDENT, TABLE, VETERAN, Books, arrived, book
from tests.core.story import TAG

DAY, NIGHT, LENGTH = 25, 600, 16
HOURS = (1, 5, 13, 23, 30, 70)
OUT, BACK = Details(tag=TAG, reason=Reason.PREPARATION), Details(tag=TAG, slot="A-07")
MISTAKE = Details(reason=Reason.ENTERED_BY_MISTAKE)
MIXES = (
    ("void",),
    ("void", "prove"),
    ("void", "prove", "withdraw"),
    ("void", "prove", "payer"),
    ("void", "hold"),
    ("void", "hold", "prove", "withdraw", "payer"),
    ("reverse",),
    ("void", "hold", "prove", "payer", "reverse"),
)


def turn(books: Books, chance: random.Random, act: str) -> None:
    """One thing happens to the case."""
    category = chance.choice((RESIDENT, POOR, VETERAN))
    match act:
        case "move" if books.case.stage is Stage.STORED:
            books.taken_out(OUT)
        case "move":
            books.takes(Step.STORE, BACK)
        case "void":
            last = workflow.last_voidable(books.case)
            if last is not None and last.step in (Step.STORE, Step.TAKE_OUT):
                books.takes(Step.VOID, MISTAKE)
        case "prove":
            proof = Details(category=category, number="N-1", reason=Reason.PROVEN_LATE)
            books.takes(Step.PROVE_WAIVER, proof)
        case "withdraw":
            books.takes(Step.WITHDRAW_WAIVER, Details(category=category, reason=Reason.NOT_ENTITLED))
        case "payer":
            payer = chance.choice((Payer.FAMILY, Payer.POLICE))
            books.takes(Step.SWITCH_PAYER, Details(item="cold", payer=payer, reason=Reason.PAYER_FOUND))
        case "reverse" if books.standing:
            one = chance.choice(books.standing)
            books.takes(Step.REVERSE_LINE, Details(line=one.name, number="split", reason=Reason.REVIEWED))
            books.taken_off.append(one)
        case "hold":
            held = bool(books.case.holds)
            books.takes(Step.LIFT_HOLD if held else Step.HOLD, Details(reason=Reason.POLICE) if held else HELD)


def told(seed: int, acts: tuple[str, ...], *tables: WaiverTable) -> Books:
    """A random story that ends with the body out of the cold."""
    chance = random.Random(seed)
    books = arrived(book(*(tables or (TABLE,))), resident=chance.random() < 0.5)
    for _ in range(LENGTH):
        books.at += timedelta(hours=chance.choice(HOURS))
        turn(books, chance, chance.choice(("move", "move", *acts)))
    if books.case.stage is Stage.STORED:
        turn(books, chance, "move")
    return books


@pytest.mark.parametrize("tables", [(TABLE,), (TABLE, NEXT), (NEXT,)], ids=["one", "two", "list, one"])
@pytest.mark.parametrize("acts", MIXES, ids="+".join)
def test_the_meter_says_to_the_fen_what_a_taking_out_will_charge(
    acts: tuple[str, ...], tables: tuple[WaiverTable, ...], night: bool
) -> None:
    for seed in range(NIGHT if night else DAY // 3):
        for said, charged in told(seed, acts, *tables).said:
            assert said.page == charged, f"seed {seed}"
            assert said.station == charged or "reverse" in acts, f"seed {seed}"


def whole(books: Books) -> None:
    """Every begun day is charged once, waived as the best category gives, and owed by whoever pays it.

    What review took off the bill stays off, unless its tap was voided.
    """
    taps = {taken.cause for taken in books.case.taken}
    off = sum(one.line.quantity for one in books.taken_off if one.cause in taps)
    assert books.days + off == all_days(books.case, books.at)
    right = anew(books.lines, books.case, lambda _: books.by)
    assert sum(line.waiver_fen for line in books.lines) == sum(line.waiver_fen for line in right)
    for payer in (Payer.FAMILY, Payer.POLICE):
        assert books.owed(payer) == sum(line.due_fen for line in books.lines if line.payer is payer)


@pytest.mark.parametrize("acts", MIXES, ids="+".join)
def test_every_begun_day_is_charged_once_whatever_happens(acts: tuple[str, ...], night: bool) -> None:
    for seed in range(NIGHT if night else DAY):
        books = told(seed, acts)
        try:
            whole(books)
        except AssertionError as error:
            pytest.fail(f"seed {seed}: {error}")


def test_a_void_of_a_taking_out_that_changed_the_best_waiver_leaves_the_days_before_it_as_they_were() -> None:
    books = arrived(book(TABLE), resident=True)
    books.takes(Step.PROVE_WAIVER, Details(category=POOR, number="DB-7", reason=Reason.PROVEN_LATE))
    for hours, days in ((0, 0.5), (48, 9)):
        books.at += timedelta(hours=hours)
        books.takes(Step.STORE, BACK)
        books.at += timedelta(days=days)
        books.takes(Step.TAKE_OUT, OUT)
    assert (books.days, books.owed()) == (10, 10 * 8_000 + 5 * 4_000 - 8 * 5_000)

    books.takes(Step.VOID, MISTAKE)

    assert [(line.quantity, line.waiver_fen) for line in books.lines] == [(1, 8_000)]
    assert books.owed() == 0


def test_waived_days_of_a_line_that_review_took_back_are_free_again() -> None:
    books = arrived(book(), resident=True)
    books.takes(Step.STORE, BACK)
    books.at += timedelta(days=2.5)
    books.takes(Step.TAKE_OUT, OUT)
    (first,) = books.standing
    assert (first.line.quantity, books.owed()) == (3, 0)
    books.takes(Step.REVERSE_LINE, Details(line=first.name, number="split", reason=Reason.REVIEWED))
    books.at += timedelta(days=2)

    books.takes(Step.STORE, BACK)
    books.at += timedelta(days=2.5)
    books.takes(Step.TAKE_OUT, OUT)

    assert [(line.quantity, line.price_fen, line.waiver_fen) for line in books.lines] == [
        (2, 16_000, 16_000),
        (1, 12_000, 8_000),
    ]
    assert books.owed() == 4_000
