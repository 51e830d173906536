"""What the furnace queue's screen shows: numbers and how far each is. No name and no case number ever comes here.

The order is immutable but for what two people approved with a reason, and that is said on the screen (DOMAIN.md
section 7: red envelopes to jump the queue).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardsvc.core.case import Case
from cardsvc.core.facts import Stage, Step
from cardsvc.core.terms import Approval, Reason
from cardsvc.core.workflow import BURNT


class ScreenKind(StrEnum):
    """What hangs on a wall."""

    QUEUE = "queue"
    HALL = "hall"


class NameChoice(StrEnum):
    """What the booking family wants before the door of its hall."""

    MASKED = "masked"
    BOOKED = "booked"
    OWN = "own"


class Turn(StrEnum):
    """How far a number of the queue is."""

    WAITING = "waiting"
    CALLED = "called"
    IN_PROGRESS = "in_progress"
    DONE = "done"


TURNS: Mapping[Stage, Turn] = {
    Stage.QUEUED: Turn.WAITING,
    Stage.ARMED: Turn.CALLED,
    Stage.CREMATING: Turn.IN_PROGRESS,
    **dict.fromkeys((*BURNT, Stage.CLOSED), Turn.DONE),
}
"""A case that left the queue again has no turn."""
FIRST_SHOWN = (Turn.CALLED, Turn.IN_PROGRESS, Turn.WAITING, Turn.DONE)


@dataclass(frozen=True, slots=True)
class Place:
    """A number that was given on a local day, and the case that has it."""

    day: date
    number: int
    case: Case


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as the screen shows it; `ahead`: how many wait before it; `moved`: why it goes before others."""

    day: date
    number: int
    turn: Turn
    ahead: int | None
    moved: Reason | None


def queue_shown(places: Iterable[Place], today: date) -> tuple[Shown, ...]:
    """The queue as it will go on: who is called and burnt now, who waits in the estimated order, who is done today.

    A number stays with the case that still has it; one from an earlier day is shown until it is done.
    """
    live = [one for one in places if one.case.queue_no == one.number and one.case.stage in TURNS]
    live = [one for one in live if one.day == today or TURNS[one.case.stage] is not Turn.DONE]
    waiting = sorted((one for one in live if TURNS[one.case.stage] is Turn.WAITING), key=_in_turn)
    ahead = {(one.day, one.number): before for before, one in enumerate(waiting)}
    rows = [
        Shown(one.day, one.number, TURNS[one.case.stage], ahead.get((one.day, one.number)), _moved(one.case))
        for one in live
    ]
    return tuple(sorted(rows, key=_place_on_screen))


def _in_turn(one: Place) -> tuple[bool, bool, date, int]:
    """Whoever is held from the furnace is passed over, whoever two people let go first goes first."""
    return bool(one.case.blocked(Step.ARM)), _moved(one.case) is None, one.day, one.number


def _moved(case: Case) -> Reason | None:
    decided = case.approved(Approval.REORDER)
    return decided.reason if decided is not None else None


def _place_on_screen(row: Shown) -> tuple[int, int, int]:
    done = row.turn is Turn.DONE
    order = row.ahead or 0
    return FIRST_SHOWN.index(row.turn), order, -row.number if done else row.day.toordinal() * 10_000 + row.number
