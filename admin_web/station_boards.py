"""The boards of the nine stations, from the STATION data: who waits for one, who is there, who is out, what is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Request, Response

from admin_web import asking
from admin_web.board_cards import STATIONS, Chip, chips, steps_here
from admin_web.review_acts import returned_values
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.context import Context
from cardsvc.core.board import Ahead, Live, begun, coming, moments, urgency
from cardsvc.core.facts import Stage, Step
from cardsvc.core.permissions import Action, may_take
from cardsvc.core.policy import Policy
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import Station, own_steps
from cardsvc.core.words import CATALOGUES
from cardsvc.store import boards, reviewing
from cardsvc.store.boards import Row
from cardsvc.store.opening import price_book
from cardsvc.store.policies import policy_of

MOST = 200
"""Rows of one list; the most pressing come first."""


@dataclass(frozen=True, slots=True)
class Line:
    """A case on a station's board: what is to be done for it here, what blocks it, the station's next moment of it."""

    live: Live
    shown_name: str
    owed_fen: int
    steps: tuple[Step, ...]
    chips: tuple[Chip, ...]
    until: Ahead | None
    presses: tuple[int, datetime]


def lines(rows: Sequence[Row], station: Station, policy: Policy, now: datetime) -> list[Line]:
    """Every case as this station sees it, what presses most first."""
    found = []
    for row in rows:
        one = boards.live_of(row.text)
        active = begun(coming(one, policy, row.owed_fen), now)
        steps = steps_here(station, row, one, active)
        until = next((at for at in moments(one, policy) if at.step in station.steps), None)
        presses = urgency(one, active, policy)
        found.append(Line(one, row.shown_name, row.owed_fen, steps, chips(active, len(active)), until, presses))
    return sorted(found, key=lambda line: (line.presses, line.live.case_no))


def works_at(signed: Signed, station: Station) -> bool:
    """Whether they take steps that only this station has."""
    return any(may_take(signed.roles, step) for step in own_steps(station, STATIONS.values()))


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    _, sees = partial(asking.asks, access)(Action.SEE_STATION_BOARDS)

    def open_to(signed: Signed) -> list[str]:
        return [name for name, one in STATIONS.items() if signed.may(Action.SEE_BOARD) or works_at(signed, one)]

    @app.get("/boards")
    def choose(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return shell.page(request, "boards", signed, {"names": open_to(signed), "station": None})

    @app.get("/boards/{name}")
    def station_board(request: Request, signed: Annotated[Signed, sees], name: str) -> Response:
        station = STATIONS.get(name)
        if station is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        names = open_to(signed)
        if name not in names:
            raise Refused(Refusal(Problem.NOT_ALLOWED, Action.SEE_BOARD))
        now, home = context.clock(), context.home_id
        with context.engine.connect() as connection:
            cursor = boards.newest(connection, home, signed.county)
            rows = boards.open_cases(connection, home, signed.county)
            policy = policy_of(connection, home, now)
            things = boards.things(connection, home, station.places)
            tasks = reviewing.tasks(connection, home, station.kind, signed.county)
            book = price_book(connection, home, now)
        every = lines(rows, station, policy, now)
        here = [line for line in every if any(place.kind in station.places for place in line.live.places)]
        sends = Step.TAKE_OUT in station.steps
        sees_money = signed.may(Action.SEE_BILLS) and Step.PAY in station.steps
        zh = language_of(request) == "zh_CN"
        values = {
            **returned_values(signed, tasks),
            "task_cases": True,
            "named": {row.item: row.name_zh if zh else row.name_en for row in book.items},
            "words": CATALOGUES[language_of(request)],
            "names": names,
            "station": station,
            "waiting": [line for line in every if line.steps],
            "inside": here,
            "away": [line for line in every if line.live.stage is Stage.OUT] if sends else None,
            "things": [(kind, [one for one in things if one.kind is kind]) for kind in station.places],
            "visible": {line.live.case_no for line in every},
            "places": set(station.places) if works_at(signed, station) else set(),
            "all_places": signed.may(Action.SEE_PLACES),
            "money": sees_money,
            "most": MOST,
            "cursor": cursor,
            "now": now,
        }
        return shell.page(request, "station_board", signed, values)
