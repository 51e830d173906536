"""The usual next step at each station, along the whole way of a case; and who can mend what is refused."""

import pytest

from cardsvc.core import stations
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.plug import discover
from cardsvc.core.problems import Refusal
from cardsvc.core.station import Station
from cardsvc.core.usual import MENDED_BY, usual, who_can
from cardsvc.core.workflow import in_order, skip_for
from tests.core.story import Story

STATIONS = discover(stations, "STATION", Station)


def next_at(kind: StationKind, *taken: Step) -> Step | None:
    case = Story().booked().bound().took(*taken).case
    may = [
        step
        for step in STATIONS[kind].steps
        if step not in (Step.BOOK, Step.BIND_CARD)
        and in_order(case, step) is None
        and not isinstance(skip_for(case, step), Refusal)
    ]
    return next(iter(usual(case, may)), None)


HERE = (Step.DISPATCH, Step.COLLECT, Step.ARRIVE)


@pytest.mark.parametrize(
    ("kind", "taken", "step"),
    [
        (StationKind.TRANSPORT, (), Step.DISPATCH),
        (StationKind.TRANSPORT, HERE[:1], Step.COLLECT),
        (StationKind.TRANSPORT, HERE[:2], Step.LIST_BELONGINGS),
        (StationKind.COLD_STORAGE, HERE, Step.STORE),
        (StationKind.COLD_STORAGE, (*HERE, Step.STORE), Step.TAKE_OUT),
        (StationKind.ARRANGEMENT, HERE, Step.QUOTE),
        (StationKind.ARRANGEMENT, (*HERE, Step.QUOTE), Step.SIGN_QUOTE),
        (StationKind.ARRANGEMENT, (*HERE, Step.QUOTE, Step.SIGN_QUOTE, Step.RESERVE), Step.VERIFY_DEATH),
        (StationKind.DRESSING, (*HERE, Step.STORE, Step.TAKE_OUT), Step.PREPARE),
        (StationKind.DRESSING, (*HERE, Step.STORE, Step.TAKE_OUT, Step.PREPARE), Step.PREPARED),
        (StationKind.CASHIER, HERE, Step.DEPOSIT),
        (StationKind.CREMATION, (*HERE, Step.STORE, Step.ENCOFFIN), Step.QUEUE),
        (StationKind.CREMATION, (*HERE, Step.STORE, Step.ENCOFFIN, Step.QUEUE), Step.ARM),
    ],
)
def test_the_usual_next_step_is_the_one_whose_turn_it_is(
    kind: StationKind, taken: tuple[Step, ...], step: Step
) -> None:
    assert next_at(kind, *taken) is step


def test_whoever_is_named_may_take_the_step_that_mends() -> None:
    assert all(who_can(step) for step in MENDED_BY.values())
