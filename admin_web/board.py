"""The live board: every open case a card, a column a stage; it tells by itself what changed."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, StreamingResponse
from markupsafe import Markup

from admin_web import asking
from admin_web.board_cards import STATIONS, Card, Drawing, Looks, Wanted
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.board import ON_BOARD
from cardsvc.core.facts import Stage
from cardsvc.core.permissions import Action
from cardsvc.store import boards
from cardsvc.store.policies import policy_of

LOOK_EVERY_S = 0.25
HERE_EVERY_S = 5.0
"""How often a stream in which nothing happens says that it is there."""


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    _, sees = partial(asking.asks, access)(Action.SEE_BOARD)
    _, follows = partial(asking.asks, access)(Action.SEE_STATION_BOARDS)
    drawing = Drawing(shell)

    def wanted(
        q: Annotated[str, Query(max_length=60)] = "",
        stage: Annotated[str, Query(max_length=20)] = "",
        station: Annotated[str, Query(max_length=20)] = "",
        stuck: Annotated[str, Query(max_length=5)] = "",
    ) -> Wanted:
        known = Stage(stage) if stage in set(ON_BOARD) else None
        return Wanted(q, known, station if station in STATIONS else "", stuck == "true")

    def looks_of(request: Request, signed: Signed) -> Looks:
        return Looks(language_of(request), signed.may(Action.SEE_PLACES), signed.may(Action.SEE_CASES))

    @app.get("/board")
    def board(request: Request, signed: Annotated[Signed, sees], asked: Annotated[Wanted, Depends(wanted)]) -> Response:
        now, home = context.clock(), context.home_id
        with context.engine.connect() as connection:
            cursor = boards.newest(connection, home, signed.county)
            rows = boards.open_cases(connection, home, signed.county, asked.stage)
            policy = policy_of(connection, home, now)
        cards = drawing.cards(rows, asked, policy, looks_of(request, signed), now)
        columns: dict[Stage, list[Card]] = {stage: [] for stage in ((asked.stage,) if asked.stage else ON_BOARD)}
        for card in cards:
            columns[card.live.stage].append(card)
        values = {
            "columns": [(stage, len(row), Markup().join(card.html for card in row)) for stage, row in columns.items()],
            "count": len(cards),
            "stuck": sum(card.stuck for card in cards),
            "cursor": cursor,
            "asked": asked,
            "stages": ON_BOARD,
            "stations": STATIONS,
            "now": now,
        }
        return shell.page(request, "board", signed, values)

    @app.get("/board/news")
    def news(
        request: Request,
        signed: Annotated[Signed, sees],
        asked: Annotated[Wanted, Depends(wanted)],
        after: Annotated[int, Query(ge=0)],
    ) -> Response:
        """The cards that changed after this link of the log; `gone`: those that do not belong on the page now."""
        now, home = context.clock(), context.home_id
        with context.engine.connect() as connection:
            cursor = boards.newest(connection, home, signed.county)
            rows = boards.changed_since(connection, home, signed.county, after) if cursor > after else []
            policy = policy_of(connection, home, now)
        if rows is None:
            return JSONResponse({"cursor": cursor, "anew": True})
        cards = drawing.cards(rows, asked, policy, looks_of(request, signed), now)
        gone = {boards.live_of(row.text).case_no for row in rows} - {card.live.case_no for card in cards}
        changed = [{"no": card.live.case_no, "stage": card.live.stage, "html": card.html} for card in cards]
        return JSONResponse({"cursor": max(cursor, after), "cards": changed, "gone": sorted(gone)})

    @app.get("/board/events")
    async def events(request: Request, signed: Annotated[Signed, follows]) -> StreamingResponse:
        """Tells boards that a case changed, by the number of the link of the log that changed it."""
        return StreamingResponse(_stream(context, access, request, signed), media_type="text/event-stream")


async def _stream(context: Context, access: Access, request: Request, signed: Signed) -> AsyncIterator[str]:
    last, quiet = -1, 0.0

    def newest() -> int:
        with context.engine.connect() as connection:
            return boards.newest(connection, context.home_id, signed.county)

    while not await request.is_disconnected():
        version = await run_in_threadpool(newest)
        quiet += LOOK_EVERY_S
        if version != last:
            last, quiet = version, 0.0
            yield f"data: {version}\n\n"
        elif quiet >= HERE_EVERY_S:
            quiet = 0.0
            if await run_in_threadpool(access.signed, request) != signed:
                yield "event: ended\ndata: 0\n\n"
                return
            yield f"event: here\ndata: {version}\n\n"
        await asyncio.sleep(LOOK_EVERY_S)
