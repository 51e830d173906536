"""The console accepts several flags together: first it shows which, then exactly these, and all of them back."""

import re
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.review_address import FILTERS, address, wanted_of
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reviewing import MOST_TOGETHER, REASONS, Because, Decision
from cardsvc.handlers import review_together
from cardsvc.store import staff
from cardsvc.store.engine import Connection
from cardsvc.store.opening import price_book
from cardsvc.store.reviewing import FlagKey, Wanted

_DONE = re.compile(r"(\d{1,15})\.(\d{1,4})")


def together_done(
    connection: Connection, context: Context, signed: Signed, name: str
) -> tuple[int, int, list[FlagKey]] | None:
    """What was accepted together a moment ago: its link, how many, and what may still be taken back of it."""
    match = _DONE.fullmatch(name)
    if match is None:
        return None
    link, count = int(match[1]), int(match[2])
    found = review_together.left(connection, context.home_id, link, count, signed.staff_no, context.clock())
    return (link, count, found) if found else None


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and the forms to the console."""
    decides, reviews = asking.asks_whole(access, Action.REVIEW_BILLS)
    home = context.home_id

    def wanted_by(kept: dict[str, str]) -> Wanted:
        try:
            return wanted_of(kept)
        except ValueError as error:
            raise Refused(Refusal(Problem.FIELD_INVALID, "amount")) from error

    def preview_page(
        request: Request, signed: Signed, kept: dict[str, str], refusal: Refusal | None = None
    ) -> Response:
        now = context.clock()
        with context.engine.connect() as connection:
            wanted = wanted_by(kept)
            found = review_together.preview(connection, home, wanted, signed.staff_no, now)
            book = price_book(connection, home, now)
            people = staff.names(connection, home)
        values = {
            "found": found,
            "total": sum(one.amount_fen for one in found.flags),
            "rule": wanted.rule,
            "filters": address(kept),
            "reasons": REASONS[Decision.ACCEPT],
            "names": {row.item: (row.name_zh, row.name_en) for row in book.items},
            "people": people,
            "most": MOST_TOGETHER,
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "review_together", signed, values, refusal=refusal, status=status)

    @app.get("/review/together")
    def preview(request: Request, signed: Annotated[Signed, reviews]) -> Response:
        return preview_page(request, signed, _kept(request.query_params.items()))

    @app.post("/review/together")
    def accept(
        request: Request,
        signed: Annotated[Signed, decides],
        seen: Annotated[str, Form(max_length=64)],
        because: Annotated[Because, Form()],
        filters: Annotated[str, Form(max_length=600)] = "",
    ) -> Response:
        kept = _kept(parse_qsl(filters))
        done = review_together.accept(context, wanted_by(kept), seen, because, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return preview_page(request, signed, kept, done)
        link, count = done
        return _to_list(request, kept, together=f"{link}.{count}")

    @app.post("/review/together/undo")
    def undo(
        request: Request,
        signed: Annotated[Signed, decides],
        link: Annotated[int, Form(ge=1)],
        count: Annotated[int, Form(ge=1, le=MOST_TOGETHER)],
        filters: Annotated[str, Form(max_length=600)] = "",
    ) -> Response:
        done = review_together.undo(context, link, count, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            raise Refused(done)
        return _to_list(request, _kept(parse_qsl(filters)))


def _kept(values: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value[:60] for name, value in values if name in FILTERS}


def _to_list(request: Request, kept: dict[str, str], **more: str) -> Response:
    return RedirectResponse(f"{request.scope['root_path']}/review?{address(kept, **more)}", 303)
