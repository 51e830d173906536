"""The console's stocks of numbered forms: who keeps them, received, handed on, void, counted; what became of each.

One page for certificates and one for each family of receipts; they are the same page.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Family
from cardsvc.core.stock import SPOILT, FormState, numbers_in, ranges
from cardsvc.core.terms import Reason
from cardsvc.handlers import count_forms, hand_forms, receive_forms, void_forms
from cardsvc.store import staff
from cardsvc.store import stock as stocks
from cardsvc.store.stock import CERTIFICATES, RECEIPTS, Counted, Stock

Numbers = Annotated[str, Form(max_length=20_000)]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the page of a stock is; `title` is a word of the menu, `prefix` what its numbers begin with as offered."""

    path: str
    title: str
    stock: Stock
    sees: Action
    prefix: str


SITES = (
    Site("certificates", "certificates", CERTIFICATES, Action.SEE_CERTIFICATES, "HZ-"),
    Site("receipts/fiscal", "receipts_fiscal", RECEIPTS[Family.FISCAL], Action.SEE_RECEIPTS, "PJ-"),
    Site("receipts/invoice", "receipts_invoice", RECEIPTS[Family.INVOICE], Action.SEE_RECEIPTS, "FP-"),
)


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages and their forms to the console."""
    for site in SITES:
        _add(app, context, access, shell, site)


def _add(app: FastAPI, context: Context, access: Access, shell: Shell, site: Site) -> None:
    stock = site.stock
    _, sees = asking.asks_whole(access, site.sees)
    keeps, _ = asking.asks_whole(access, stock.keep)
    second_by = asking.second_by(access)

    def page(
        request: Request, signed: Signed, state: str = "", after: str = "", refusal: Refusal | None = None
    ) -> Response:
        home, known = context.home_id, FormState(state) if state in set(FormState) else None
        with context.engine.connect() as connection:
            rows = stocks.page(connection, stock, home, known, after)
            values: dict[str, Any] = {
                "figures": stocks.figures(connection, stock, home),
                "keepers": stocks.keepers(connection, stock, home),
                "counts": stocks.counts(connection, stock, home),
                "acts": stocks.acts(connection, stock, home),
                "names": staff.names(connection, home),
            }
        more = rows[stocks.PAGE - 1].number if len(rows) > stocks.PAGE else None
        values |= {"rows": rows[: stocks.PAGE], "state": known, "states": list(FormState), "more": more}
        values |= {"whys": SPOILT, "ranges": ranges, "site": site}
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "stock", signed, values, refusal=refusal, status=status)

    def told(request: Request, signed: Signed, done: object, where: str = "") -> Response:
        if isinstance(done, Refusal):
            return page(request, signed, refusal=done)
        return RedirectResponse(f"{request.scope['root_path']}/{site.path}{where}", 303)

    def read(text: str) -> frozenset[str] | Refusal:
        try:
            return numbers_in(text)
        except ValueError:
            return Refusal(Problem.FIELD_INVALID, "numbers")

    @app.get(f"/{site.path}")
    def listed(
        request: Request,
        signed: Annotated[Signed, sees],
        state: Annotated[str, Query(max_length=12)] = "",
        after: Annotated[str, Query(max_length=24)] = "",
    ) -> Response:
        return page(request, signed, state, after)

    @app.post(f"/{site.path}/receive")
    def received(
        request: Request,
        signed: Annotated[Signed, keeps],
        first: Annotated[int, Form()],
        count: Annotated[int, Form()],
        prefix: Annotated[str, Form(max_length=20)] = "",
        keeper: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        held_by = StaffNo(keeper.strip()) if keeper.strip() else None
        number = prefix.strip().upper()
        now = context.clock()
        done = receive_forms.handle(context, stock, number, first, count, signed.staff_no, now, held_by)
        return told(request, signed, done)

    @app.post(f"/{site.path}/hand")
    def handed(
        request: Request,
        signed: Annotated[Signed, keeps],
        receiver: Annotated[StaffNo | Refusal | None, second_by],
        numbers: Numbers = "",
    ) -> Response:
        some = read(numbers)
        if isinstance(some, Refusal) or isinstance(receiver, Refusal):
            return told(request, signed, some if isinstance(some, Refusal) else receiver)
        return told(
            request, signed, hand_forms.handle(context, stock, some, signed.staff_no, receiver, context.clock())
        )

    @app.post(f"/{site.path}/void")
    def voided(
        request: Request,
        signed: Annotated[Signed, keeps],
        second: Annotated[StaffNo | Refusal | None, second_by],
        reason: Annotated[Reason, Form()],
        numbers: Numbers = "",
    ) -> Response:
        some = read(numbers)
        if isinstance(some, Refusal) or isinstance(second, Refusal):
            return told(request, signed, some if isinstance(some, Refusal) else second)
        done = void_forms.handle(context, stock, some, reason, signed.staff_no, second, context.clock())
        return told(request, signed, done, "?state=void")

    @app.post(f"/{site.path}/count")
    def counted(
        request: Request,
        signed: Annotated[Signed, keeps],
        numbers: Numbers = "",
        keeper: Annotated[str, Form(max_length=20)] = "",
    ) -> Response:
        some = read(numbers)
        if isinstance(some, Refusal):
            return told(request, signed, some)
        held_by = StaffNo(keeper.strip()) if keeper.strip() else None
        done = count_forms.handle(context, stock, some, held_by, signed.staff_no, context.clock())
        return told(request, signed, done, f"#n{done.log_no}" if isinstance(done, Counted) else "")
