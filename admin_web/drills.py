"""The console's drills: run one on a copy, see the evidence, print it."""

from itertools import groupby
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import drilling
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.drill import Attempt
from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CaseNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import drills, staff


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages and the form."""
    operates, _ = asking.asks_whole(access, Action.OPERATE)
    _, sees = asking.asks_whole(access, Action.SEE_OPERATIONS)

    def page(request: Request, signed: Signed, refusal: Refusal | None = None) -> Response:
        with context.engine.connect() as connection:
            values = {
                "rows": drills.listed(connection, context.home_id),
                "red": drills.open_red(connection, context.home_id),
                "names": staff.names(connection, context.home_id),
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "drills", signed, values, refusal=refusal, status=status)

    @app.get("/drills")
    def all_(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @app.post("/drills")
    def run(
        request: Request,
        signed: Annotated[Signed, operates],
        first: Annotated[str, Form(max_length=20)] = "",
        second: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        named = [CaseNo(one.strip().upper()) for one in (first, second) if one.strip()]
        if len(named) == 1:
            return page(request, signed, Refusal(Problem.FIELD_MISSING, "other"))
        done = drilling.run(context, signed.staff_no, (named[0], named[1]) if named else None)
        if isinstance(done, Refusal):
            return page(request, signed, done)
        return RedirectResponse(f"{request.scope['root_path']}/drills/{done}", 303)

    @app.get("/drills/{number}")
    def one(request: Request, signed: Annotated[Signed, sees], number: asking.Number) -> Response:
        with context.engine.connect() as connection:
            row = drills.one(connection, context.home_id, number)
            names = staff.names(connection, context.home_id)
        if row is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        _, at, by, drill = row
        at_furnace = [one for one in drill.attempts if one.station is StationKind.CREMATION]
        elsewhere = sorted((one for one in drill.attempts if one.station is not StationKind.CREMATION), key=_station)
        values = {
            "number": number,
            "at": at,
            "by": names.get(by, by),
            "drill": drill,
            "at_furnace": at_furnace,
            "elsewhere": [(kind, len(tuple(group))) for kind, group in groupby(elsewhere, lambda one: one.station)],
            "met": list(drilling.summary(drill)),
        }
        return shell.page(request, "drill", signed, values)


def _station(attempt: Attempt) -> int:
    return list(StationKind).index(attempt.station)
