"""The steps of the way that write a card, each with what comes before it at the same station."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.rules import RULES
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.demo.phone import with_code
from cardsvc.demo.way import Press, Things, whole_way
from terminal.readers.soft import Card
from terminal.session import Outcome, Phase
from tests.support.home import booking_form
from tests.terminal.rig import Bench, green
from tests.terminal.sweeps.world import Frozen, World

THINGS = (
    Things(),
    Things(
        *("8R3G", "D0002", "L0002", "A-01", "A-02", "V2", "H2", "F2", "S-02", "3000", "K0002", "DC0002", "1020", "1021")
    ),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """The world just before a step that writes the card; `follow` is the way from that step on."""

    cases: tuple[CaseNo, ...]
    frozen: Frozen
    follow: tuple[Press, ...]

    @property
    def case_no(self) -> CaseNo:
        return self.cases[0]

    @property
    def kind(self) -> At:
        return self.follow[0][0]

    @property
    def step(self) -> Step:
        """The step that writes the card, which may have another before it (a permit)."""
        return next(step for _, step, _ in self.follow if RULES[step].card)


def moments(world: World, cases: int = 1) -> Iterator[Moment]:
    """Every step of the way that writes the card, the binding first; the world walks on between two.

    With two cases the second one is as far as the first, with a card of its own.
    """
    numbers, ways, cards = [], [], []
    for things in THINGS[:cases]:
        numbers.append(_book(world.at(At.BOOKING), things))
        start = datetime(2026, 11, 7, tzinfo=UTC)
        ways.append(((At.BOOKING, Step.BIND_CARD, dict[str, str]()), *whole_way(things, start)))
        cards.append(world.blank_card(len(numbers)))
    number = 0
    while number < len(ways[0]):
        ahead = 1 if ways[0][number][1] is Step.ARM else 0
        if RULES[ways[0][number + ahead][1]].card:
            frozen = world.freeze(*cards)
            yield Moment(tuple(numbers), frozen, ways[0][number:])
            cards = world.thaw(frozen)
        for case_no, way, card in zip(numbers, ways, cards, strict=True):
            for press in way[number : number + ahead + 1]:
                green(take(world.at(press[0]), press, card, case_no))
                world.at(press[0]).exchange()
        world.service.clock.forward(hours=1)
        number += ahead + 1


def _book(desk: Bench, things: Things) -> CaseNo:
    desk.sign_in(Step.BOOK)
    form = (
        booking_form()
        if things == THINGS[0]
        else booking_form(deceased_name="李守信", id_no=None, address="瓯海区测试路9号")
    )
    desk.act("booking", **form.model_dump(mode="json"))
    assert desk.outcome is not None
    green(desk.outcome)
    assert desk.outcome.case_no is not None
    return desk.outcome.case_no


def take(bench: Bench, press: Press, card: Card | None, case_no: CaseNo) -> Outcome:
    """Press a step of the way; the outcome. A card that does not let itself be met is an outcome too."""
    _, step, entered = press
    bench.exchange()
    bench.sign_in(step)
    if step is Step.BIND_CARD:
        bench.act("choose_case", case_no=case_no)
    if card is not None:
        bench.reader.present(card)
        bench.seen()
        bench.exchange()
    bench.act("choose_step", step=step.value)
    if bench.loop.session.phase is Phase.FORM:
        bench.second(step)
        for field, value in with_code(bench.service.context, case_no, entered).items():
            bench.act("enter", field=field, value=value)
        bench.act("confirm")
    outcome = bench.outcome
    assert outcome is not None
    bench.reader.remove()
    bench.seen()
    return outcome


def press_step(bench: Bench, moment: Moment, card: Card, plain: VirtualCard) -> Outcome:
    """Take the moment's step with `card`; what comes before it with the `plain` one."""
    *before, last = moment.follow[: 2 if moment.follow[0][1] is Step.ARM else 1]
    for press in before:
        green(take(bench, press, plain, moment.case_no))
    return take(bench, last, card, moment.case_no)
