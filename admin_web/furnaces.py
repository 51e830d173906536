"""The console's furnace log: the runs of a day in each furnace, and the queue with its approved exceptions."""

from datetime import timedelta
from typing import Annotated

from fastapi import FastAPI, Request, Response

from admin_web import asking
from admin_web.asking import Day
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.terms import Approval
from cardsvc.store import furnaces, staff


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page."""
    _, sees = asking.asks_whole(access, Action.SEE_OPERATIONS)

    @app.get("/furnaces")
    def log(request: Request, signed: Annotated[Signed, sees], day: Day = None) -> Response:
        today = local(context.clock()).date()
        shown = day or today
        with context.engine.connect() as connection:
            runs = furnaces.runs(connection, context.home_id, shown)
            values = {
                "day": shown,
                "today": today,
                "before": shown - timedelta(days=1),
                "after": shown + timedelta(days=1),
                "furnaces": furnaces.furnaces(connection, context.home_id),
                "runs": {code: [one for one in runs if one.furnace == code] for code in {one.furnace for one in runs}},
                "queue": furnaces.queue(connection, context.home_id, shown),
                "reorder": Approval.REORDER,
                "names": staff.names(connection, context.home_id),
            }
        return shell.page(request, "furnaces", signed, values)
