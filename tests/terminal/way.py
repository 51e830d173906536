"""The way of one case through nine stations, as the staff press it."""

from datetime import UTC, datetime

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.rules import COMPARED
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.demo.phone import with_code
from cardsvc.demo.way import Press, Things, whole_way
from tests.support.home import booking_form
from tests.terminal.rig import Home, green

THINGS = Things()
TAG = THINGS.tag
WAY: tuple[Press, ...] = tuple(whole_way(THINGS, datetime(2026, 11, 7, tzinfo=UTC)))


def before(step: Step, since: Step = Step.DISPATCH) -> tuple[Press, ...]:
    """The way from a step on, as far as another is still to come."""
    steps = [press[1] for press in WAY]
    first = steps.index(since)
    return WAY[first : steps.index(step, first)]


def onward(step: Step) -> tuple[Press, ...]:
    """The rest of the way, from a step on."""
    return WAY[[press[1] for press in WAY].index(step) :]


def at(step: Step) -> Press:
    """What is pressed where for a step."""
    return next(press for press in WAY if press[1] is step)


AGREES = dict.fromkeys(COMPARED, "yes")
"""The crew's sheet and the band agree."""
DISPATCHED = {"vehicle": THINGS.vehicle, "driver": THINGS.driver, "mate": THINGS.mate}


def booked(home: Home) -> tuple[CaseNo, VirtualCard]:
    """A phone booking and a card bound at the desk."""
    desk = home.at(At.BOOKING)
    desk.exchange()
    desk.sign_in(Step.BOOK)
    form = booking_form().model_dump(mode="json")
    desk.act("booking", **form)
    assert desk.outcome is not None
    green(desk.outcome)
    case_no = desk.outcome.case_no
    assert case_no is not None
    card = home.blank_card()
    desk.exchange()
    green(desk.take(Step.BIND_CARD, card, case_no))
    return case_no, card


def go(home: Home, card: VirtualCard, *way: tuple[At, Step, dict[str, str]]) -> None:
    for kind, step, entered in way:
        home.service.clock.forward(hours=1)
        case_no = CaseNo("WZ-2026-000001")
        outcome = home.at(kind).take(step, card, **with_code(home.service.context, case_no, entered))
        assert outcome.colour == "go", (kind, step, outcome)
