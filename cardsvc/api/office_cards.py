"""Cards on the office's JSON surface: the same lists and acts as the console's pages."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from cardsvc.api import card_acts
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.card_life import ASKS, Act, CardState
from cardsvc.core.hot import HotReason
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import card_lists
from cardsvc.store.card_life import People
from cardsvc.store.card_lists import CardRow, CardsWanted
from cardsvc.store.office import PAGE

Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{3,20}$")]


class Acted(BaseModel):
    """An act on a card; some need a reason, some a second person with their own password."""

    model_config = ConfigDict(extra="forbid")

    act: Act
    reason: HotReason | None = None
    second_staff_no: str | None = Field(default=None, max_length=20)
    second_password: str | None = Field(default=None, max_length=200)


class Card(BaseModel):
    """A card; `counter` is what the service has of its chain."""

    card_no: str
    uid: str
    state: CardState
    case_no: str | None
    county: str | None
    staff_no: str | None
    issue_no: int
    counter: int
    key_version: int
    hot_reason: HotReason | None
    hot_at: datetime | None


class CardList(BaseModel):
    """A page of cards; `next` is what `before` must be for the one after."""

    cards: list[Card]
    next: str | None


class Link(BaseModel):
    """An act on the card, as the log has it."""

    log_no: int
    at: datetime
    what: str
    staff_no: str | None


class Write(BaseModel):
    """What a station wrote: the counter that the card had then."""

    counter: int
    station_id: str
    kind: str
    received_at: datetime
    journal_id: str
    seq: int


class CardPage(BaseModel):
    """A card with its life, and what may be done to it now."""

    card: Card
    acts: list[Act]
    links: list[Link]
    writes: list[Write]


def shown(row: CardRow) -> Card:
    """A row as it travels."""
    return Card(**asdict(row))


def add(app: FastAPI, context: Context, access: Access, asks: Callable[[Action | None], Any]) -> None:
    """Add the routes to the office's application."""

    @app.get("/cards")
    def cards(
        signed: Annotated[Signed, asks(Action.ISSUE_CARD)],
        q: Annotated[str, Query(max_length=60)] = "",
        state: CardState | None = None,
        before: Annotated[str, Query(max_length=20)] = "",
    ) -> CardList:
        """Cards, the newest first; `q` finds parts of card, chip and case numbers."""
        with context.engine.connect() as connection:
            rows = card_lists.listed(connection, context.home_id, CardsWanted(q, state, signed.county, before))
        more = rows[PAGE - 1].card_no if len(rows) > PAGE else None
        return CardList(cards=[shown(row) for row in rows[:PAGE]], next=more)

    @app.get("/cards/{card_no}")
    def card(signed: Annotated[Signed, asks(Action.ISSUE_CARD)], card_no: Number) -> CardPage:
        """One card."""
        row, home = card_acts.mine(context, signed, card_no), context.home_id
        with context.engine.connect() as connection:
            links = [Link(**asdict(one)) for one in card_lists.links(connection, home, row.card_no)]
            writes = [Write(**asdict(one)) for one in card_lists.writes(connection, home, row.card_no)]
        acts = card_acts.offers(context, signed, row.card_no)
        return CardPage(card=shown(row), acts=acts, links=links, writes=writes)

    @app.post("/cards/{card_no}/acts")
    def act(request: Request, signed: Annotated[Signed, asks(None)], card_no: Number, ask: Acted) -> Card:
        """Block, unblock, replace or take back; the card as it is then."""
        if not signed.may(ASKS[ask.act]):
            raise Refused(Refusal(Problem.NOT_ALLOWED, ASKS[ask.act]))
        row = card_acts.mine(context, signed, card_no)
        second = access.second(request, ask.second_staff_no or "", ask.second_password or "")
        done = card_acts.take(context, row.card_no, ask.act, ask.reason, People(signed.staff_no, second))
        if isinstance(done, Refusal):
            raise Refused(done)
        return shown(card_acts.mine(context, signed, card_no))
