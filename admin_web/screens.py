"""The console's screens on the walls: add one, name it, switch it off; and the name that a family lets a hall show."""

import base64
from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import entering
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.facts import PlaceKind
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Refusal
from cardsvc.core.shown import NameChoice, ScreenKind
from cardsvc.documents import filling
from cardsvc.handlers import hall_name, screen
from cardsvc.store import resources, screens, staff

QUIET = timedelta(minutes=5)


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    manages, sees = asking.asks_whole(access, Action.MANAGE_SCREENS)
    chooses, _ = asking.asks(access, Action.FAMILY_LINK)
    mine = partial(entering.mine, context)

    def page(request: Request, signed: Signed, refusal: Refusal | None = None, address: str = "") -> Response:
        now = context.clock()
        with context.engine.connect() as connection:
            halls = resources.things(connection, context.home_id, PlaceKind.HALL)
            values = {
                "rows": screens.screens(connection, context.home_id),
                "halls": halls,
                "titles": {one.code: (one.title_zh, one.title_en) for one in halls},
                "kinds": list(ScreenKind),
                "names": staff.names(connection, context.home_id),
                "quiet_since": now - QUIET,
                "address": address,
                "qr": base64.b64encode(filling.qr(address).encode()).decode() if address else "",
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "screens", signed, values, refusal=refusal, status=status)

    def back(request: Request) -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/screens", 303)

    @app.get("/screens")
    def listed(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @app.post("/screens")
    def added(
        request: Request,
        signed: Annotated[Signed, manages],
        shows: Annotated[str, Form(max_length=40)] = "",
        title: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        kind, hall = (ScreenKind.HALL, shows) if shows != ScreenKind.QUEUE else (ScreenKind.QUEUE, None)
        made = screen.make(context, kind, hall, title, signed.staff_no, context.clock())
        return page(request, signed, made) if isinstance(made, Refusal) else page(request, signed, address=made)

    @app.post("/screens/{token_hash}/rename")
    def renamed(
        request: Request,
        signed: Annotated[Signed, manages],
        token_hash: str,
        title: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        refusal = screen.rename(context, token_hash, title, signed.staff_no, context.clock())
        return page(request, signed, refusal) if refusal is not None else back(request)

    @app.post("/screens/{token_hash}/revoke")
    def revoked(request: Request, signed: Annotated[Signed, manages], token_hash: str) -> Response:
        refusal = screen.revoke(context, token_hash, signed.staff_no, context.clock())
        return page(request, signed, refusal) if refusal is not None else back(request)

    @app.post("/cases/{case_no}/hall-name")
    def name_chosen(
        request: Request,
        signed: Annotated[Signed, chooses],
        case_no: str,
        choice: Annotated[NameChoice, Form()],
        words: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        row = mine(signed, case_no)
        kept = hall_name.handle(context, row.case.case_no, choice, words, signed.staff_no, context.clock())
        if isinstance(kept, Refusal):
            raise Refused(kept)
        return RedirectResponse(f"{request.scope['root_path']}/cases/{case_no}#hall-name", 303)
