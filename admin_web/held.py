"""The console's held money: what came at the desks and is on no bill, put on one or given back by two people."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import held
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS
from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.money import yuan
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Payer
from cardsvc.store import held_money, payments, staff, stray_money
from cardsvc.store.reconciling import one_moment

Text = Annotated[str, Form(max_length=40)]
GIVEN_BACK_BY = (Means.CASH, Means.TRANSFER, Means.CARD_TERMINAL)
"""A provider's money goes back by its own console (decision 0021)."""


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and its forms."""
    settles, _ = asking.asks_whole(access, Action.SETTLE_PAYMENT)
    _, sees = asking.asks_whole(access, Action.SEE_BILLS)
    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]
    home = context.home_id

    def page(request: Request, signed: Signed, refusal: Refusal | None = None) -> Response:
        with one_moment(context.engine) as connection:
            values: dict[str, Any] = {
                "rows": held_money.listed(connection, home),
                "strays": stray_money.waiting(connection, home),
                "by_qr": len(payments.waiting(connection, home)),
                "names": staff.names(connection, home),
            }
        values |= {"payers": list(Payer), "means": GIVEN_BACK_BY}
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "held", signed, values, refusal=refusal, status=status)

    def done(request: Request, signed: Signed, refusal: Refusal | None) -> Response:
        if refusal is not None:
            return page(request, signed, refusal)
        return RedirectResponse(f"{request.scope['root_path']}/held", 303)

    @app.get("/held")
    def listed(request: Request, signed: Annotated[Signed, sees]) -> Response:
        return page(request, signed)

    @app.post("/held/{case_no}/assign")
    def assign(
        request: Request,
        signed: Annotated[Signed, settles],
        case_no: str,
        target: Text = "",
        payer: Annotated[Payer, Form()] = Payer.FAMILY,
        amount: Text = "",
        slip: Text = "",
    ) -> Response:
        fen = _fen(amount)
        if isinstance(fen, Refusal):
            return page(request, signed, fen)
        to = CaseNo(target.strip().upper())
        return done(
            request, signed, held.assign(context, signed, CaseNo(case_no), to, payer, fen, slip.strip() or None)
        )

    @app.post("/held/{case_no}/back")
    def back(
        request: Request,
        signed: Annotated[Signed, settles],
        case_no: str,
        second: Second,
        means: Annotated[Means, Form()] = Means.CASH,
        amount: Text = "",
    ) -> Response:
        fen = _fen(amount)
        refusal = next((one for one in (second, fen) if isinstance(one, Refusal)), None)
        if refusal is None and not isinstance(fen, Refusal) and not isinstance(second, Refusal):
            refusal = held.give_back(context, signed, CaseNo(case_no), fen, means, second)
        return done(request, signed, refusal)

    @app.post("/held/strays/{number}/assign")
    def assign_stray(request: Request, signed: Annotated[Signed, settles], number: int, target: Text = "") -> Response:
        to = CaseNo(target.strip().upper())
        return done(request, signed, held.assign_stray(context, signed, number, to))

    @app.post("/held/strays/{number}/back")
    def back_stray(request: Request, signed: Annotated[Signed, settles], number: int, second: Second) -> Response:
        refusal = second if isinstance(second, Refusal) else held.give_back_stray(context, signed, number, second)
        return done(request, signed, refusal)


def _fen(amount: str) -> int | Refusal:
    try:
        return yuan(amount)
    except ValueError:
        return Refusal(Problem.AMOUNT_INVALID)
