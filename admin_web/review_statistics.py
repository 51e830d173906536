"""The console's statistics of what was billed: table and chart, each figure a link to the very lines that it sums."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response

from admin_web import asking
from admin_web.review import EXPORT_KINDS
from admin_web.review_address import known
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.facts import StationKind
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.terms import Payer
from cardsvc.core.turnover import By, Compared, compared, month_of, name_of, total, year_before
from cardsvc.core.words import Language, say
from cardsvc.documents.plain_sheet import Cell, csv_of, xlsx_of
from cardsvc.store import price_books, turnover
from cardsvc.store.engine import Connection
from cardsvc.store.office import PAGE
from cardsvc.store.reconciling import one_moment
from cardsvc.store.turnover import Only

FILTERS = ("by", "month", "item", "payer", "station")
_LINE = re.compile(r"([0-9]{1,18})\.([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for."""

    by: By
    month: date
    only: Only
    kept: Mapping[str, str] = field(default_factory=dict)


def asked_by(values: Mapping[str, str], today: date) -> Asked:
    """What the filters in the address ask for; a word that is none of the known ones asks for nothing."""
    by = known(By, values.get("by")) or By.ITEM
    month = month_of(values.get("month", "")) or today.replace(day=1)
    payer, station = known(Payer, values.get("payer")), known(StationKind, values.get("station"))
    only = Only(values.get("item", "")[:32] or None, payer, station)
    kept = {"by": by.value, "month": name_of(month), "item": only.item, "payer": payer, "station": station}
    return Asked(by, month, only, {name: str(value) for name, value in kept.items() if value})


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    _, sees = asking.asks_whole(access, Action.REVIEW_BILLS)
    home = context.home_id

    def rows_of(connection: Connection, asked: Asked) -> tuple[Compared, ...]:
        now = turnover.sums(connection, home, asked.by, asked.month, asked.only)
        before = turnover.sums(connection, home, asked.by, year_before(asked.month), asked.only)
        if asked.by is not By.MONTH:
            return compared(now, before)
        later = {f"{asked.month.year}{name[4:]}": one for name, one in before.items()}
        return tuple(sorted(compared(now, later), key=lambda one: one.key))

    def read(request: Request) -> tuple[Asked, dict[str, Any]]:
        language = language_of(request)
        asked = asked_by(request.query_params, local(context.clock()).date())
        with one_moment(context.engine) as connection:
            names = {item: name[language] for item, name in price_books.item_names(connection, home).items()}
            rows = rows_of(connection, asked)
        return asked, {"rows": rows, "total": total(rows), "names": names, "asked": asked}

    def shown(language: Language, names: Mapping[str, str], by: By, key: str) -> str:
        match by:
            case By.ITEM:
                return names.get(key, key)
            case By.MONTH:
                return key
            case _:
                return say(language, f"{by}.{key}")

    @app.get("/review/statistics")
    def whole(request: Request, signed: Annotated[Signed, sees]) -> Response:
        asked, values = read(request)
        language = language_of(request)
        most = max((max(one.now.due_fen, one.before.due_fen) for one in values["rows"]), default=0)
        values |= {
            "shown": lambda key: shown(language, values["names"], asked.by, key),
            "behind": lambda key, last: link(asked, key, last=last),
            "address": lambda **change: urlencode({**asked.kept, **change}),
            "share": lambda fen: round(max(0, fen) * 1000 / most) if most else 0,
            "last_year": name_of(year_before(asked.month)),
            "bys": list(By),
            "payers": list(Payer),
            "stations": list(StationKind),
        }
        return shell.page(request, "statistics", signed, values)

    @app.get("/review/statistics/rows")
    def behind(request: Request, signed: Annotated[Signed, sees]) -> Response:
        language = language_of(request)
        asked = asked_by(request.query_params, local(context.clock()).date())
        place = _LINE.fullmatch(request.query_params.get("before", ""))
        before = (int(place[1]), int(place[2])) if place is not None else None
        with one_moment(context.engine) as connection:
            found = turnover.lines(connection, home, asked.month, asked.only, before, PAGE + 1)
            sums = turnover.sums(connection, home, By.PAYER, asked.month, asked.only)
            names = {item: name[language] for item, name in price_books.item_names(connection, home).items()}
        last = found[PAGE - 1].key if len(found) > PAGE else None
        values = {
            "lines": found[:PAGE],
            "total": total(compared(sums, {})).now,
            "asked": asked,
            "names": names,
            "up": urlencode({name: value for name, value in asked.kept.items() if name in ("by", "month")}),
            "more": urlencode({**asked.kept, "before": f"{last[0]}.{last[1]}"}) if last is not None else "",
        }
        return shell.page(request, "statistics_rows", signed, values)

    @app.get("/review/statistics/export.{kind}")
    def export(request: Request, signed: Annotated[Signed, sees], kind: Literal["csv", "xlsx"]) -> Response:
        asked, values = read(request)
        language = language_of(request)
        heads = [say(language, f"statistics.{asked.by}"), say(language, "statistics.lines")]
        heads += [say(language, f"statistics.{name}") for name in ("price", "waiver", "due", "due_before", "change")]
        cells = (_cells(shown(language, values["names"], asked.by, one.key), one) for one in values["rows"])
        make = csv_of if kind == "csv" else xlsx_of
        return Response(
            make(heads, cells),
            media_type=EXPORT_KINDS[kind],
            headers={"content-disposition": f'attachment; filename="statistics-{name_of(asked.month)}.{kind}"'},
        )


def link(asked: Asked, key: str | None, *, last: bool) -> str:
    """The address of the lines behind a figure: of the row with this key (None: of all), or of the year before."""
    month = month_of(key or "") if asked.by is By.MONTH else None
    month = month or asked.month
    narrowed = {asked.by.value: key} if key is not None and asked.by is not By.MONTH else {}
    return urlencode({**asked.kept, **narrowed, "month": name_of(year_before(month) if last else month)})


def _cells(name: str, one: Compared) -> list[Cell]:
    fens = (one.now.price_fen, one.now.waiver_fen, one.now.due_fen, one.before.due_fen)
    change = f"{one.change}%" if one.change is not None else ""
    return [name, one.now.lines, *(Decimal(fen).scaleb(-2) for fen in fens), change]
