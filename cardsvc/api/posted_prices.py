"""The prices as posted for everybody: the list in force, without sign-in, large, to read on a phone and to print.

The law asks that prices are posted; the page knows nothing of any case.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.prices import PriceBook, PriceItem, Regime
from cardsvc.core.waived import waived_most
from cardsvc.core.words import say, table
from cardsvc.store import family
from cardsvc.store.opening import price_book


def add(app: FastAPI, context: Context, pages: Environment, limited: Callable[[Request], None]) -> None:
    """Add the page to the families' application."""

    @app.get("/prices", response_class=HTMLResponse)
    def posted(request: Request, lang: Annotated[str, Query(max_length=5)] = "") -> HTMLResponse:
        """The price list in force."""
        limited(request)
        language = "en" if lang == "en" else "zh_CN" if lang else language_of(request)
        now = context.clock()
        today = local(now).date()
        with context.engine.connect() as connection:
            try:
                book = price_book(connection, context.home_id, now)
            except LookupError:
                book = None
            home = family.home(connection, context.home_id)
        html = pages.get_template("prices.html").render(
            language=language,
            other="en" if language == "zh_CN" else "zh_CN",
            words=table(language, "prices"),
            say=lambda key, **values: say(language, key, **values),
            yuan=lambda fen: f"¥{in_yuan(fen)}",
            waived=lambda row: waived_most(row, book, today) if book is not None else 0,
            home=home,
            book=book,
            groups=_grouped(book) if book is not None else [],
        )
        return HTMLResponse(html, 200 if book is not None else 503)


def _grouped(book: PriceBook) -> list[tuple[Regime, list[PriceItem]]]:
    groups = [(regime, [one for one in book.items if one.regime is regime]) for regime in Regime]
    return [(regime, rows) for regime, rows in groups if rows]
