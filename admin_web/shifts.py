"""The console's shifts: who is on, clocking in and out by staff card number, qualifications with their last day."""

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, Role
from cardsvc.core.problems import Problem, Refusal
from cardsvc.handlers import clock_in, set_qualification
from cardsvc.store import duty


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_RULES)
    clocks, _ = asks(Action.CLOCK_STAFF)

    def page(request: Request, signed: Signed, refusal: Refusal | None = None) -> Response:
        with context.engine.connect() as connection:
            rows = duty.everybody(connection, context.home_id)
        values = {"rows": rows, "today": local(context.clock()).date(), "operator": Role.FURNACE_OPERATOR}
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "shifts", signed, values, refusal=refusal, status=status)

    def done(request: Request, signed: Signed, refusal: Refusal | None) -> Response:
        if refusal is not None:
            return page(request, signed, refusal)
        return RedirectResponse(f"{request.scope['root_path']}/shifts", 303)

    @app.get("/shifts")
    def shifts(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @app.post("/shifts/clock")
    def clock(
        request: Request,
        signed: Annotated[Signed, clocks],
        card: Annotated[str, Form(max_length=20)] = "",
        to: Annotated[str, Form(max_length=3)] = "on",
    ) -> Response:
        with context.engine.connect() as connection:
            who = duty.owner_of(connection, context.home_id, card.strip().upper())
        refusal = clock_in.handle(context, who, on=to == "on", by=signed.staff_no, now=context.clock())
        return done(request, signed, refusal)

    @app.post("/shifts/{staff_no}/qualified")
    def qualified(
        request: Request,
        signed: Annotated[Signed, clocks],
        staff_no: str,
        until: Annotated[str, Form(max_length=10)] = "",
        second_staff_no: Annotated[str, Form(max_length=20)] = "",
        second_password: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        try:
            day = date.fromisoformat(until) if until else None
            second = access.second(request, second_staff_no.strip(), second_password)
        except ValueError:
            return page(request, signed, Refusal(Problem.FIELD_INVALID, "until"))
        except Refused as error:
            return page(request, signed, error.refusal)
        who = (StaffNo(staff_no), day, signed.staff_no, second)
        return done(request, signed, set_qualification.handle(context, *who, context.clock()))
