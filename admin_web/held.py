"""The console's held money: what came at the desks and is on no bill, put on one or given back by two people."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import held
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused
from cardsvc.context import Context
from cardsvc.core.came import GIVEN_BACK_BY
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.money import yuan
from cardsvc.core.permissions import Action, may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import REASONS
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.documents.capitals import capitals
from cardsvc.store import held_money, looked, papers, payments, short, staff, stray_money
from cardsvc.store.reconciling import one_moment

Text = Annotated[str, Form(max_length=40)]
Seen = Annotated[int, Form()]
"""How far the page showed the case's money: a form that is sent twice acts once."""


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
                "short": short.waiting(connection, home),
                "recovered": short.recoveries(connection, home),
                "strays": stray_money.waiting(connection, home),
                "by_qr": len(payments.waiting(connection, home)),
                "names": staff.names(connection, home),
            }
            shown = [one.case_no for part in ("rows", "short") for one in values[part]]
            values["seen"] = {number: looked.last_moved(connection, home, number) for number in shown}
            values["twice"] = stray_money.entered_twice(connection, home, values["strays"])
        values |= {"payers": list(Payer), "means": GIVEN_BACK_BY}
        values |= {"recovers": REASONS[Step.RECOVER_SHORT], "writes_off": REASONS[Step.WRITE_OFF_SHORT]}
        values["undoes"] = REASONS[Step.UNDO_RECOVERY]
        values["may_write_off"] = may_take(signed.roles, Step.WRITE_OFF_SHORT)
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "held", signed, values, refusal=refusal, status=status)

    def done(request: Request, signed: Signed, act: Callable[[], Refusal | None]) -> Response:
        """What became of a form; what was typed in it may be wrong, or the second person nobody."""
        try:
            refusal = act()
        except Refused as error:
            refusal = error.refusal
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
        second: Second,
        seen: Seen,
        target: Text = "",
        payer: Annotated[Payer, Form()] = Payer.FAMILY,
        amount: Text = "",
        slip: Text = "",
    ) -> Response:
        def act() -> Refusal | None:
            one = (CaseNo(case_no), _case(target), payer, _fen(amount), slip.strip() or None, asking.agreed(second))
            return held.assign(context, signed, *one, seen)

        return done(request, signed, act)

    @app.post("/held/{case_no}/back")
    def back(
        request: Request,
        signed: Annotated[Signed, settles],
        case_no: str,
        second: Second,
        seen: Seen,
        means: Annotated[Means, Form()] = Means.CASH,
        amount: Text = "",
        answers: Annotated[str, Form(max_length=96)] = "",
    ) -> Response:
        def act() -> Refusal | None:
            one = (CaseNo(case_no), _fen(amount), means, asking.agreed(second))
            return held.give_back(context, signed, *one, seen, answers or None)

        return done(request, signed, act)

    @app.post("/held/{case_no}/recover")
    def recover(
        request: Request,
        signed: Annotated[Signed, settles],
        case_no: str,
        second: Second,
        seen: Seen,
        means: Annotated[Means, Form()],
        reason: Annotated[Reason, Form()],
        amount: Text = "",
        reference: Text = "",
    ) -> Response:
        def act() -> Refusal | None:
            one = (CaseNo(case_no), _fen(amount), means, reference.strip() or None, reason, asking.agreed(second))
            return held.recover_short(context, signed, *one, seen)

        return done(request, signed, act)

    @app.post("/held/{case_no}/write-off")
    def write_off(
        request: Request,
        signed: Annotated[Signed, settles],
        case_no: str,
        second: Second,
        seen: Seen,
        reason: Annotated[Reason, Form()],
        amount: Text = "",
    ) -> Response:
        def act() -> Refusal | None:
            one = (CaseNo(case_no), _fen(amount), reason, asking.agreed(second))
            return held.write_off_short(context, signed, *one, seen)

        return done(request, signed, act)

    def recovery(number: int) -> short.Recovered:
        with one_moment(context.engine) as connection:
            found = [one for one in short.recoveries(connection, home) if one.log_no == number]
        if not found:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return found[0]

    @app.get("/held/recovered/{number}")
    def paper(request: Request, signed: Annotated[Signed, sees], number: asking.Number) -> Response:
        one, now = recovery(number), context.clock()
        values: dict[str, Any] = {"one": one, "now": now, "capitals": capitals(one.details.amount_fen or 0)}
        with context.engine.connect() as connection:
            values |= {"names": staff.names(connection, home), "home": papers.home(connection, home)}
        return shell.page(request, "recovered", signed, values)

    @app.post("/held/recovered/{number}/undo")
    def undo(
        request: Request,
        signed: Annotated[Signed, settles],
        number: asking.Number,
        second: Second,
        reason: Annotated[Reason, Form()],
    ) -> Response:
        one = recovery(number)

        def act() -> Refusal | None:
            return held.undo_recovery(context, signed, one.case_no, one.fact.cause, reason, asking.agreed(second))

        return done(request, signed, act)

    @app.post("/held/strays/{number}/assign")
    def assign_stray(
        request: Request, signed: Annotated[Signed, settles], number: asking.Number, second: Second, target: Text = ""
    ) -> Response:
        return done(
            request, signed, lambda: held.assign_stray(context, signed, number, _case(target), asking.agreed(second))
        )

    @app.post("/held/strays/{number}/back")
    def back_stray(
        request: Request, signed: Annotated[Signed, settles], number: asking.Number, second: Second
    ) -> Response:
        return done(request, signed, lambda: held.give_back_stray(context, signed, number, asking.agreed(second)))


def _case(typed: str) -> CaseNo:
    return CaseNo(typed.strip().upper())


def _fen(amount: str) -> int:
    """What was typed as an amount. Raises Refused."""
    try:
        fen = yuan(amount)
    except ValueError:
        raise Refused(Refusal(Problem.AMOUNT_INVALID)) from None
    if fen <= 0:
        raise Refused(Refusal(Problem.AMOUNT_INVALID))
    return fen
