"""Tear every station's card-writing step before and after every APDU, and see what becomes of it (promise 5)."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from cardsvc.core.facts import Step
from cardsvc.core.ids import RecordKey
from cardsvc.core.rules import RULES
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.misbehaving import Fault, Misbehaving
from cardsvc.core.wire import Intent
from terminal.session import Colour
from tests.terminal.rig import Bench, green
from tests.terminal.sweeps.agreement import agree, told
from tests.terminal.sweeps.steps import Moment, moments, press_step, take
from tests.terminal.sweeps.world import World, read, whole


class Torn:
    """A step torn at an APDU, and what is known right after."""

    def __init__(self, world: World, moment: Moment, at: int, fault: Fault) -> None:
        self.world, self.moment = world, moment
        (self.card,) = world.thaw(moment.frozen)
        self.before = read(self.card)
        self.bench = world.at(moment.kind)
        head, _ = self.bench.journal.head
        self.hand = Misbehaving(self.card, {at: fault})
        self.outcome = press_step(self.bench, moment, self.hand, self.card)
        self.after = read(self.card)
        fresh = [one for one in self.bench.journal.recent(9) if one.seq > head]
        self.key: RecordKey | None = next((one.key for one in fresh if isinstance(one.body, Intent)), None)

    @property
    def applied(self) -> bool:
        assert self.after.state is not None
        assert self.before.state is not None
        return self.after.state.counter > self.before.state.counter

    def check(self) -> None:
        """The card is the old whole or the new whole; green is shown only for the new one, and only when answered."""
        whole(self.world, self.after)
        if self.applied:
            assert self.after.state is not None
            assert self.before.state is not None
            assert self.after.state.counter == self.before.state.counter + 1
            assert self.after.state.last == self.key
            assert self.after.trail[-1].key == self.key
            assert (
                self.after.trail[:-1] == self.before.trail[-len(self.after.trail[:-1]) :][: len(self.after.trail) - 1]
            )
        else:
            assert self.after == self.before, "half a write"
        assert self.outcome.colour is not Colour.GO or not self.hand.gone, "green for a torn card"

    def done(self) -> list[Step]:
        case = told(self.world.service, self.moment.case_no, self.card_no).case
        return [taken.step for taken in case.taken]

    @property
    def card_no(self) -> str:
        assert self.before.identity is not None
        return self.before.identity.card_no


def meet(bench: Bench, card: VirtualCard, step: Step) -> None:
    """The card is laid down and taken away again."""
    bench.exchange()
    bench.sign_in(step)
    bench.reader.present(card)
    bench.seen()
    bench.reader.remove()
    bench.seen()
    bench.exchange()


def same_station(torn: Torn) -> None:
    """The card comes back to the station where it was torn; what was not applied is done anew."""
    world, moment = torn.world, torn.moment
    meet(torn.bench, torn.card, moment.step)
    assert torn.bench.journal.open_intents() == []
    if not torn.applied:
        green(press_step(torn.bench, moment, torn.card, torn.card))
        torn.bench.exchange()
    agree(world, moment.case_no, torn.card)


def another_meets(torn: Torn) -> None:
    """Another station meets the card: from then on the service knows what it carries."""
    world, moment = torn.world, torn.moment
    torn.bench.exchange()
    other = world.at(moment.kind, 1)
    meet(other, torn.card, moment.step)
    service = told(world.service, moment.case_no, torn.card_no)
    assert torn.after.state is not None
    assert (service.counter, service.last) == (torn.after.state.counter, torn.after.state.last)
    meet(torn.bench, torn.card, moment.step)
    agree(world, moment.case_no, torn.card)


def never_again(torn: Torn) -> None:
    """The card is never seen again: nothing is claimed, and the service holds what the station said."""
    torn.bench.exchange()
    service = told(torn.world.service, torn.moment.case_no, torn.card_no)
    assert torn.before.state is not None
    assert service.counter == torn.before.state.counter
    assert torn.bench.uplink.unsent == 0
    if torn.key is not None:
        assert [one.key for one in torn.bench.journal.open_intents()] == [torn.key]


def another_writes(torn: Torn) -> None:
    """Another station writes the card before its own one sees it again: the same step, or the next."""
    world, moment = torn.world, torn.moment
    torn.bench.exchange()
    if torn.applied:
        _walk_on(world, moment, torn.card)
    else:
        green(press_step(world.at(moment.kind, 1), moment, torn.card, torn.card))
    for bench in world.awake.values():
        bench.exchange()
    meet(torn.bench, torn.card, moment.step)
    agree(world, moment.case_no, torn.card)


def _walk_on(world: World, moment: Moment, card: VirtualCard) -> None:
    """Take the way's next steps, up to the next that writes the card, at stations that have not seen the torn one."""
    done = moment.follow.index(next(press for press in moment.follow if press[1] is moment.step))
    for press in moment.follow[done + 1 :]:
        bench = world.at(press[0], 1)
        green(take(bench, press, card, moment.case_no))
        bench.exchange()
        if RULES[press[1]].card:
            return


WHAT_THEN: tuple[Callable[[Torn], None], ...] = (same_station, another_meets, never_again, another_writes)


def exchanges(world: World, moment: Moment) -> int:
    """How many APDUs the step takes."""
    hand = Misbehaving(world.thaw(moment.frozen)[0], {})
    green(press_step(world.at(moment.kind), moment, hand, hand.card))
    return hand.exchange


def plan(
    apdus: int, step: int, *, night: bool, chance: random.Random
) -> Iterator[tuple[int, Fault, Callable[[Torn], None]]]:
    """Every APDU torn before and after, and all that may follow.

    By day an APDU is torn before it at every fourth step of the way, and after it at every fourth: all steps hold the
    same conversation. The last, where the card is committed, is torn both ways at each step, with all that may follow.
    """
    for at in range(apdus):
        for fault in (Fault.GONE_BEFORE, Fault.GONE_AFTER, Fault.EMPTY):
            if night or (at == apdus - 1 and fault is not Fault.EMPTY):
                yield from ((at, fault, then) for then in WHAT_THEN)
            elif fault is Fault.EMPTY:
                if chance.random() < 0.1:
                    yield at, fault, chance.choice(WHAT_THEN)
            elif (at + step) % 4 == (1 if fault is Fault.GONE_AFTER else 3):
                yield at, fault, chance.choice(WHAT_THEN)


@pytest.mark.timeout(3_600)
def test_a_tap_torn_before_and_after_every_apdu_is_settled_and_never_guessed(world: World, night: bool) -> None:
    chance, ran, began, steps = random.Random(4), Counter[str](), time.monotonic(), 0
    for moment in moments(world):
        steps += 1
        apdus = exchanges(world, moment)
        for at, fault, then in plan(apdus, steps, night=night, chance=chance):
            torn = Torn(world, moment, at, fault)
            try:
                torn.check()
                if torn.outcome.colour is not Colour.GO:
                    then(torn)
            except AssertionError as error:
                where = f"{moment.step} torn {fault} at {at} of {apdus}, then {then.__name__}"
                raise AssertionError(where) from error
            ran[then.__name__] += 1
    print(f"{steps} steps, {sum(ran.values())} tears in {time.monotonic() - began:.0f} s: {dict(ran)}")
    assert steps == 16
