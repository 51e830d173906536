"""The console's receipts of a case: what was issued, printed, void by two people, issued where it is missing."""

from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import entering, receipts
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, language_of
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import TAKEN_BACK, Family
from cardsvc.core.terms import Payer, Reason
from cardsvc.documents import numbered
from cardsvc.store import papers, staff
from cardsvc.store.office import CaseRow


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the page and its forms to the console."""
    keeps, _ = asking.asks(access, Action.KEEP_RECEIPTS)
    _, sees = asking.asks(access, Action.SEE_RECEIPTS)
    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]

    def page(request: Request, signed: Signed, row: CaseRow, refusal: Refusal | None = None) -> Response:
        case_no, language = row.case.case_no, language_of(request)
        found, missing = receipts.looked(context, case_no)
        with context.engine.connect() as connection:
            values: dict[str, Any] = {
                "row": row,
                "case": row.case,
                "receipts": list(reversed(found)),
                "part": numbered.part,
                "missing": missing,
                "copies": papers.printed(connection, context.home_id, case_no),
                "names": staff.names(connection, context.home_id),
                "means": lambda one: numbered.means(one, language),
                "whys": TAKEN_BACK,
                "forms": numbered.Form,
            }
        status = STATUS.get(refusal.problem, 409) if refusal is not None else 200
        return shell.page(request, "receipts", signed, values, refusal=refusal, status=status)

    def told(request: Request, signed: Signed, row: CaseRow, done: object) -> Response:
        if isinstance(done, Refusal):
            return page(request, signed, row, done)
        return RedirectResponse(f"{request.scope['root_path']}/cases/{row.case.case_no}/receipts", 303)

    @app.get("/cases/{case_no}/receipts")
    def listed(request: Request, signed: Annotated[Signed, sees], case_no: str) -> Response:
        return page(request, signed, entering.mine(context, signed, case_no))

    @app.post("/cases/{case_no}/receipts/issue")
    def issued(
        request: Request, signed: Annotated[Signed, keeps], case_no: str, payer: Annotated[Payer, Form()]
    ) -> Response:
        row = entering.mine(context, signed, case_no)
        return told(request, signed, row, receipts.issue(context, signed, row.case.case_no, payer))

    @app.post("/cases/{case_no}/receipts/{family}/{number}/void")
    def voided(
        request: Request,
        signed: Annotated[Signed, keeps],
        case_no: str,
        family: Family,
        number: str,
        second: Second,
        reason: Annotated[Reason | None, Form()] = None,
    ) -> Response:
        row = entering.mine(context, signed, case_no)
        if isinstance(second, Refusal) or reason is None:
            refusal = second if isinstance(second, Refusal) else Refusal(Problem.REASON_MISSING)
            return page(request, signed, row, refusal)
        done = receipts.void(context, signed, row.case.case_no, family, number[:32], reason, second)
        return told(request, signed, row, done)

    @app.post("/cases/{case_no}/receipts/{family}/{number}.pdf")
    def paper(
        request: Request,
        signed: Annotated[Signed, keeps],
        case_no: str,
        family: Family,
        number: str,
        form: Annotated[numbered.Form, Form()] = numbered.Form.A5,
    ) -> Response:
        row = entering.mine(context, signed, case_no)
        return receipts.paper(context, signed, row, family, number[:32], form, language_of(request))
