"""The console's transfers that pay somebody back: the bank's number of each, entered later, corrected by two."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import held
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS
from cardsvc.context import Context
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import REASONS
from cardsvc.core.terms import Reason
from cardsvc.store import paid_out, staff
from cardsvc.store.reconciling import one_moment

Text = Annotated[str, Form(max_length=96)]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and its form."""
    settles, _ = asking.asks_whole(access, Action.SETTLE_PAYMENT)
    _, sees = asking.asks_whole(access, Action.SEE_BILLS)
    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]
    home = context.home_id

    def page(request: Request, signed: Signed, case_no: str, refusal: Refusal | None = None) -> Response:
        number, now = CaseNo(case_no.strip().upper()), context.clock()
        with one_moment(context.engine) as connection:
            of_case = paid_out.of_case(connection, home, number) if number else None
            rows = of_case if of_case is not None else paid_out.waiting(connection, home)
            values: dict[str, Any] = {"rows": rows, "names": staff.names(connection, home)}
        values |= {"case_no": number, "days": {one.cause: (now - one.at).days for one in rows}}
        values["reasons"] = REASONS[Step.BANK_PAID]
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "paid_out", signed, values, refusal=refusal, status=status)

    @app.get("/paid-out")
    def listed(
        request: Request, signed: Annotated[Signed, sees], case_no: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        return page(request, signed, case_no)

    @app.post("/paid-out")
    def entered(
        request: Request,
        signed: Annotated[Signed, settles],
        second: Second,
        of: Text,
        cause: Text,
        reference: Text = "",
        case_no: Text = "",
        reason: Annotated[Reason | None, Form()] = None,
    ) -> Response:
        """`case_no` is the case whose transfers are shown, `of` the one that answers for the transfer."""
        refusal = second if isinstance(second, Refusal) else None
        if refusal is None and not reference.strip():
            refusal = Refusal(Problem.FIELD_MISSING, "reference")
        if refusal is None and not isinstance(second, Refusal):
            refusal = held.confirm_paid_out(context, signed, CaseNo(of), cause, reference, reason, second)
        if refusal is not None:
            return page(request, signed, case_no, refusal)
        shown = f"?{urlencode({'case_no': case_no})}" if case_no else ""
        return RedirectResponse(f"{request.scope['root_path']}/paid-out{shown}", 303)
