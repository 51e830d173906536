"""The console's reconciliation: the last nights, and what each of them found, with links to the rows."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reconciliation import Findings, Row, RowKind
from cardsvc.handlers import reconcile
from cardsvc.store import drills, reconciling

LINKS: Mapping[RowKind, str] = {
    RowKind.MESSAGE: "outbox",
    RowKind.RECORD: "unsettled",
    RowKind.COUNT: "cases?stage=stored",
    RowKind.CERTIFICATE: "cases?stage=cremated",
    RowKind.PLACE: "cases?stage=stored",
}
"""Where a row leads that names no case."""


def link(row: Row, day: date) -> str:
    """Where a row of a finding leads, below the console's root."""
    if row.kind is RowKind.RUN:
        return f"furnaces?day={day}"
    if row.kind is RowKind.DRILL:
        return f"drills/{row.name}"
    about_case = row.case_no is not None and row.kind is not RowKind.MESSAGE
    return f"cases/{row.case_no}" if about_case else LINKS[row.kind]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages and the form."""
    operates, _ = asking.asks_whole(access, Action.OPERATE)
    _, sees = asking.asks_whole(access, Action.SEE_OPERATIONS)

    @app.get("/reconciliation")
    def nights(request: Request, signed: Annotated[Signed, sees]) -> Response:
        yesterday = local(context.clock()).date() - timedelta(days=1)
        with context.engine.connect() as connection:
            values: dict[str, Any] = {
                "nights": reconciling.nights(connection, context.home_id),
                "red": drills.open_red(connection, context.home_id),
                "yesterday": yesterday,
                "done": reconciling.done(connection, context.home_id, yesterday),
            }
        return shell.page(request, "reconciliation", signed, values)

    @app.get("/reconciliation/{day}")
    def night(request: Request, signed: Annotated[Signed, sees], day: asking.OneDay) -> Response:
        with context.engine.connect() as connection:
            found: list[Findings] = reconciling.found_on(connection, context.home_id, day)
        if not found:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return shell.page(request, "findings", signed, {"day": day, "found": found[0], "link": link})

    @app.post("/reconciliation/{day}")
    def again(request: Request, signed: Annotated[Signed, operates], day: asking.OneDay) -> Response:
        now = context.clock()
        if day > local(now).date():
            raise Refused(Refusal(Problem.FIELD_INVALID, "day"))
        reconcile.handle(context, day, now, signed.staff_no, again=True)
        return RedirectResponse(f"{request.scope['root_path']}/reconciliation/{day}", 303)
