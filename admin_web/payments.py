"""The console's QR payments: ask at a case, follow one order, list all, decide about money that does not fit."""

import base64
from datetime import date, timedelta
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import entering, paying
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan, yuan
from cardsvc.core.paying import LIVE, Order, OrderState, question_for
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Payer
from cardsvc.core.words import say
from cardsvc.documents import filling
from cardsvc.handlers.ask_payment import Asking
from cardsvc.store import payments, snapshots, staff
from cardsvc.store.office import PAGE, CaseRow

Text = Annotated[str, Form(max_length=40)]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    takes, may_take = asking.asks(access, Action.TAKE_PAYMENT)
    _, sees = asking.asks(access, Action.SEE_BILLS)
    _, sees_all = asking.asks_whole(access, Action.SEE_BILLS)
    settles, _ = asking.asks_whole(access, Action.SETTLE_PAYMENT)
    mine, home = partial(entering.mine, context), context.home_id
    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]

    def to(request: Request, path: str) -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/{path}", 303)

    def ask_page(request: Request, signed: Signed, row: CaseRow, refusal: Refusal | None = None) -> Response:
        number = row.case.case_no
        with context.engine.connect() as connection:
            owed = payments.owed(connection, home, number)
            left = snapshots.case_bill(connection, home, number).open_fen
            orders = payments.of_case(connection, home, number)
        due = {payer: min(fen, left) if payer is Payer.FAMILY else fen for payer, fen in owed.items()}
        values: dict[str, Any] = {
            "row": row,
            "case": row.case,
            "owed": owed,
            "due": next((in_yuan(fen) for fen in due.values() if fen > 0), ""),
            "orders": orders,
            "live": next((one for one in orders if one.state in LIVE), None),
            "provided": context.provider is not None,
        }
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "pay_ask", signed, values, refusal=refusal, status=status)

    @app.get("/cases/{case_no}/pay")
    def ask_for(request: Request, signed: Annotated[Signed, may_take], case_no: str) -> Response:
        return ask_page(request, signed, mine(signed, case_no))

    @app.post("/cases/{case_no}/pay")
    def ask(
        request: Request,
        signed: Annotated[Signed, takes],
        case_no: str,
        amount: Text = "",
        payer: Annotated[Payer, Form()] = Payer.FAMILY,
    ) -> Response:
        row = mine(signed, case_no)
        try:
            fen = yuan(amount)
        except ValueError:
            return ask_page(request, signed, row, Refusal(Problem.AMOUNT_INVALID))
        order = paying.ask(context, signed, Asking(row.case.case_no, payer, fen, signed.staff_no))
        if isinstance(order, Refusal):
            return ask_page(request, signed, row, order)
        return to(request, f"payments/{order.order_no}")

    def find(signed: Signed, order_no: str) -> tuple[Order, CaseRow]:
        order = paying.current(context, order_no)
        if order is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return order, mine(signed, order.case_no)

    @app.get("/payments/{order_no}")
    def one(request: Request, signed: Annotated[Signed, sees], order_no: str) -> Response:
        order, row = find(signed, order_no)
        with context.engine.connect() as connection:
            came = payments.of_order(connection, home, order_no)
            names = staff.names(connection, home)
        picture = base64.b64encode(filling.qr(order.qr).encode()).decode() if order.qr else ""
        values = {"order": order, "row": row, "qr": picture, "came": came, "live": order.state in LIVE}
        return shell.page(request, "pay_order", signed, {**values, "names": names})

    @app.get("/payments/{order_no}/state")
    def state(request: Request, signed: Annotated[Signed, sees], order_no: str) -> Response:
        order, _ = find(signed, order_no)
        return JSONResponse({"state": order.state, "word": say(language_of(request), f"order_state.{order.state}")})

    @app.post("/payments/{order_no}/look")
    def look(request: Request, signed: Annotated[Signed, takes], order_no: str) -> Response:
        order, _ = find(signed, order_no)
        question = question_for(order, context.clock())
        error = paying.look(context, order, question) if question is not None else None
        if error is not None:
            raise Refused(Refusal(Problem.PROVIDER_MUTE, say(language_of(request), f"send_error.{error}")))
        return to(request, f"payments/{order_no}")

    @app.post("/payments/{order_no}/cancel")
    def cancel(request: Request, signed: Annotated[Signed, takes], order_no: str) -> Response:
        find(signed, order_no)
        done = paying.cancel(context, signed, order_no)
        if isinstance(done, Refusal):
            raise Refused(done)
        return to(request, f"payments/{order_no}")

    def list_page(
        request: Request, signed: Signed, state: str = "", before: str = "", refusal: Refusal | None = None
    ) -> Response:
        known = OrderState(state) if state in set(OrderState) else None
        with context.engine.connect() as connection:
            rows = payments.listed(connection, home, known, None, before, PAGE)
            values: dict[str, Any] = {
                "rows": rows[:PAGE],
                "counts": payments.counts(connection, home),
                "waiting": payments.waiting(connection, home),
                "days": payments.days(connection, home),
            }
        more = None
        if len(rows) > PAGE:
            more = urlencode({**({"state": known.value} if known else {}), "before": rows[PAGE - 1].order_no})
        values |= {"states": list(OrderState), "state": known, "more": more, "provided": context.provider is not None}
        values["yesterday"] = local(context.clock()).date() - timedelta(days=1)
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "payments", signed, values, refusal=refusal, status=status)

    @app.get("/payments")
    def listed(
        request: Request,
        signed: Annotated[Signed, sees_all],
        state: Annotated[str, Query(max_length=10)] = "",
        before: Annotated[str, Query(max_length=40)] = "",
    ) -> Response:
        return list_page(request, signed, state, before)

    @app.post("/payments/suspense/{ref}/assign")
    def assign(
        request: Request, signed: Annotated[Signed, settles], ref: str, second: Second, case_no: Text = ""
    ) -> Response:
        to_case = CaseNo(case_no.strip().upper())
        refusal = second if isinstance(second, Refusal) else paying.assign(context, signed, ref, to_case, second)
        return list_page(request, signed, refusal=refusal) if refusal else to(request, "payments")

    @app.post("/payments/suspense/{ref}/refund")
    def refund(request: Request, signed: Annotated[Signed, settles], ref: str, second: Second) -> Response:
        refusal = second if isinstance(second, Refusal) else paying.refund(context, signed, ref, second)
        return list_page(request, signed, refusal=refusal) if refusal else to(request, "payments")

    @app.post("/payments/days")
    def compare(request: Request, signed: Annotated[Signed, settles], day: Annotated[date, Form()]) -> Response:
        found = paying.reconcile(context, day, signed.staff_no)
        if isinstance(found, Refusal):
            word = say(language_of(request), f"send_error.{found.detail}") if found.detail else ""
            return list_page(request, signed, refusal=Refusal(found.problem, word))
        return to(request, "payments")
