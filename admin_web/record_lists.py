"""The console's modules: which are mine, and the lists of their records, with filters, sorts and pages by keyset."""

from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking, maps, records
from admin_web.records import At
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.permissions import Action
from cardsvc.core.records import CITY, Column, Kind
from cardsvc.core.seeing import LookWhy
from cardsvc.core.words import Language
from cardsvc.naming.cells import masked, written
from cardsvc.rows import keeping, paging
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.matching import Wanted, asked_for
from cardsvc.rows.paging import COUNTED
from cardsvc.rows.titles import Reader, called, titles
from cardsvc.store.engine import Connection

SHOWN = 8
"""The most columns of a list; the row itself shows all."""


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    looks_for, sees = partial(asking.asks, access)(Action.SEE_RECORDS)

    @app.get("/modules")
    def modules(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return shell.page(request, "modules", signed, {"modules": list(records.mine(context, signed).values())})

    @app.get("/modules/{module}")
    def module(request: Request, signed: Annotated[Signed, sees], module: str) -> Response:
        found = records.module_at(context, signed, module)
        return RedirectResponse(f"{request.scope['root_path']}/modules/{module}/{found.records[0].name}", 303)

    @app.get("/modules/{module}/{record}")
    def listed(request: Request, signed: Annotated[Signed, sees], module: str, record: str) -> Response:
        at, language = records.at(context, signed, module, record), language_of(request)
        wanted = records.wanted_of(at, signed, request.query_params)
        with context.engine.connect() as connection:
            page = paging.page(connection, context.vault, at.where, wanted)
            reader = Reader(signed.county, wanted.as_of)
            names = linked(connection, context, at, page.rows, language, reader)
            filters = records.controls(at.record, wanted)
            picks = {
                one.name: few(connection, context, at, one, wanted, language, Reader(signed.county))
                for one in filters
                if one.kind is Kind.LINK
            }
        values = {
            "at": at,
            "page": page,
            "wanted": wanted,
            "address": records.address_of(wanted, signed),
            "columns": [one for one in at.record.columns if one.listed][:SHOWN],
            "filters": filters,
            "picks": picks,
            "sorts": paging.sorts(at.record),
            "secret": [one.label.said(language) for one in at.record.columns if one.secret and one.name in wanted.only],
            "searched": bool(at.links) or any(one.searched for one in at.record.columns),
            "by_links": [at.record.column(one).label.said(language) for one in at.links],
            "chosen": partial(records.chosen, wanted),
            "counties": records.county_names(language),
            "whose": partial(records.whose, language=language),
            "opens": partial(records.opens, county=signed.county),
            "counted": COUNTED,
            "told": partial(told, context, at, names, language),
            "full_export": signed.may(Action.REVEAL_RECORDS) and any(one.secret for one in at.record.columns),
            "whys": list(LookWhy),
        }
        return shell.page(request, "records", signed, values)

    @app.post("/modules/{module}/{record}/find")
    def find(
        request: Request,
        signed: Annotated[Signed, looks_for],
        module: str,
        record: str,
        q: Annotated[str, Form(max_length=100)] = "",
    ) -> Response:
        at = records.at(context, signed, module, record)
        with context.engine.connect() as connection:
            asked = asked_for(connection, context.vault, at.where, q.strip(), signed.county, at.links)
        said = urlencode(asked) if q.strip() else ""
        return RedirectResponse(f"{request.scope['root_path']}/{at.path}{'?' + said if said else ''}", 303)

    @app.get("/modules/{module}/{record}/map")
    def mapped(request: Request, signed: Annotated[Signed, sees], module: str, record: str) -> Response:
        at = records.at(context, signed, module, record)
        wanted = records.wanted_of(at, signed, request.query_params)
        with context.engine.connect() as connection:
            picture = (
                maps.drawn(connection, context, at, wanted, language_of(request), signed.county)
                if at.record.point
                else None
            )
        address = records.address_of(wanted, signed)
        values = {"at": at, "map": picture, "most": maps.MOST, "wanted": wanted, "address": address}
        return shell.page(request, "record_map", signed, values)


FEW = 50
"""The most linked rows of which a filter is chosen; where there are more, their name is typed."""


def few(
    connection: Connection, context: Context, at: At, column: Column, wanted: Wanted, language: Language, reader: Reader
) -> dict[str, str]:
    """The rows that a link's filter offers, by id and name: all where they are few, else the one that it asks for."""
    to = Where(context.home_id, at.module.name, at.module.record(column.of))
    city = wanted.county in (None, CITY)
    rows: list[Kept] = []
    for county in (None,) if city else (wanted.county, CITY):
        rows += paging.page(connection, context.vault, to, Wanted(county=county), FEW + 1).rows
    asked = keeping.find_all(connection, to, wanted.only.get(column.name, ()))
    known = {one.id: one for one in rows} if len(rows) <= FEW else {}
    known |= {one.id: one for one in asked if city or keeping.leads_to(str(wanted.county), one.county)}
    about = (connection, context.vault, context.home_id, at.module, to.record)
    named = titles(*about, known.values(), language, reader=reader)
    return dict(sorted(named.items(), key=lambda one: one[1]))


def linked(
    connection: Connection, context: Context, at: At, rows: tuple[Kept, ...], language: Language, reader: Reader
) -> dict[str, str]:
    """What the rows that these rows link to are called, by their ids, as far as the reader may know them."""
    names: dict[str, str] = {}
    for column in at.record.columns:
        if column.kind is Kind.LINK:
            to = Where(context.home_id, at.module.name, at.module.record(column.of))
            ids = {str(one.values[column.name]) for one in rows if one.values[column.name]}
            names |= called(connection, context.vault, at.module, to, ids, language, reader)
    return names


def told(context: Context, at: At, names: dict[str, str], language: Language, row: Kept, column: Column) -> str:
    """A value as people of the page's language read it; a secret masked."""
    value = row.values[column.name]
    if value is None:
        return ""
    if column.secret:
        return masked(column.kind, keeping.clear(context.vault, at.where, row, column.name))
    if column.kind is Kind.LINK:
        return names.get(str(value), str(value)[:8])
    return written(column, value, language)
