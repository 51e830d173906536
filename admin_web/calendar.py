"""The console's calendar: a day's times of halls and furnaces, reserved and given up for a case in hand."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from admin_web import asking
from admin_web.asking import Day
from admin_web.shell import Shell
from cardsvc.api import entering
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.books import bounds
from cardsvc.core.facts import Details, PlaceKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import CHINA, from_local, local
from cardsvc.core.periods import CELL, Period, cell_of
from cardsvc.core.periods import periods as periods_of
from cardsvc.core.permissions import Action, may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import REASONS
from cardsvc.core.terms import Reason
from cardsvc.store import periods, resources
from cardsvc.store.office import CaseRow
from cardsvc.store.periods import Whose
from cardsvc.store.policies import policy_of
from cardsvc.store.resources import Thing

KINDS = (PlaceKind.HALL, PlaceKind.FURNACE)
STEPS = {PlaceKind.HALL: Step.RESERVE, PlaceKind.FURNACE: Step.RESERVE_FURNACE}
OPENS, CLOSES = time(7), time(19)
"""What a day shows at least; a period before or after it widens the day."""
LEAST_CELLS = 2
"""A free piece is wide enough for a finger."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a row: a period of a case, or free time up to the next full hour; `cells` are its quarter hours."""

    starts: datetime
    ends: datetime
    cells: int
    case_no: CaseNo | None
    past: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A hall or furnace and its day from left to right."""

    thing: Thing
    pieces: tuple[Piece, ...]


def opening(day: date, held: Iterable[Period]) -> tuple[datetime, datetime]:
    """From when until when the day is shown, in full hours."""
    begins, ends = datetime.combine(day, OPENS, CHINA), datetime.combine(day, CLOSES, CHINA)
    for one in held:
        begins = min(begins, local(one.starts).replace(minute=0))
        ends = max(ends, local(one.ends - CELL).replace(minute=0) + timedelta(hours=1))
    return begins, ends


def pieces(held: Iterable[Period], begins: datetime, ends: datetime, now: datetime) -> tuple[Piece, ...]:
    """A row's periods with the free time between them, cut at full hours."""
    made: list[Piece] = []
    at = begins
    for one in sorted(held, key=lambda one: one.starts):
        made += _free(at, max(at, one.starts), now)
        made.append(_piece(max(one.starts, begins), min(one.ends, ends), one.case_no, now))
        at = one.ends
    return (*made, *_free(at, ends, now))


def _free(at: datetime, ends: datetime, now: datetime) -> list[Piece]:
    cuts = [at]
    while at < ends:
        at = min(ends, local(at).replace(minute=0) + timedelta(hours=1))
        cuts.append(at)
    if len(cuts) > 2 and cuts[1] - cuts[0] < CELL * LEAST_CELLS:
        del cuts[1]
    if len(cuts) > 2 and cuts[-1] - cuts[-2] < CELL * LEAST_CELLS:
        del cuts[-2]
    return [_piece(one, after, None, now) for one, after in itertools.pairwise(cuts)]


def _piece(starts: datetime, ends: datetime, case_no: CaseNo | None, now: datetime) -> Piece:
    return Piece(local(starts), local(ends), (ends - starts) // CELL, case_no, ends <= now)


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    sends, sees = asking.asks(access, Action.SEE_CALENDAR)
    mine = partial(entering.mine, context)

    def day_page(
        request: Request,
        signed: Signed,
        day: asking.OneDay,
        chosen: CaseRow | None,
        wanted: Mapping[str, str],
        refusal: Refusal | None = None,
    ) -> Response:
        home, now = context.home_id, context.clock()
        with context.engine.connect() as connection:
            held = periods_of(periods.held(connection, home, *bounds(day)))
            whose = periods.whose(connection, home, {one.case_no for one in held})
            things = [one for kind in KINDS for one in resources.things(connection, home, kind)]
            policy = policy_of(connection, home, now)
        begins, ends = opening(day, held)
        rows = [Row(one, pieces((p for p in held if p.code == one.code), begins, ends, now)) for one in things]
        today = local(now).date()
        values = {
            "day": day,
            "today": today,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1),
            "rows": rows,
            "hours": [begins + timedelta(hours=number) for number in range((ends - begins) // timedelta(hours=1))],
            "mine": {number: one.case for number, one in whose.items() if _sees(signed, one)},
            "chosen": chosen,
            "wanted": wanted,
            "reserves": may_take(signed.roles, Step.RESERVE),
            "releases": may_take(signed.roles, Step.RELEASE_SLOT),
            "whys": REASONS[Step.RELEASE_SLOT],
            "policy": policy,
            "now_mark": local(cell_of(now)) if day == today else None,
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "calendar", signed, values, refusal=refusal, status=status)

    def chosen_of(signed: Signed, case_no: str) -> CaseRow | Refusal | None:
        number = case_no.strip().upper()
        try:
            return mine(signed, number) if number else None
        except Refused:
            return Refusal(Problem.CASE_UNKNOWN, number)

    def back(request: Request, day: asking.OneDay, case_no: str) -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/calendar?day={day}&case={case_no}", 303)

    @app.get("/calendar")
    def calendar(
        request: Request,
        signed: Annotated[Signed, sees],
        day: Day = None,
        case: Annotated[str, Query(max_length=20)] = "",
        place: Annotated[str, Query(max_length=60)] = "",
        at: Annotated[str, Query(max_length=5)] = "",
    ) -> Response:
        chosen = chosen_of(signed, case)
        refusal = chosen if isinstance(chosen, Refusal) else None
        row = chosen if isinstance(chosen, CaseRow) else None
        wanted = {"place": place, "at": at, "case": case if row is None else ""}
        return day_page(request, signed, day or local(context.clock()).date(), row, wanted, refusal)

    @app.post("/calendar/reserve")
    def reserve(
        request: Request,
        signed: Annotated[Signed, sends],
        day: Annotated[date, Form()],
        case: Annotated[str, Form(max_length=20)] = "",
        piece: Annotated[str, Form(max_length=60)] = "",
        place: Annotated[str, Form(max_length=60)] = "",
        at: Annotated[str, Form(max_length=8)] = "",
    ) -> Response:
        if piece:
            place, _, at = piece.rpartition("/")
        chosen, wanted = chosen_of(signed, case), {"place": place, "at": at, "case": case}
        if not isinstance(chosen, CaseRow):
            return day_page(request, signed, day, None, wanted, chosen or Refusal(Problem.FIELD_MISSING, "case_no"))
        kind, _, code = place.partition("/")
        if kind not in KINDS:
            return day_page(request, signed, day, chosen, wanted, Refusal(Problem.FIELD_INVALID, "hall"))
        try:
            starts = from_local(datetime.combine(day, time.fromisoformat(at)))
            details = (
                Details(starts=starts, hall=code) if kind == PlaceKind.HALL else Details(starts=starts, furnace=code)
            )
        except (ValueError, ValidationError):
            return day_page(request, signed, day, chosen, wanted, Refusal(Problem.FIELD_INVALID, "starts"))
        with context.engine.connect() as connection:
            known = resources.thing(connection, context.home_id, PlaceKind(kind), code)
        if known is None:
            return day_page(request, signed, day, chosen, wanted, Refusal(Problem.PLACE_UNKNOWN, code))
        if starts < cell_of(context.clock()):
            return day_page(request, signed, day, chosen, wanted, Refusal(Problem.FIELD_INVALID, "starts"))
        step = STEPS[PlaceKind(kind)]
        taken = entering.enter(context, signed, chosen.case.case_no, step, details, None)
        if isinstance(taken, Refusal):
            return day_page(request, signed, day, chosen, wanted, taken)
        return back(request, day, chosen.case.case_no)

    @app.post("/calendar/release")
    def release(
        request: Request,
        signed: Annotated[Signed, sends],
        day: Annotated[date, Form()],
        reason: Annotated[Reason, Form()],
        case: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        row = mine(signed, case)
        given = Details(reason=reason)
        taken = entering.enter(context, signed, row.case.case_no, Step.RELEASE_SLOT, given, None)
        if isinstance(taken, Refusal):
            return day_page(request, signed, day, row, {"place": "", "at": "", "case": ""}, taken)
        return back(request, day, row.case.case_no)


def _sees(signed: Signed, one: Whose) -> bool:
    return signed.county in (None, one.county)
