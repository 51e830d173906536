"""The console's dressing work orders: those of a day, and a sheet of each for the preparation room."""

from datetime import timedelta
from functools import partial
from typing import Annotated

from fastapi import FastAPI, Request, Response

from admin_web import asking
from admin_web.asking import Day
from admin_web.shell import Shell
from cardsvc.api import entering
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused
from cardsvc.context import Context
from cardsvc.core.books import bounds
from cardsvc.core.case import Case
from cardsvc.core.dressing import Order, Work, of_day, order_of
from cardsvc.core.facts import Step
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.prices import PriceBook
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Implants, Skip
from cardsvc.store import dressing, price_books
from cardsvc.store.engine import Connection
from cardsvc.store.opening import price_book


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    _, sees = asking.asks(access, Action.SEE_DRESSING)
    mine = partial(entering.mine, context)

    def books(connection: Connection) -> tuple[dict[str, PriceBook], PriceBook]:
        kept = {one.book.version: one.book for one in price_books.versions(connection, context.home_id)}
        return kept, price_book(connection, context.home_id, context.clock())

    def ordered(case: Case, kept: dict[str, PriceBook], in_force: PriceBook) -> Order | None:
        return order_of(case, kept.get(case.price_version or "", in_force))

    @app.get("/dressing")
    def listed(request: Request, signed: Annotated[Signed, sees], day: Day = None) -> Response:
        today = local(context.clock()).date()
        shown = day or today
        with context.engine.connect() as connection:
            kept, in_force = books(connection)
            bodies = dressing.bodies(connection, context.home_id, bounds(shown)[0], signed.county)
        found = [one for body in bodies if (one := ordered(body.case, kept, in_force)) is not None]
        values = {
            "day": shown,
            "today": today,
            "before": shown - timedelta(days=1),
            "after": shown + timedelta(days=1),
            "orders": of_day(found, shown, today),
            "names": {body.case.case_no: body.shown_name for body in bodies},
            "present": Implants.PRESENT,
            "blocked": Work.BLOCKED,
        }
        return shell.page(request, "dressing", signed, values)

    @app.get("/dressing/{case_no}")
    def sheet(request: Request, signed: Annotated[Signed, sees], case_no: str) -> Response:
        row = mine(signed, case_no)
        with context.engine.connect() as connection:
            order = ordered(row.case, *books(connection))
        if order is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        if order.work is Work.BLOCKED:
            raise Refused(Refusal(Problem.STEP_BARRED, f"{Step.PREPARE}, {Skip.INFECTIOUS}"))
        values = {"order": order, "case": row.case, "row": row, "now": context.clock(), "present": Implants.PRESENT}
        return shell.page(request, "dressing_sheet", signed, values)
