"""The console's cards: a list that is searched, and a card's page with its life and what can be done to it."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from admin_web.timeline import told
from cardsvc.api import card_acts
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.card_life import ASKS, FOUR_EYES, WHYS, Act, CardState
from cardsvc.core.hot import HotReason
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Refusal
from cardsvc.store import card_lists, staff
from cardsvc.store.card_life import People
from cardsvc.store.card_lists import CardRow, CardsWanted
from cardsvc.store.office import PAGE


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.ISSUE_CARD)

    def acts(request: Request, act: Act, form_token: Annotated[str, Form()] = "") -> Signed:
        return asking.sends(access, request, ASKS[act], form_token)

    @app.get("/cards")
    def cards(
        request: Request,
        signed: Annotated[Signed, sees],
        q: Annotated[str, Query(max_length=60)] = "",
        state: Annotated[str, Query(max_length=20)] = "",
        before: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        known = CardState(state) if state in set(CardState) else None
        with context.engine.connect() as connection:
            rows = card_lists.listed(connection, context.home_id, CardsWanted(q, known, signed.county, before))
        more = None
        if len(rows) > PAGE:
            kept = {name: value for name, value in (("q", q), ("state", known)) if value}
            more = urlencode({**kept, "before": rows[PAGE - 1].card_no})
        values = {"rows": rows[:PAGE], "q": q, "state": known, "more": more, "states": list(CardState)}
        return shell.page(request, "cards", signed, values)

    def card_page(request: Request, signed: Signed, row: CardRow, refusal: Refusal | None = None) -> Response:
        home = context.home_id
        with context.engine.connect() as connection:
            values = {
                "card": row,
                "links": [(one, *told(one.what)) for one in card_lists.links(connection, home, row.card_no)],
                "writes": card_lists.writes(connection, home, row.card_no),
                "names": staff.names(connection, home),
                "offers": card_acts.offers(context, signed, row.card_no),
                "whys": WHYS,
                "two": FOUR_EYES,
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "card", signed, values, refusal=refusal, status=status)

    @app.get("/cards/{card_no}")
    def card(request: Request, signed: Annotated[Signed, sees], card_no: str) -> Response:
        return card_page(request, signed, card_acts.mine(context, signed, card_no))

    @app.post("/cards/{card_no}/{act}")
    def act_(
        request: Request,
        signed: Annotated[Signed, Depends(acts)],
        card_no: str,
        act: Act,
        reason: Annotated[str, Form(max_length=20)] = "",
        second_staff_no: Annotated[str, Form(max_length=20)] = "",
        second_password: Annotated[str, Form(max_length=200)] = "",
    ) -> Response:
        row = card_acts.mine(context, signed, card_no)
        try:
            second = access.second(request, second_staff_no.strip(), second_password)
        except Refused as error:
            return card_page(request, signed, row, error.refusal)
        why = HotReason(reason) if reason in set(HotReason) else None
        done = card_acts.take(context, row.card_no, act, why, People(signed.staff_no, second))
        if isinstance(done, Refusal):
            return card_page(request, signed, row, done)
        return RedirectResponse(f"{request.scope['root_path']}/cards/{card_no}", 303)
