"""The console's page of who works in which module."""

from typing import Annotated

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import EVERY_MODULE, Action, may
from cardsvc.core.problems import Refusal
from cardsvc.handlers import grant_module
from cardsvc.rows import grants
from cardsvc.store import staff
from cardsvc.store.opening import load_staff


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page to the console."""
    gives, sees = asking.asks_whole(access, Action.GRANT_MODULES)
    second_of = asking.second_by(access)

    def page(
        request: Request, signed: Signed, refusal: Refusal | None = None, typed: dict[StaffNo, list[str]] | None = None
    ) -> Response:
        with context.engine.connect() as connection:
            people = load_staff(connection, context.home_id)
            clerks = [
                one
                for one, roles in sorted(people.items())
                if may(roles, Action.SEE_RECORDS) and not EVERY_MODULE & set(roles)
            ]
            values = {
                "clerks": clerks,
                "granted": {**grants.every(connection, context.home_id), **(typed or {})},
                "names": staff.names(connection, context.home_id),
                "modules": list(context.modules.values()),
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "record_grants", signed, values, refusal=refusal, status=status)

    @app.get("/module-grants")
    def granted(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @app.post("/module-grants/{staff_no}")
    async def grant(
        request: Request,
        signed: Annotated[Signed, gives],
        second: Annotated[StaffNo | Refusal | None, second_of],
        staff_no: str,
    ) -> Response:
        whom, wanted = StaffNo(staff_no), [str(one) for one in (await request.form()).getlist("module")]
        if isinstance(second, Refusal):
            return page(request, signed, second, {whom: wanted})
        refusal = grant_module.handle(context, whom, wanted, (signed.staff_no, second), context.clock())
        if refusal is not None:
            return page(request, signed, refusal, {whom: wanted})
        return RedirectResponse(f"{request.scope['root_path']}/module-grants#{staff_no}", 303)
