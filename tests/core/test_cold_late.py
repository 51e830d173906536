"""Records of the cold that come late: the bill is the one that the same facts in their right order would have made."""

import random
from datetime import timedelta

import pytest

from cardsvc.core.facts import Fact, Step, step_of
from cardsvc.core.storage import all_days
from cardsvc.core.terms import Payer
from tests.core.cold_books import TABLE, Books, book
from tests.core.test_cold_days import HOURS, told, turn

DAY, NIGHT = 15, 400
ON_CARD = frozenset({Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE, Step.TAKE_OUT, Step.VOID})
MIXES = (("void",), ("void", "hold"), ("void", "prove", "withdraw"), ("void", "hold", "prove", "payer"))
TO_FURNACE = (("move",), ("hold",), ("hold", "prove", "payer"), *MIXES)


def heard(facts: list[Fact], chance: random.Random | None) -> Books:
    """The books when the records of two cold stations come as their network lets them; None: each one at once."""
    books = Books(book(TABLE), facts[0].model_copy(update={"order": (0, 0)}))
    unsent: dict[int, list[tuple[int, Fact]]] = {}
    reached = card = 0
    for fact in facts[1:]:
        on_card = step_of(fact) in ON_CARD
        card += on_card
        station = chance.randrange(2) if chance is not None and on_card and card > 3 else 0
        waits = chance is not None and on_card and card > 3 and (station in unsent or chance.random() < 0.3)
        if waits:
            unsent.setdefault(station, []).append((card, fact))
        else:
            reached = max(reached, card) if on_card else reached
            books.hears(fact.model_copy(update={"order": (card if on_card else reached, books.come + 1)}))
        for one in [one for one in unsent if chance is not None and chance.random() < 0.2]:
            reached = max(reached, _send(books, unsent.pop(one)))
    for one in sorted(unsent):
        _send(books, unsent[one])
    books.at = facts[-1].at
    return books


def _send(books: Books, kept: list[tuple[int, Fact]]) -> int:
    for counter, fact in kept:
        books.hears(fact.model_copy(update={"order": (counter, books.come + 1)}))
    return max(counter for counter, _ in kept)


def bill(books: Books) -> list[tuple[str, int, int, int, str]]:
    """What stands: by which tap, days, price, waiver and payer."""
    lines = ((one.cause, one.line) for one in books.standing)
    return sorted((by, line.quantity, line.price_fen, line.waiver_fen, line.payer.value) for by, line in lines)


def same(story: Books, seed: int) -> None:
    """A story has the same bill when its records come late."""
    at_once = heard(story.story.facts, None)
    late = heard(story.story.facts, random.Random(seed))
    try:
        assert bill(late) == bill(at_once)
        assert late.days == all_days(late.case, late.at)
        assert [late.owed(payer) for payer in Payer] == [at_once.owed(payer) for payer in Payer]
    except AssertionError as error:
        pytest.fail(f"seed {seed}: {error}")


@pytest.mark.parametrize("acts", MIXES, ids="+".join)
def test_the_bill_is_that_of_the_right_order_whatever_the_order_of_arrival(acts: tuple[str, ...], night: bool) -> None:
    for seed in range(NIGHT if night else DAY):
        same(told(seed, acts), seed)


@pytest.mark.parametrize("acts", TO_FURNACE, ids="+".join)
def test_so_it_is_when_the_body_was_on_its_way_to_the_furnace_before_the_records_came(
    acts: tuple[str, ...], night: bool
) -> None:
    for seed in range(NIGHT if night else DAY):
        story, chance = told(seed, acts), random.Random(seed)
        turn(story, chance, "move")
        story.at += timedelta(hours=chance.choice(HOURS))
        story.takes(Step.QUEUE)

        same(story, seed)
