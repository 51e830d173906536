"""How far each case of the demo's months is told, what befalls it, and how old it is."""

from datetime import timedelta

from cardsvc.core.facts import Step
from cardsvc.demo.stories import Turn

MONTHS = timedelta(days=130)
OPEN_STOPS = (
    *(Step.BOOK, Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.STORE, Step.STORE, Step.SIGN_QUOTE, Step.DEPOSIT),
    *(Step.DEPOSIT, Step.TAKE_OUT, Step.PREPARE, Step.FAREWELL, Step.FAREWELL_OVER, Step.QUEUE, Step.LOAD),
    *(Step.UNLOAD, Step.SEAL, Step.SHELVE, Step.SHELVE, Step.RELEASE, Step.CONFIRM_REST),
    *(Step.CANCEL, Step.TRANSFER_OUT),
)
"""Where the open cases stand today, over and over: every stage that lasts longer than minutes."""
BUSY = frozenset({Step.DISPATCH, Step.COLLECT, Step.ARRIVE, Step.QUEUE, Step.LOAD, Step.UNLOAD})
"""Stops that keep a vehicle, a furnace or the queue: only once round, or there would be none for the others."""
HURRIES = {
    Step.QUEUE: (Step.QUEUE, 4, 50),
    Step.LOAD: (Step.QUEUE, 150, 200),
    Step.UNLOAD: (Step.QUEUE, 300, 360),
    Step.RELEASE: (Step.CERTIFY, 110, 160),
}
"""Stops that follow quickly on an earlier step: that one is held back until so many minutes before the end."""
RARE = {
    7: Turn.CANCELLED,
    9: Turn.EXTENDED,
    11: Turn.BODY_PART,
    13: Turn.BONES,
    17: Turn.SPLIT,
    19: Turn.BREAKDOWN,
    23: Turn.TRANSFERRED,
    27: Turn.UNIDENTIFIED,
    29: Turn.SEA,
    31: Turn.INFECTIOUS,
    33: Turn.EXAMINED,
    35: Turn.INSURED,
    37: Turn.URGENT,
    40: Turn.CANCELLED,
    43: Turn.INFECTED,
}
"""Which case of fifty is not like most."""


def age(stop: Step | None, turn: Turn, old: bool) -> tuple[float, float]:
    """How many days ago a case was opened, at least and at most."""
    if old:
        return (80.0 if turn is Turn.UNIDENTIFIED else 40.0), MONTHS.days - 2.0
    if turn in (Turn.POLICE, Turn.NOTICE):
        return 2.0, 12.0
    match stop:
        case Step.BOOK | Step.CANCEL:
            return 0.1, 0.2
        case Step.DISPATCH | Step.COLLECT | Step.ARRIVE:
            return 0.08, 0.14
        case Step.STORE:
            return 0.3, 0.9
        case Step.SIGN_QUOTE | Step.DEPOSIT | Step.TRANSFER_OUT:
            return 1.2, 1.9
        case Step.SHELVE:
            return 8.0, 30.0
        case Step.RELEASE | Step.CONFIRM_REST:
            return 36.0, 45.0
        case _:
            return 3.0, 4.0
