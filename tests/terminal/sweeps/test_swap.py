"""Swap a valid card of another case in at every APDU of meeting and confirming (promise 4)."""

import random
import time
from collections import Counter

import pytest

from cardsvc.core.card.image import CardImage
from cardsvc.core.facts import Step
from cardsvc.core.problems import Problem
from cardsvc.core.virtual_card.misbehaving import Fault, Misbehaving
from terminal.session import Colour
from tests.terminal.sweeps.steps import Moment, moments, press_step
from tests.terminal.sweeps.test_tear import exchanges, meet
from tests.terminal.sweeps.world import World, read, whole

CLEAR = {
    Problem.CARD_CHANGED,
    Problem.CARD_FORGED,
    Problem.CARD_FOREIGN,
    Problem.CARD_UNKNOWN,
    Problem.CARD_TORN,
    Problem.CARD_NOT_BLANK,
    Problem.TAG_MISMATCH,
    Problem.DISC_MISMATCH,
    Problem.STEP_OUT_OF_ORDER,
}


def swapped(world: World, moment: Moment, at: int) -> str:
    """Take the step; from the exchange `at` on another card answers. Neither card may take what is not its own."""
    card, other = world.thaw(moment.frozen)
    before, other_before = read(card), read(other)
    bench = world.at(moment.kind)
    outcome = press_step(bench, moment, Misbehaving(card, {at: Fault.SWAP}, other=other), card)
    after, other_after = read(card), read(other)
    if moment.step is Step.BIND_CARD and outcome.colour is Colour.GO and after == before:
        # A blank card has no case to be confused with: the one that lies there at the press is bound, in one session.
        assert _one_more(world, other_before, other_after)
        return "the other blank"
    assert other_after == other_before, "a card of another case was written"
    assert after == before or _one_more(world, before, after)
    if outcome.colour is Colour.GO:
        assert after != before, "green, and nothing written"
        return "green"
    assert after == before, "written, and not green"
    assert outcome.refusal is not None
    assert outcome.refusal.problem in CLEAR, outcome
    meet(bench, card, moment.step)
    assert bench.journal.open_intents() == []
    return outcome.refusal.problem


def _one_more(world: World, before: CardImage, after: CardImage) -> bool:
    whole(world, after)
    return after.state is not None and before.state is not None and after.state.counter == before.state.counter + 1


@pytest.mark.timeout(900)
def test_a_card_of_another_case_swapped_in_at_any_apdu_is_never_written(world: World, night: bool) -> None:
    chance, every = random.Random(4), 1 if night else 6
    began, said, runs = time.monotonic(), Counter[str](), 0
    for moment in moments(world, cases=2):
        # Swapped in from the first exchange on, it simply is the other card.
        for at in range(1 + chance.randrange(every), exchanges(world, moment), every):
            try:
                said[swapped(world, moment, at)] += 1
            except AssertionError as error:
                raise AssertionError(f"{moment.step}, swapped at {at}") from error
            runs += 1
    print(f"{runs} swaps in {time.monotonic() - began:.0f} s: {dict(said)}")
    assert runs > 200 // every
