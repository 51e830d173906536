"""Papers for whoever may print them: the console's pages and the office's JSON surface answer with the same PDF."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import FastAPI, Path, Query, Request, Response
from pydantic import BaseModel

from cardsvc.api import entering
from cardsvc.api.access import Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.context import Context
from cardsvc.core.gate import Clearance
from cardsvc.core.ids import CASE_NO
from cardsvc.core.permissions import Action
from cardsvc.core.printing import ASKS, Printable, Printed, printables
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.statements import MOST_LINES
from cardsvc.core.words import Language
from cardsvc.documents import day_sheet, furnace_log, papers, receipt, report_paper, statement
from cardsvc.documents.filling import TemplateBroken
from cardsvc.documents.statement import ToPayer
from cardsvc.handlers import family_link, print_paper
from cardsvc.handlers.make_report import Made
from cardsvc.store import day_close, family, furnaces, price_books, snapshots, staff, statements
from cardsvc.store import papers as paper_store
from cardsvc.store.engine import Connection
from cardsvc.store.office import CaseRow
from cardsvc.store.statements import STATEMENT, Kept

Number = Annotated[str, Path(pattern=CASE_NO.pattern, max_length=20)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Of = Annotated[str, Query(max_length=32)]


class Offer(BaseModel):
    """A paper of a case; `why`: what stands against it now, `detail`: the step or thing that it waits for."""

    paper: Printed
    of: str
    copies: int
    why: Problem | None
    detail: str


@dataclass(frozen=True, slots=True)
class Offering:
    """A paper, how many copies of it there are, and for a clearance what was cleared when."""

    one: Printable
    copies: int
    cleared: Clearance | None


def offers(context: Context, signed: Signed, row: CaseRow) -> list[Offering]:
    """The papers of a case that they may print, now or later."""
    with context.engine.connect() as connection:
        kept = paper_store.cleared(connection, context.home_id, row.case.case_no)
        copies = paper_store.printed(connection, context.home_id, row.case.case_no)
    by_number = {str(one.log_no): one.clearance for one in kept}
    return [
        Offering(one, copies.get(print_paper.named(one.paper, one.of), 0), by_number.get(one.of))
        for one in printables(row.case, [one.log_no for one in kept])
        if signed.may(ASKS[one.paper])
    ]


def of_case(context: Context, signed: Signed, row: CaseRow, paper: Printed, of: str, language: Language) -> Response:
    """A paper of a case. Raises Refused."""
    if not signed.may(ASKS[paper]):
        raise Refused(Refusal(Problem.NOT_ALLOWED, ASKS[paper]))
    on = print_paper.handle(context, row.case.case_no, paper, of, signed.staff_no, context.clock())
    if isinstance(on, Refusal):
        raise Refused(on)
    return sent(lambda: papers.render(on, language, context.templates), f"{on.case.case_no}-{paper}")


def receipt_of(context: Context, signed: Signed, row: CaseRow, language: Language) -> Response:
    """The receipt, with a new link for the family. Raises Refused."""
    home, case_no, now = context.home_id, row.case.case_no, context.clock()
    address = family_link.make(context, case_no, signed.staff_no, now)
    if isinstance(address, Refusal):
        raise Refused(address)
    copy = print_paper.counted(context, "receipt", case_no, signed.staff_no, now)
    with context.engine.connect() as connection:
        shown = family.shown(connection, home, case_no)
        bill = snapshots.case_bill(connection, home, case_no)
        lines = snapshots.case_lines(connection, home, case_no)
    name = shown.home_zh if language == "zh_CN" else shown.home_en

    def made() -> bytes:
        return receipt.render(
            name, case_no, row.shown_name, bill, lines, address, now, language, copy, context.templates
        )

    return sent(made, f"{case_no}-receipt")


def furnace_log_of(context: Context, signed: Signed, day: date, language: Language) -> Response:
    """The furnace log of a day. Raises Refused."""
    home, now = context.home_id, context.clock()
    copy = print_paper.counted(context, "furnace_log", day.isoformat(), signed.staff_no, now)
    with context.engine.connect() as connection:
        named = paper_store.home(connection, home)
        runs = furnaces.runs(connection, home, day)
        titles = {one.code: (one.title_zh, one.title_en) for one in furnaces.furnaces(connection, home)}
        names = staff.names(connection, home)
    by = (copy, now, names.get(signed.staff_no, signed.staff_no))

    def made() -> bytes:
        return furnace_log.render(named, day, runs, titles, names, by, language, context.templates)

    return sent(made, f"furnaces-{day.isoformat()}")


def day_close_of(context: Context, signed: Signed, day: date, language: Language) -> Response:
    """What two people signed when they closed a day. Raises Refused."""
    home, now = context.home_id, context.clock()
    with context.engine.connect() as connection:
        kept = day_close.kept(connection, home, day)
        named, names = paper_store.home(connection, home), staff.names(connection, home)
        items = price_books.item_names(connection, home)
    if kept is None:
        raise Refused(Refusal(Problem.NOT_FOUND))
    copy = print_paper.counted(context, "day_close", day.isoformat(), signed.staff_no, now)
    by = (copy, now, names.get(signed.staff_no, signed.staff_no))
    signature = (kept.at, kept.sig, print_paper.whole(context, kept.body, kept.sig))

    def made() -> bytes:
        return day_sheet.render(named, kept.closed, signature, items, names, by, language, context.templates)

    return sent(made, f"day-close-{day.isoformat()}")


def report_of(context: Context, signed: Signed, made: Made) -> Response:
    """A report on paper; each print is one copy more. Raises Refused."""
    now, period = context.clock(), made.report.period
    subject = f"{period.first}..{period.last}"
    copy = print_paper.counted(context, "report", subject, signed.staff_no, now)
    by = (copy, now, made.says.people.get(signed.staff_no, signed.staff_no))

    def filled() -> bytes:
        return report_paper.render(made.home, made.report, made.says, by, context.templates)

    return sent(filled, f"report-{period.first}-{period.last}")


def statement_of(context: Context, signed: Signed, kept: Kept, language: Language) -> Response:
    """A statement to a payer: as it was sent, or a draft as it would be. Raises Refused."""
    home, now = context.home_id, context.clock()
    copy = print_paper.counted(context, "statement", str(kept.draft_no), signed.staff_no, now)
    with context.engine.connect() as connection:
        named, to = paper_store.home(connection, home), to_payer(context, connection, kept)
        items, names = price_books.item_names(connection, home), staff.names(connection, home)
    by = (copy, now, names.get(signed.staff_no, signed.staff_no))
    name = f"statement-{kept.number or f'draft-{kept.draft_no}'}"
    return sent(lambda: statement.render(named, to, items, names, by, language, context.templates), name)


def statement_sheet_of(context: Context, kept: Kept, language: Language) -> Response:
    """The lines of a statement as a spreadsheet."""
    with context.engine.connect() as connection:
        to, items = to_payer(context, connection, kept), price_books.item_names(connection, context.home_id)
    name = f"statement-{kept.number or f'draft-{kept.draft_no}'}"
    headers = {"content-disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(statement.sheet(to, items, language), media_type=XLSX, headers=headers)


def to_payer(context: Context, connection: Connection, kept: Kept) -> ToPayer:
    """What a statement says on paper: its frozen body where it was sent."""
    if kept.body is None:
        shares = tuple(one.share for one in statements.lines(connection, context.home_id, kept.draft_no))
        corrections = statements.untold(connection, context.home_id, kept.payer, MOST_LINES)
        return ToPayer(kept.payer, kept.first, kept.last, None, None, kept.made_by, None, shares, corrections)
    said = STATEMENT.validate_json(kept.body)
    who = (said.made_by, said.approved_by)
    return ToPayer(said.payer, said.first, said.last, said.number, said.sent_at, *who, said.shares, said.corrections)


def sent(made: Callable[[], bytes], name: str) -> Response:
    """A PDF as it is answered. Raises Refused when its template cannot be filled."""
    try:
        pdf = made()
    except TemplateBroken as error:
        raise Refused(Refusal(Problem.TEMPLATE_BROKEN, str(error))) from error
    headers = {"content-disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def add(app: FastAPI, context: Context, asks: Callable[[Action | None], Any]) -> None:
    """Add the paths to the office's surface."""

    @app.get("/cases/{case_no}/papers")
    def listed(signed: Annotated[Signed, asks(Action.SEE_CASES)], case_no: Number) -> list[Offer]:
        """The papers of a case: what can be printed, what not yet and why."""
        row = entering.mine(context, signed, case_no)
        return [
            Offer(
                paper=found.one.paper,
                of=found.one.of,
                copies=found.copies,
                why=found.one.why.problem if found.one.why is not None else None,
                detail=found.one.why.detail if found.one.why is not None else "",
            )
            for found in offers(context, signed, row)
        ]

    @app.post("/cases/{case_no}/papers/{paper}.pdf", response_class=Response)
    def printed(
        request: Request,
        signed: Annotated[Signed, asks(Action.SEE_CASES)],
        case_no: Number,
        paper: Printed,
        of: Of = "",
    ) -> Response:
        """Print a paper; each print is one copy more, and the log says whose."""
        row = entering.mine(context, signed, case_no)
        return of_case(context, signed, row, paper, of, language_of(request))
