"""The console's outbox: what is told outside and what keeps it away; never the text or the number."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Refusal
from cardsvc.handlers import send_anew
from cardsvc.store import outbox
from cardsvc.store.office import PAGE

STATES = ("waiting", "failed", "sent")


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and its form."""
    operates, _ = asking.asks_whole(access, Action.OPERATE)
    _, sees = asking.asks_whole(access, Action.SEE_OPERATIONS)

    @app.get("/outbox")
    def outbox_(
        request: Request,
        signed: Annotated[Signed, sees],
        state: Annotated[str, Query(max_length=10)] = "",
        before: asking.Number | None = None,
    ) -> Response:
        known = state if state in STATES else None
        with context.engine.connect() as connection:
            rows = outbox.listed(connection, context.home_id, known, before, PAGE)
            counts = outbox.counts(connection, context.home_id)
        more = None
        if len(rows) > PAGE:
            more = urlencode({**({"state": known} if known else {}), "before": rows[PAGE - 1].log_no})
        values = {"rows": rows[:PAGE], "counts": counts, "states": STATES, "state": known, "more": more}
        return shell.page(request, "outbox", signed, values)

    @app.post("/outbox/{log_no}/{entry_no}")
    def again(
        request: Request, signed: Annotated[Signed, operates], log_no: asking.Number, entry_no: asking.Number
    ) -> Response:
        done = send_anew.handle(context, log_no, entry_no, signed.staff_no)
        if isinstance(done, Refusal):
            raise Refused(done)
        return RedirectResponse(f"{request.scope['root_path']}/outbox", 303)
