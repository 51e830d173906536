"""Several readers on one station: a card on any of them is met; two cards at once, and nothing is taken."""

import pytest

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.problems import Problem
from cardsvc.core.virtual_card.card import VirtualCard
from terminal.readers.reader import Fault
from terminal.readers.soft import SoftReader
from terminal.session import Phase
from tests.support.telling import stored
from tests.terminal.other_cards import adopted, booked_without_card, second_reader
from tests.terminal.rig import Bench, Home, green
from tests.terminal.test_legacy import problems
from tests.terminal.way import TAG, before, booked, go


class Pair:
    """A cold store with two readers and a family's card."""

    def __init__(self, home: Home) -> None:
        self.case_no, self.card = booked(home)
        go(home, self.card, *before(Step.STORE))
        other_case = booked_without_card(home, id_no="330302195002020020", deceased_name="李四海")
        self.other_card = adopted(home, other_case)
        self.bench: Bench = home.at(At.COLD_STORAGE)
        self.bench.exchange()
        self.first: SoftReader = self.bench.reader
        self.second = second_reader(self.bench)
        self.bench.sign_in(Step.STORE)

    def on(self, reader: SoftReader, card: object) -> None:
        reader.present(card)  # type: ignore[arg-type]
        self.bench.seen()

    def off(self, reader: SoftReader) -> None:
        reader.remove()
        self.bench.seen()

    def fill_in(self) -> None:
        self.bench.act("choose_step", step="store")
        self.bench.second(Step.STORE)
        self.bench.act("enter", field="tag", value=TAG)
        self.bench.act("enter", field="slot", value="A-07")


@pytest.fixture
def pair(home: Home) -> Pair:
    return Pair(home)


@pytest.mark.parametrize("which", ["first", "second"])
def test_a_card_on_any_reader_is_met_and_written(home: Home, pair: Pair, which: str) -> None:
    pair.on(getattr(pair, which), pair.card)
    assert pair.bench.loop.session.case is not None
    pair.fill_in()
    pair.bench.act("confirm")

    assert pair.bench.outcome is not None
    green(pair.bench.outcome)
    pair.bench.exchange()
    assert stored(home.service, pair.case_no).stage == "stored"


def test_two_cards_at_once_are_refused_with_a_sentence_until_one_is_taken_away(pair: Pair) -> None:
    session = pair.bench.loop.session
    pair.on(pair.first, pair.card)
    pair.on(pair.second, pair.other_card)
    assert problems(pair.bench) == {Problem.TWO_CARDS}
    rows = pair.bench.journal.head[0]
    pair.fill_in()
    pair.bench.act("confirm")
    assert problems(pair.bench) == {Problem.TWO_CARDS}
    assert pair.bench.journal.head[0] == rows
    pair.bench.act("cancel")
    assert session.case is None

    pair.off(pair.second)

    assert (session.phase, session.outcome) == (Phase.CASE, None)
    assert session.case is not None
    assert session.case.case.case_no == pair.case_no


def test_of_two_cards_the_one_that_stays_is_met(pair: Pair) -> None:
    pair.on(pair.first, pair.card)
    pair.on(pair.second, pair.other_card)

    pair.off(pair.first)

    session = pair.bench.loop.session
    assert session.met is not None
    assert session.met.by_uid


def test_another_card_that_is_left_at_confirm_is_not_taken_for_the_first(home: Home, pair: Pair) -> None:
    pair.on(pair.first, pair.card)
    pair.fill_in()
    pair.on(pair.second, pair.other_card)
    assert problems(pair.bench) == {Problem.TWO_CARDS}
    pair.off(pair.first)
    pair.bench.act("confirm")

    assert problems(pair.bench) & {Problem.CARD_CHANGED, Problem.CARD_NOT_WRITABLE}
    pair.bench.exchange()
    assert stored(home.service, pair.case_no).stage == "received"


def test_one_lost_reader_is_named_and_the_other_serves(pair: Pair) -> None:
    pair.second.unplug(Fault.UNPLUGGED)
    pair.bench.seen()
    assert pair.bench.loop.session.reader_fault is Fault.UNPLUGGED
    pair.on(pair.first, pair.card)
    assert pair.bench.loop.session.case is not None
    pair.second.plug_in()
    pair.bench.seen()

    assert pair.bench.loop.session.reader_fault is None


def test_a_blank_card_beside_a_familys_is_two_cards(home: Home, pair: Pair) -> None:
    blank: VirtualCard = home.blank_card(9)
    pair.bench.exchange()
    pair.on(pair.first, pair.card)
    pair.on(pair.second, blank)
    assert problems(pair.bench) == {Problem.TWO_CARDS}
