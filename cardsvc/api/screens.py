"""Screens on the walls: an address that nobody guesses, no sign-in, no cookie, and nothing to touch.

A page knows nothing; it asks every few seconds for what `screen_view` lets it show.
"""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from cardsvc.api import errors
from cardsvc.api.errors import Refused
from cardsvc.api.family import HEADERS
from cardsvc.api.headers import AlwaysHeaders
from cardsvc.context import Context
from cardsvc.core.halls import Check
from cardsvc.core.local_time import local
from cardsvc.core.periods import Period
from cardsvc.core.problems import Refusal
from cardsvc.core.shown import ScreenKind, Shown, Turn
from cardsvc.core.words import LANGUAGES, say, table
from cardsvc.handlers import screen_view
from cardsvc.handlers.screen_view import Farewell, HallShown
from cardsvc.store.screens import Screen

PAGES = Path(__file__).parent / "screen_pages"
MOST_ROWS = 12
"""Numbers that fit on one screen and are read from five metres."""
Both = list[str]


def create(context: Context) -> FastAPI:
    """The screens' application."""
    app = FastAPI(title="One Card: screens", docs_url=None, redoc_url=None, openapi_url=None)
    errors.install(app)
    app.add_middleware(AlwaysHeaders, headers=HEADERS)
    pages = Environment(loader=FileSystemLoader(PAGES), autoescape=select_autoescape(), undefined=StrictUndefined)

    def page(kind: ScreenKind | None, status: int = 200) -> HTMLResponse:
        both = {key: [table(one, "screens")[key] for one in LANGUAGES] for key in table("zh_CN", "screens")}
        return HTMLResponse(pages.get_template("screen.html").render(kind=kind, w=both), status)

    def asking(token: str) -> Screen:
        found = screen_view.look(context, token, context.clock())
        if isinstance(found, Refusal):
            raise Refused(found)
        return found

    app.mount("/static", StaticFiles(directory=PAGES / "static"))

    @app.get("/{token}/now", response_model=dict[str, Any])
    def now(token: str) -> JSONResponse:
        """What this screen shows now, every word in Chinese and in English."""
        found, at = asking(token), context.clock()
        head = {"home": list(screen_view.home_names(context)), "at": local(at).strftime("%H:%M")}
        if found.kind is ScreenKind.QUEUE:
            return JSONResponse(head | _queue(screen_view.queue(context, at), local(at).date().isoformat()))
        return JSONResponse(head | _hall(screen_view.hall(context, found.hall or "", at)))

    @app.get("/{token}")
    def shell(token: str) -> HTMLResponse:
        """The page of a screen: the same for all screens of a kind, it knows nothing of any case."""
        found = screen_view.look(context, token, context.clock())
        return page(None, 404) if isinstance(found, Refusal) else page(found.kind)

    return app


def _both(key: str, **values: str | int) -> Both:
    return [say(language, key, **values) for language in LANGUAGES]


def _queue(rows: tuple[Shown, ...], today: str) -> dict[str, Any]:
    """The allow-list of a queue screen: numbers, their state and order, and why one was moved."""
    return {
        "rows": [_row(row, today) for row in rows[:MOST_ROWS]],
        "more": _both("screens.more", count=len(rows) - MOST_ROWS) if len(rows) > MOST_ROWS else None,
    }


def _row(row: Shown, today: str) -> dict[str, Any]:
    key = f"public_reason.{row.moved}"
    reasons = {language: say(language, key) for language in LANGUAGES} if row.moved is not None else {}
    return {
        "number": f"{row.number:02d}",
        "day": row.day.strftime("%m-%d") if row.day.isoformat() != today else "",
        "turn": row.turn.value,
        "words": _both(f"turn.{row.turn}"),
        "ahead": _ahead(row) if row.turn is Turn.WAITING else None,
        "moved": [say(one, "screens.moved", reason=word) for one, word in reasons.items()] or None,
    }


def _ahead(row: Shown) -> Both:
    return _both("screens.ahead", count=row.ahead) if row.ahead else _both("screens.next_one")


def _hall(shown: HallShown) -> dict[str, Any]:
    """The allow-list of a hall's screen: a name that the family lets be seen, the hall, the period."""
    return {
        "hall": list(shown.titles),
        "check": shown.check,
        "words": _both(f"hall_check.{shown.check}") if shown.check is not None else None,
        "now": _farewell(shown.now) if shown.check is not Check.DIFFERS else None,
        "next": _farewell(shown.after),
    }


def _farewell(one: Farewell | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"name": [one.name] * 2 if one.name else _both("screens.nameless"), "period": _period(one.period)}


def _period(period: Period | None) -> str:
    return f"{local(period.starts):%H:%M}–{local(period.ends):%H:%M}" if period is not None else ""
