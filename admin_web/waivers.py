"""The console's waiver table: whom the city lets off what, under which basis; versions stay, two people set."""

from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan, yuan
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Payer, WaiverFor
from cardsvc.core.waiver_words import register_words
from cardsvc.core.waivers import WaiverRule, WaiverTable, table_on
from cardsvc.handlers import set_waivers
from cardsvc.store import registers, staff, waiver_tables
from cardsvc.store.opening import price_book
from cardsvc.store.waiver_tables import WAIVERS

FIELDS = ("category", "item", "fen", "units", "bearer", "set_off", "legal_basis")
BLANK_ROWS = 3
MOST_ROWS = 200
SHOWN = 100
"""The most cases that wait for a register's answer on the page."""


def rows_of(table: WaiverTable | None) -> list[dict[str, str]]:
    """The rules as a form shows them."""
    return [_row(one) for one in table.rules] if table is not None else []


def _row(one: WaiverRule) -> dict[str, str]:
    values = {name: str(getattr(one, name)) for name in FIELDS}
    return values | {"fen": in_yuan(one.fen), "set_off": ", ".join(one.set_off)}


def typed_rows(form: dict[str, str]) -> list[dict[str, str]]:
    """The rows as typed; one without an amount is dropped."""
    rows = [{name: form.get(f"{name}-{number}", "") for name in FIELDS} for number in range(MOST_ROWS)]
    return [one for one in rows if one["fen"]]


def typed_table(form: dict[str, str]) -> WaiverTable | Refusal:
    """The table as typed, or the fields that cannot stay."""
    rules: list[dict[str, Any]] = []
    for one in typed_rows(form):
        try:
            fen = yuan(one["fen"])
        except ValueError:
            return Refusal(Problem.FIELD_INVALID, f"fen {one['fen'][:20]}")
        off = tuple(part for part in one["set_off"].replace(",", " ").split() if part)
        rules.append(one | {"fen": fen, "set_off": off})
    head = {name: form.get(name, "") for name in ("legal_basis", "valid_from")}
    try:
        return WAIVERS.validate_python(head | {"valid_to": form.get("valid_to") or None, "rules": rules}, strict=False)
    except ValidationError as error:
        found = error.errors()
        names = (str(one["loc"][-1]) if one["loc"] else one["msg"].rpartition(", ")[2] for one in found)
        return Refusal(Problem.FIELD_INVALID, ", ".join(dict.fromkeys(names)))


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_RULES)
    sets, _ = asks(Action.SET_RULES)

    def page(
        request: Request, signed: Signed, refusal: Refusal | None = None, typed: dict[str, str] | None = None
    ) -> Response:
        home, now = context.home_id, context.clock()
        today = local(now).date()
        with context.engine.connect() as connection:
            versions = waiver_tables.versions(connection, home)
            book, people = price_book(connection, home, now), staff.names(connection, home)
            waiting = registers.told(connection, home, SHOWN) if signed.county is None else []
        table = table_on((one.table for one in versions), today)
        newest = versions[0].table if versions else None
        rows = typed_rows(typed) if typed is not None else rows_of(newest)
        values = {
            "table": table,
            "over": table is not None and table.valid_to is not None and table.valid_to < today,
            "rows": [*rows, *(dict.fromkeys(FIELDS, "") for _ in range(BLANK_ROWS))][:MOST_ROWS],
            "head": typed or {"legal_basis": newest.legal_basis if newest is not None else ""},
            "versions": versions,
            "book": book,
            "people": people,
            "today": today,
            "waiting": waiting,
            "modules": bool(context.modules),
            "registry": register_words,
            "categories": list(WaiverFor),
            "bearers": [one for one in Payer if one is not Payer.FAMILY],
        }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "waivers", signed, values, refusal=refusal, status=status)

    @app.get("/waivers")
    def waivers(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @app.post("/waivers")
    async def set_(request: Request, signed: Annotated[Signed, sets]) -> Response:
        form, now = {name: str(value).strip() for name, value in (await request.form()).items()}, context.clock()
        table = typed_table(form)
        if isinstance(table, Refusal):
            return page(request, signed, table, form)
        try:
            second = access.second(request, form.get("second_staff_no", ""), form.get("second_password", ""))
        except Refused as error:
            return page(request, signed, error.refusal, form)
        done = set_waivers.handle(context, table, signed.staff_no, second, now)
        if isinstance(done, Refusal):
            return page(request, signed, done, form)
        return RedirectResponse(f"{request.scope['root_path']}/waivers#versions", 303)
