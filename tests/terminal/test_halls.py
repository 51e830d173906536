"""A farewell station refuses a hall whose period is another case's, online and offline; nothing is written."""

import pytest

from cardsvc.core.facts import StationKind as At
from cardsvc.core.facts import Step
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem
from tests.support.desk import BOOKING, Desk
from tests.support.telling import stored
from tests.terminal.rig import Home, green
from tests.terminal.way import at, before, booked, go


@pytest.mark.parametrize("pulled", [False, True])
def test_a_farewell_in_the_hall_of_another_case_is_refused_at_the_station(home: Home, pulled: bool) -> None:
    case_no, card = booked(home)
    go(home, card, *before(Step.FAREWELL))
    _, _, entered = at(Step.FAREWELL)
    now = local(home.service.clock.now)
    other = (
        Desk(home.service, "1001").post("cases/new", **BOOKING | {"id_no": ""}).headers["location"].rpartition("/")[2]
    )
    day, place = now.date().isoformat(), f"hall/{entered['hall']}"
    reserved = Desk(home.service, "1006").post("calendar/reserve", day=day, case=other, place=place, at=f"{now:%H:%M}")
    assert reserved.status_code == 303, reserved.text
    hall = home.at(At.FAREWELL)
    hall.exchange()
    hall.cable.pulled = pulled
    taken = stored(home.service, case_no).taken

    outcome = hall.take(Step.FAREWELL, card, **entered)

    assert outcome.colour == "stop"
    assert outcome.refusal is not None
    assert [one.problem for one in outcome.refusal.all()] == [Problem.HALL_OF_ANOTHER]
    assert stored(home.service, case_no).taken == taken
    home.service.clock.forward(hours=2)
    green(hall.take(Step.FAREWELL, card, **entered))
