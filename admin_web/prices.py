"""The console's price lists: versions, a list, two compared, what somebody brought and somebody else publishes."""

from functools import partial
from itertools import groupby
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import UploadFile

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, may_confirm
from cardsvc.core.price_rules import DraftState, differences, outside
from cardsvc.core.prices import PriceBook, PriceItem, Regime
from cardsvc.core.problems import Problem, Refusal
from cardsvc.documents import price_sheet
from cardsvc.documents.price_sheet import Read, field_word
from cardsvc.documents.safe_xlsx import PRICES, Unsafe
from cardsvc.handlers import import_prices
from cardsvc.store import price_books, staff
from cardsvc.store.opening import price_book

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AROUND = 20_000
"""Bytes of a form around its file."""
ORDER = list(Regime)


def grouped(book: PriceBook) -> list[tuple[Regime, list[PriceItem]]]:
    """The rows of a list by the kind of their price, each kind in the order of the list."""
    rows = sorted(book.items, key=lambda one: ORDER.index(one.regime))
    return [(regime, list(group)) for regime, group in groupby(rows, key=lambda one: one.regime)]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    reads, sees = asks(Action.SEE_RULES)
    sets, _ = asks(Action.SET_RULES)

    def page(
        request: Request, signed: Signed, name: str, values: dict[str, Any], refusal: Refusal | None = None
    ) -> Response:
        with context.engine.connect() as connection:
            people = staff.names(connection, context.home_id)
        language = language_of(request)
        shared = {
            "people": people,
            "today": local(context.clock()).date(),
            "outside": outside,
            "field": lambda field: field_word(field, language),
            "draft_open": DraftState.DRAFT,
        }
        status = values.pop("status", STATUS.get(refusal.problem, 409) if refusal is not None else 200)
        return shell.page(request, name, signed, shared | values, refusal=refusal, status=status)

    def first(request: Request, signed: Signed, read: Read | None = None, refusal: Refusal | None = None) -> Response:
        with context.engine.connect() as connection:
            versions = price_books.versions(connection, context.home_id)
            drafts = price_books.drafts(connection, context.home_id)
            in_force = price_book(connection, context.home_id, context.clock()).version if versions else None
        values = {"versions": versions, "drafts": drafts, "in_force": in_force, "read": read}
        return page(request, signed, "prices", values | ({"status": 422} if read is not None else {}), refusal)

    def version_of(version: str) -> PriceBook:
        with context.engine.connect() as connection:
            found = {one.book.version: one.book for one in price_books.versions(connection, context.home_id)}
        if version not in found:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return found[version]

    def draft_page(request: Request, signed: Signed, number: asking.Number, refusal: Refusal | None = None) -> Response:
        with context.engine.connect() as connection:
            draft = price_books.draft(connection, context.home_id, number)
            in_force = price_book(connection, context.home_id, context.clock())
        if draft is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        values = {
            "draft": draft,
            "book": draft.book,
            "groups": grouped(draft.book),
            "old": in_force,
            "found": differences(in_force, draft.book),
            "seen": import_prices.digest(draft.book, in_force),
            "own": draft.made_by == signed.staff_no,
            "confirms": may_confirm(signed.roles, Action.SET_RULES),
        }
        return page(request, signed, "price_draft", values, refusal)

    def saved(raw: bytes | str, media_type: str, name: str) -> Response:
        return Response(raw, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})

    @app.get("/prices")
    def prices(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return first(request, signed)

    @app.get("/prices/template")
    def template(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return saved(price_sheet.write(None, language_of(request)), SHEET, "price-list.xlsx")

    @app.post("/prices/upload")
    async def upload(request: Request) -> Response:
        signed = access.allows(request, Action.SET_RULES)
        length = request.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > PRICES.size + AROUND:
            return first(request, signed, refusal=Refusal(Problem.SHEET_UNSAFE, Unsafe.TOO_LARGE))
        async with request.form(max_files=1, max_fields=5) as form:
            asking.sends(access, request, Action.SET_RULES, str(form.get("form_token", "")))
            file = form.get("file")
            raw = await file.read() if isinstance(file, UploadFile) else b""
        done = import_prices.bring(context, raw, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return first(request, signed, refusal=done)
        if isinstance(done, Read):
            return first(request, signed, done)
        return RedirectResponse(f"{request.scope['root_path']}/prices/drafts/{done}", 303)

    @app.get("/prices/lists/{version}")
    def one_list(request: Request, signed: Annotated[Signed, sees], version: str) -> Response:
        book = version_of(version)
        with context.engine.connect() as connection:
            versions = [one.book.version for one in price_books.versions(connection, context.home_id)]
        others = [one for one in versions if one != version]
        return page(request, signed, "price_list", {"book": book, "groups": grouped(book), "others": others})

    @app.get("/prices/lists/{version}/compare")
    def compare(
        request: Request,
        signed: Annotated[Signed, sees],
        version: str,
        to: Annotated[str, Query(max_length=32)] = "",
    ) -> Response:
        old, new = version_of(to), version_of(version)
        return page(request, signed, "price_compare", {"old": old, "book": new, "found": differences(old, new)})

    @app.get("/prices/lists/{version}/xlsx")
    def xlsx(request: Request, signed: Annotated[Signed, sees], version: str) -> Response:
        return saved(price_sheet.write(version_of(version), language_of(request)), SHEET, f"{version}.xlsx")

    @app.get("/prices/lists/{version}/json")
    def json_(signed: Annotated[Signed, sees], version: str) -> Response:
        return saved(version_of(version).model_dump_json(indent=2), "application/json", f"{version}.json")

    @app.get("/prices/drafts/{number}")
    def draft(request: Request, signed: Annotated[Signed, sees], number: asking.Number) -> Response:
        return draft_page(request, signed, number)

    @app.post("/prices/drafts/{number}/publish")
    def publish(
        request: Request,
        signed: Annotated[Signed, reads],
        number: asking.Number,
        seen: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        done = import_prices.publish(context, number, seen, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return draft_page(request, signed, number, done)
        return RedirectResponse(f"{request.scope['root_path']}/prices/lists/{done.version}", 303)

    @app.post("/prices/drafts/{number}/withdraw")
    def withdraw(request: Request, signed: Annotated[Signed, sets], number: asking.Number) -> Response:
        done = import_prices.withdraw(context, number, signed.staff_no, context.clock())
        if isinstance(done, Refusal):
            return draft_page(request, signed, number, done)
        return RedirectResponse(f"{request.scope['root_path']}/prices#drafts", 303)
