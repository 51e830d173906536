"""Numbered receipts for whoever may keep them: what a case has, printed, void, issued; for console and JSON surface."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request, Response
from pydantic import BaseModel

from cardsvc.api import entering
from cardsvc.api.access import Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.api.printing import Number
from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import Action, Role, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Family, Receipt
from cardsvc.core.terms import Payer, Reason
from cardsvc.core.words import Language
from cardsvc.documents import numbered
from cardsvc.documents.filling import TemplateBroken
from cardsvc.handlers import family_link, issue_receipts, print_paper, void_receipt
from cardsvc.handlers.void_receipt import Voiding
from cardsvc.store import papers as paper_store
from cardsvc.store import receipts, staff
from cardsvc.store.log import Log
from cardsvc.store.office import CaseRow
from cardsvc.store.opening import working_set
from cardsvc.store.receipts import Kept


class Issued(BaseModel):
    """A receipt of a case; amounts in fen."""

    family: Family
    number: str
    payer: Payer
    amount_fen: int
    cause: str
    void_why: Reason | None
    outdated_fen: int


def looked(context: Context, case_no: CaseNo) -> tuple[list[Kept], dict[Payer, int]]:
    """The receipts of a case, and what each payer has paid and has no receipt for."""
    with context.engine.connect() as connection:
        reading = Log(connection, context.home_id, 0, "", "")
        return receipts.looked_at(working_set(connection, context.home_id, reading, context.clock()), case_no)


def issue(context: Context, signed: Signed, case_no: CaseNo, payer: Payer) -> list[Receipt] | Refusal:
    """Issue what is missing."""
    return entering.within(
        context,
        signed,
        "receipts missing issued",
        case_no,
        lambda tx, _: issue_receipts.handle(tx, case_no, payer, signed.staff_no),
    )


def void(
    context: Context, signed: Signed, case_no: CaseNo, family: Family, number: str, why: Reason, second: StaffNo | None
) -> list[Receipt] | Refusal:
    """Void a receipt, by two people; what is still paid of it has a new number."""
    asked = Voiding(case_no, family, number, why, signed.staff_no, second)
    what = f"receipts {family} void {number}, {why}, second {second}"
    return entering.within(context, signed, what, case_no, lambda tx, _: void_receipt.handle(tx, asked))


def paper(
    context: Context, signed: Signed, row: CaseRow, family: Family, number: str, form: numbered.Form, language: Language
) -> Response:
    """A receipt as PDF, for a sheet or a strip; each print is one copy more. Raises Refused."""
    case_no, now = row.case.case_no, context.clock()
    with context.engine.connect() as connection:
        one = receipts.one(connection, context.home_id, family, number)
    if one is None or one.receipt.case_no != case_no:
        raise Refused(Refusal(Problem.NOT_FOUND, number))
    copy = print_paper.of_receipt(context, case_no, family, number, signed.staff_no, now)
    filled = fill(context, one, form, (copy, now, signed.staff_no), signed.roles, language)
    headers = {"content-disposition": f'inline; filename="{case_no}-{number}.pdf"'}
    return Response(filled, media_type="application/pdf", headers=headers)


def fill(
    context: Context,
    one: Kept,
    form: numbered.Form,
    by: tuple[int, datetime, StaffNo],
    roles: Iterable[Role],
    language: Language,
) -> bytes:
    """A receipt as PDF. `by`: which copy, when and by whom it is printed.

    That of the family has a new link in its QR, if whoever prints may give one. Raises Refused.
    """
    copy, now, who = by
    receipt, home = one.receipt, context.home_id
    code: str | Refusal = str(receipt.case_no)
    if receipt.payer is Payer.FAMILY and one.void is None and may(roles, Action.FAMILY_LINK):
        code = family_link.make(context, receipt.case_no, who, now)
    if isinstance(code, Refusal):
        raise Refused(code)
    with context.engine.connect() as connection:
        named, names = paper_store.home(connection, home), staff.names(connection, home)
    printed, void = (copy, now, names.get(who, who)), one.void is not None
    try:
        return numbered.render(
            receipt, form, named, names, printed, code, language, void=void, folder=context.templates
        )
    except TemplateBroken as error:
        raise Refused(Refusal(Problem.TEMPLATE_BROKEN, str(error))) from error


def add(app: FastAPI, context: Context, asks: Callable[[Action | None], Any]) -> None:
    """Add the paths to the office's surface."""

    @app.get("/cases/{case_no}/receipts")
    def listed(signed: Annotated[Signed, asks(Action.SEE_RECEIPTS)], case_no: Number) -> list[Issued]:
        """The receipts of a case, void ones too."""
        found, _ = looked(context, entering.mine(context, signed, case_no).case.case_no)
        return [
            Issued(
                family=one.receipt.family,
                number=one.receipt.number,
                payer=one.receipt.payer,
                amount_fen=one.receipt.amount_fen,
                cause=one.receipt.cause,
                void_why=one.void.why if one.void is not None else None,
                outdated_fen=one.outdated_fen,
            )
            for one in found
        ]

    @app.post("/cases/{case_no}/receipts/{family}/{number}.pdf", response_class=Response)
    def printed(
        request: Request,
        signed: Annotated[Signed, asks(Action.KEEP_RECEIPTS)],
        case_no: Number,
        family: Family,
        number: Annotated[str, Path(max_length=32)],
        form: Annotated[numbered.Form, Query()] = numbered.Form.A5,
    ) -> Response:
        """Print a receipt on a sheet, or on the strip of a receipt printer."""
        row = entering.mine(context, signed, case_no)
        return paper(context, signed, row, family, number, form, language_of(request))
