"""Histories of copied cards over several stations, some of them offline (promise 6)."""

import random
import time
from collections import Counter

import pytest
from pydantic import TypeAdapter

from cardsvc.core import wire
from cardsvc.core.facts import Stage, Step
from cardsvc.core.facts import StationKind as At
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.virtual_card import store
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.workflow import stage_of
from cardsvc.demo.way import Press
from cardsvc.store import cards
from terminal.session import Colour
from tests.support import telling
from tests.support.home import Service
from tests.terminal.rig import Bench
from tests.terminal.sweeps.steps import Moment, moments, take
from tests.terminal.sweeps.test_tear import meet
from tests.terminal.sweeps.world import World, read
from tests.terminal.way import TAG

RECORD, JUDGEMENT = TypeAdapter(wire.Record), TypeAdapter(wire.Judgement)
PLACES = ((At.COLD_STORAGE, 0), (At.COLD_STORAGE, 1), (At.DRESSING, 0), (At.DRESSING, 1))
DUE = "2026-11-09T01:30:00+00:00"


def flagged(service: Service, card_no: str, case_no: CaseNo) -> bool:
    """Whether this card is known to be copied: on the hot list, with a hold on its case."""
    with service.context.engine.connect() as connection:
        hot = cards.hot_list(connection, service.context.home_id).cards
    held = [hold.reason for hold in telling.stored(service, case_no).holds]
    assert (card_no in hot) == (Reason.CARD_COPIED in held), "hot and held go together"
    return card_no in hot


def next_press(card: VirtualCard, bench: Bench, number: int, chance: random.Random) -> Press | None:
    """A step that the card allows at this station."""
    state = read(card).state
    stage = stage_of(state.stage) if state is not None else None
    if bench.kind is At.DRESSING:
        return bench.kind, chance.choice([Step.PREPARE, Step.PREPARED]), {"tag": TAG}
    if stage is Stage.OUT:
        return bench.kind, Step.STORE, {"tag": TAG, "slot": f"A-{number + 10:02d}"}
    return bench.kind, Step.TAKE_OUT, {"tag": TAG, "reason": "preparation", "due": DUE}


def tell(world: World, moment: Moment, seed: int) -> Counter[int]:
    """One history from its seed; how often each of the two copies was written."""
    chance = random.Random(seed)
    (card,) = world.thaw(moment.frozen)
    copies = [card, store.load(store.dump(card), random.Random(seed).randbytes)]
    benches = [world.at(*place) for place in chance.sample(PLACES, chance.randint(2, 4))]
    for bench in benches:
        bench.cable.pulled = chance.random() < 0.5
    used = Counter[int]()
    for number in range(chance.randint(3, 6)):
        which, bench = chance.randrange(2), chance.choice(benches)
        world.service.clock.forward(minutes=10)
        press = next_press(copies[which], bench, number, chance)
        assert press is not None
        used[which] += take(bench, press, copies[which], moment.case_no).colour is Colour.GO
        if chance.random() < 0.2:
            bench.cable.pulled = not bench.cable.pulled
    for bench in chance.sample(benches, len(benches)):
        bench.cable.pulled = False
        bench.exchange()
    for bench in benches:
        bench.exchange()
        assert bench.uplink.unsent == 0
    return used


@pytest.fixture
def stored(world: World) -> Moment:
    """A body in its slot, a card that says so."""
    return next(moment for moment in moments(world) if moment.step is Step.TAKE_OUT)


@pytest.mark.timeout(3_600)
def test_a_full_clone_is_seen_once_both_copies_were_used_and_all_have_exchanged(
    world: World, stored: Moment, night: bool
) -> None:
    began, forks, silent = time.monotonic(), 0, []
    count = 2_000 if night else 40
    card_no = read(world.thaw(stored.frozen)[0]).identity.card_no  # type: ignore[union-attr]
    for seed in range(count):
        used = tell(world, stored, seed)
        if used[0] and used[1]:
            forks += 1
            if not flagged(world.service, card_no, stored.case_no):
                silent.append(seed)
    print(f"{count} histories, {forks} forks in {time.monotonic() - began:.0f} s; not seen: seeds {silent}")
    assert forks > count // 10
    assert silent == []


def test_an_older_image_is_refused_and_the_service_hears_of_it(world: World, stored: Moment) -> None:
    (card,) = world.thaw(stored.frozen)
    old = store.load(store.dump(card), random.Random(1).randbytes)
    bench = world.at(At.COLD_STORAGE)
    press = next_press(card, bench, 0, random.Random(1))
    assert press is not None
    assert take(bench, press, card, stored.case_no).colour is Colour.GO

    meet(bench, old, Step.STORE)

    assert bench.outcome is not None
    assert bench.outcome.refusal is not None
    assert bench.outcome.refusal.problem is Problem.CARD_ROLLED_BACK
    assert flagged(world.service, "WZC-000001", stored.case_no)


def test_a_copy_that_diverged_is_refused_also_at_the_same_counter(world: World, stored: Moment) -> None:
    (card,) = world.thaw(stored.frozen)
    copy = store.load(store.dump(card), random.Random(1).randbytes)
    first, second = world.at(At.COLD_STORAGE), world.at(At.COLD_STORAGE, 1)
    second.cable.pulled = True
    for bench, one in ((first, card), (second, copy)):
        press = next_press(one, bench, 0, random.Random(1))
        assert press is not None
        assert take(bench, press, one, stored.case_no).colour is Colour.GO
    first.exchange()

    meet(first, copy, Step.STORE)

    assert first.outcome is not None
    assert first.outcome.refusal is not None
    assert first.outcome.refusal.problem is Problem.CARD_ROLLED_BACK


def test_a_copy_of_the_uid_alone_never_passes(world: World, stored: Moment) -> None:
    (card,) = world.thaw(stored.frozen)
    empty = VirtualCard(card.uid, random.Random(1).randbytes)
    other = world.blank_card(9)
    other.uid = card.uid
    bench = world.at(At.COLD_STORAGE)

    for copy in (empty, other):
        press: Press = (At.COLD_STORAGE, Step.TAKE_OUT, {"tag": TAG, "reason": "preparation", "due": DUE})
        outcome = take(bench, press, copy, stored.case_no)
        assert outcome.colour is Colour.STOP
        assert outcome.refusal is not None
        assert outcome.refusal.problem in (Problem.CARD_FORGED, Problem.CARD_FOREIGN)
        assert bench.loop.session.case is None
