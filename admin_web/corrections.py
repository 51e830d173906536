"""The console's corrections: alike cases side by side, a duplicate merged, the right name, another applicant."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import correcting, entering
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.correction import NewApplicant, RightIdentity
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.station import REASONS
from cardsvc.core.terms import Reason
from cardsvc.core.words import table
from cardsvc.handlers import reveal
from cardsvc.handlers.reveal import Personal, Why
from cardsvc.store import corrections
from cardsvc.store.office import CaseRow

COMPARED = (Personal.DECEASED_NAME, Personal.ID_NO, Personal.ADDRESS, Personal.APPLICANT_NAME)
Text = Annotated[str, Form(max_length=400)]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    asks = partial(asking.asks, access)
    _, sees = asks(Action.SEE_CASES)
    reveals, _ = asks(Action.REVEAL)
    corrects, may_correct = asks(Action.CORRECT)
    mine = partial(entering.mine, context)

    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]

    def answer(request: Request, name: str, signed: Signed, values: dict[str, Any], no: Refusal | None) -> Response:
        status = STATUS.get(no.problem, 409) if no is not None else 200
        return shell.page(request, name, signed, values, refusal=no, status=status)

    def to_case(request: Request, case_no: str) -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/cases/{case_no}", 303)

    def compare_page(
        request: Request,
        signed: Signed,
        sides: tuple[CaseRow, CaseRow],
        refusal: Refusal | None = None,
        shown: dict[tuple[str, str], str] | None = None,
    ) -> Response:
        one, other = sides
        open_ = any(alert.other == other.case.case_no for alert in one.case.alerts)
        open_ = open_ or any(alert.other == one.case.case_no for alert in other.case.alerts)
        whys = {alert.why for alert in one.case.alerts if alert.other == other.case.case_no}
        values = {"sides": sides, "shown": shown or {}, "open": open_, "alert_whys": sorted(whys)}
        return answer(request, "compare", signed, {**values, "compared": COMPARED, "whys": list(Why)}, refusal)

    @app.get("/cases/{case_no}/compare/{other}")
    def compare(request: Request, signed: Annotated[Signed, sees], case_no: str, other: str) -> Response:
        return compare_page(request, signed, (mine(signed, case_no), mine(signed, other)))

    @app.post("/cases/{case_no}/compare/{other}/reveal")
    def reveal_both(
        request: Request,
        signed: Annotated[Signed, reveals],
        case_no: str,
        other: str,
        why: Annotated[Why, Form()],
    ) -> Response:
        sides = (mine(signed, case_no), mine(signed, other))
        shown: dict[tuple[str, str], str] = {}
        for number in (row.case.case_no for row in sides):
            for what in COMPARED:
                value = reveal.handle(context, number, what, why, signed.staff_no, context.clock())
                if isinstance(value, Refusal):
                    return compare_page(request, signed, sides, value)
                shown[(number, what.value)] = value or "—"
        return compare_page(request, signed, sides, shown=shown)

    @app.post("/cases/{case_no}/compare/{other}/clear")
    def clear(
        request: Request, signed: Annotated[Signed, corrects], case_no: str, other: str, second: Second
    ) -> Response:
        sides = mine(signed, case_no), mine(signed, other)
        if isinstance(second, Refusal):
            return compare_page(request, signed, sides, second)
        one, two = (row.case.case_no for row in sides)
        if all(alert.other != two for alert in sides[0].case.alerts):
            one, two = two, one
        details = Details(other=two, reason=Reason.COMPARED)
        judgement = entering.enter(context, signed, one, Step.CLEAR_ALERT, details, second)
        if isinstance(judgement, Refusal):
            return compare_page(request, signed, sides, judgement)
        return to_case(request, case_no)

    def correct_page(
        request: Request,
        signed: Signed,
        row: CaseRow,
        refusal: Refusal | None = None,
        typed: dict[str, str] | None = None,
        shown: dict[tuple[int, str], str] | None = None,
    ) -> Response:
        with context.engine.connect() as connection:
            before = corrections.earlier(connection, context.home_id, row.case.case_no)
        values = {
            "row": row,
            "case": row.case,
            "earlier": before,
            "shown": shown or {},
            "typed": typed or {},
            "relations": table(language_of(request), "relation"),
            "reasons": REASONS[Step.CHANGE_APPLICANT],
        }
        return answer(request, "correct", signed, values, refusal)

    def corrected(
        request: Request,
        signed: Signed,
        row: CaseRow,
        act: Callable[[StaffNo | None], CaseNo | Refusal],
        second: StaffNo | Refusal | None,
        typed: dict[str, str],
    ) -> Response:
        """Correct it with the second person, and show the case; or say why not, with what was typed."""
        done = second if isinstance(second, Refusal) else act(second)
        return correct_page(request, signed, row, done, typed) if isinstance(done, Refusal) else to_case(request, done)

    @app.get("/cases/{case_no}/correct")
    def correct(request: Request, signed: Annotated[Signed, may_correct], case_no: str) -> Response:
        return correct_page(request, signed, mine(signed, case_no))

    @app.post("/cases/{case_no}/correct/merge")
    def merge(
        request: Request, signed: Annotated[Signed, corrects], case_no: str, second: Second, target: Text = ""
    ) -> Response:
        row = mine(signed, case_no)
        try:
            goes_on = mine(signed, target.strip().upper())
        except Refused as error:
            return correct_page(request, signed, row, error.refusal, {"target": target})
        act = partial(correcting.merge, context, signed, row.case.case_no, goes_on.case.case_no)
        return corrected(request, signed, row, act, second, {"target": target})

    @app.post("/cases/{case_no}/correct/identity")
    def identity(
        request: Request,
        signed: Annotated[Signed, corrects],
        case_no: str,
        second: Second,
        deceased_name: Text = "",
        id_no: Text = "",
    ) -> Response:
        row, typed = mine(signed, case_no), {"deceased_name": deceased_name, "id_no": id_no}
        try:
            right = RightIdentity(deceased_name=deceased_name.strip(), id_no=id_no.strip() or None)
        except ValidationError:
            return correct_page(request, signed, row, Refusal(Problem.FIELD_INVALID, "deceased_name, id_no"), typed)
        act = partial(correcting.right_identity, context, signed, row.case.case_no, right)
        return corrected(request, signed, row, act, second, typed)

    @app.post("/cases/{case_no}/correct/applicant")
    def applicant(
        request: Request,
        signed: Annotated[Signed, corrects],
        case_no: str,
        second: Second,
        reason: Annotated[Reason, Form()],
        applicant_name: Text = "",
        applicant_phone: Text = "",
        relation: Text = "",
    ) -> Response:
        row = mine(signed, case_no)
        typed = {"applicant_name": applicant_name, "applicant_phone": applicant_phone, "relation": relation}
        try:
            new = NewApplicant(**{name: text.strip() for name, text in typed.items()})
        except ValidationError as error:
            return correct_page(request, signed, row, asking.wrong_fields(error), typed)
        act = partial(correcting.another_applicant, context, signed, row.case.case_no, new, reason)
        return corrected(request, signed, row, act, second, typed)

    @app.post("/cases/{case_no}/correct/earlier")
    def earlier(
        request: Request,
        signed: Annotated[Signed, reveals],
        case_no: str,
        log_no: Annotated[int, Form(ge=1)],
        what: Annotated[Personal, Form()],
    ) -> Response:
        row = mine(signed, case_no)
        value = reveal.earlier(context, row.case.case_no, log_no, what, signed.staff_no, context.clock())
        if isinstance(value, Refusal):
            return correct_page(request, signed, row, value)
        return correct_page(request, signed, row, shown={(log_no, what.value): value})
