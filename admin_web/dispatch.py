"""The console's dispatch board: bookings that wait, vehicles, crews of two; and the crew's printed sheet."""

from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import entering
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.facts import Details, Step
from cardsvc.core.permissions import Action, may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.handlers import reveal
from cardsvc.handlers.reveal import Personal, Why
from cardsvc.naming.identity import identifiers
from cardsvc.store import dispatching, staff

ON_THE_SHEET = (
    *(Personal.DECEASED_NAME, Personal.ID_NO, Personal.ADDRESS),
    *(Personal.APPLICANT_NAME, Personal.APPLICANT_PHONE),
)
"""What the crew compares with the band at the place of death, where it goes, and whom it calls."""

COMPARED = (Personal.DECEASED_NAME, Personal.ID_NO, Personal.ADDRESS, Personal.APPLICANT_NAME)


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    sends, sees = partial(asking.asks, access)(Action.DISPATCH)
    mine = partial(entering.mine, context)

    def board_page(request: Request, signed: Signed, refusal: Refusal | None = None, chosen: str = "") -> Response:
        now = context.clock()
        with context.engine.connect() as connection:
            values = {
                "board": dispatching.board(connection, context.home_id, signed.county, now),
                "names": staff.names(connection, context.home_id),
                "now": now,
                "chosen": chosen,
                "assigns": may_take(signed.roles, Step.DISPATCH),
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "dispatch", signed, values, refusal=refusal, status=status)

    @app.get("/dispatch")
    def dispatch(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return board_page(request, signed)

    @app.post("/dispatch/{case_no}")
    def assign(
        request: Request,
        signed: Annotated[Signed, sends],
        case_no: str,
        vehicle: Annotated[str, Form(max_length=32)] = "",
        driver: Annotated[str, Form(max_length=20)] = "",
        mate: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        row = mine(signed, case_no)
        try:
            details = Details(vehicle=vehicle or None, driver=driver or None, mate=mate or None)
        except ValidationError:
            return board_page(request, signed, Refusal(Problem.FIELD_INVALID, "vehicle, driver, mate"), case_no)
        judgement = entering.enter(context, signed, row.case.case_no, Step.DISPATCH, details, None)
        if isinstance(judgement, Refusal):
            return board_page(request, signed, judgement, case_no)
        return RedirectResponse(f"{request.scope['root_path']}/dispatch", 303)

    @app.post("/dispatch/{case_no}/sheet")
    def sheet(
        request: Request, signed: Annotated[Signed, sends], case_no: str, why: Annotated[Why, Form()]
    ) -> Response:
        row = mine(signed, case_no)
        with context.engine.connect() as connection:
            way = dispatching.on_the_way(connection, context.home_id, row.case.case_no)
            names = staff.names(connection, context.home_id)
        if way is None:
            return board_page(request, signed, Refusal(Problem.STEP_NOT_STARTED, Step.DISPATCH))
        shown = {}
        for what in ON_THE_SHEET:
            value = reveal.handle(context, row.case.case_no, what, why, signed.staff_no, context.clock())
            if isinstance(value, Refusal):
                raise Refused(value)
            shown[what] = value
        compared = identifiers(*(shown[one] for one in COMPARED))
        values = {"row": row, "case": row.case, "way": way, "names": names, "shown": shown, "compared": compared}
        values |= {"now": context.clock()}
        return shell.page(request, "crew_sheet", signed, values)
