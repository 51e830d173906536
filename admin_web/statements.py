"""The console's statements to payers: what is open by age, make one, approve and send, what came, what was returned."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import FastAPI, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from admin_web import asking
from admin_web.shell import Shell
from cardsvc.api import printing
from cardsvc.api import statements as money
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import STATUS, Refused, language_of
from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.money import yuan
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import Age
from cardsvc.core.statements import MOST_LINES, PAYERS, ReturnedWhy, StatementState, age_of, is_earlier
from cardsvc.core.terms import Payer
from cardsvc.core.waiver_words import source_words
from cardsvc.documents.statement import earlier_words
from cardsvc.handlers import end_statement, make_statement, pay_statement, return_line
from cardsvc.store import price_books, staff, statement_money, statements
from cardsvc.store.engine import Connection
from cardsvc.store.office import PAGE
from cardsvc.store.reconciling import one_moment
from cardsvc.store.statements import Kept

Text = Annotated[str, Form(max_length=40)]
SHOWN = 200
"""The most returned lines that the page lists."""


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    keeps, _ = asking.asks_whole(access, Action.KEEP_STATEMENTS)
    prints, sees = asking.asks_whole(access, Action.SEE_BILLS)
    Second = Annotated[StaffNo | Refusal | None, asking.second_by(access)]
    home = context.home_id

    def to(request: Request, path: str) -> Response:
        return RedirectResponse(f"{request.scope['root_path']}/{path}", 303)

    def named(request: Request, connection: Connection) -> dict[str, Any]:
        items, language = price_books.item_names(connection, home), language_of(request)
        return {"items": {item: name[language] for item, name in items.items()}, "names": staff.names(connection, home)}

    def list_page(
        request: Request,
        signed: Signed,
        payer: Payer | None = None,
        before: asking.Number | None = None,
        refusal: Refusal | None = None,
    ) -> Response:
        now = context.clock()
        last_month = local(now).date().replace(day=1) - timedelta(days=1)
        with one_moment(context.engine) as connection:
            rows = statements.listed(connection, home, payer, before, PAGE)
            unsettled = statements.unsettled(connection, home)
            opens = statement_money.opens(connection, home, unsettled)
            found = [(one, opens[one.draft_no]) for one in unsettled]
            values: dict[str, Any] = {
                "rows": rows[:PAGE],
                "ages": aged(found, now),
                "open": {one.draft_no: fen for one, fen in found},
                "untold": {one: len(statements.untold(connection, home, one, MOST_LINES)) for one in PAYERS},
                "not_put": {one: statements.unstated_fen(connection, home, one) for one in PAYERS},
                "returned": statements.returned(connection, home, SHOWN),
                **named(request, connection),
            }
        values |= {
            "payers": PAYERS,
            "payer": payer,
            "first": last_month.replace(day=1),
            "last": last_month,
            "today": local(now).date(),
            "more": rows[PAGE - 1].draft_no if len(rows) > PAGE else None,
        }
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "statements", signed, values, refusal=refusal, status=status)

    def one_page(request: Request, signed: Signed, draft_no: asking.Number, refusal: Refusal | None = None) -> Response:
        with one_moment(context.engine) as connection:
            kept = statements.one(connection, home, draft_no)
            if kept is None:
                raise Refused(Refusal(Problem.NOT_FOUND))
            lines = statements.lines(connection, home, draft_no)
            cases = statement_money.settled(connection, home, kept, lines)
            values: dict[str, Any] = {
                "kept": kept,
                "lines": lines,
                "cases": cases,
                "held": pay_statement.held(connection, home, kept, lines),
                "seen": pay_statement.last_moved(connection, home, cases),
                "came": statement_money.payments(connection, home, draft_no),
                "corrections": printing.to_payer(context, connection, kept).corrections,
                **named(request, connection),
            }
        values |= {
            "total": sum(one.share.amount_fen for one in lines),
            "open": sum(one.open_fen for one in cases.values()),
            "earlier": earlier_words((one.share for one in lines), kept.first, language_of(request)),
            "is_earlier": is_earlier,
            "waiver_source": source_words,
            "whys": list(ReturnedWhy),
            "by_outbox": kept.payer in context.payers,
            "draft": kept.state is StatementState.DRAFT,
            "sent": kept.state is StatementState.SENT,
            "own": kept.made_by == signed.staff_no,
            "today": local(context.clock()).date(),
        }
        status = STATUS.get(refusal.problem, 409) if refusal else 200
        return shell.page(request, "statement", signed, values, refusal=refusal, status=status)

    def done(request: Request, signed: Signed, draft_no: asking.Number, outcome: object) -> Response:
        if isinstance(outcome, Refusal):
            return one_page(request, signed, draft_no, outcome)
        return to(request, f"statements/{draft_no}")

    @app.get("/statements")
    def listed(
        request: Request,
        signed: Annotated[Signed, sees],
        payer: Annotated[Payer | None, Query()] = None,
        before: asking.Number | None = None,
    ) -> Response:
        return list_page(request, signed, payer, before)

    @app.post("/statements")
    def make(
        request: Request,
        signed: Annotated[Signed, keeps],
        payer: Annotated[Payer, Form()],
        first: Annotated[date, Form()],
        last: Annotated[date, Form()],
        returned: Annotated[bool, Form()] = False,
    ) -> Response:
        made = make_statement.handle(context, payer, first, last, signed.staff_no, returned=returned)
        if isinstance(made, Refusal):
            return list_page(request, signed, refusal=made)
        return to(request, f"statements/{made}")

    @app.get("/statements/{draft_no}")
    def one(request: Request, signed: Annotated[Signed, sees], draft_no: asking.Number) -> Response:
        return one_page(request, signed, draft_no)

    @app.post("/statements/{draft_no}/send")
    def send(request: Request, signed: Annotated[Signed, keeps], draft_no: asking.Number) -> Response:
        return done(request, signed, draft_no, end_statement.send(context, draft_no, signed.staff_no))

    @app.post("/statements/{draft_no}/discard")
    def discard(request: Request, signed: Annotated[Signed, keeps], draft_no: asking.Number) -> Response:
        return done(request, signed, draft_no, end_statement.discard(context, draft_no, signed.staff_no))

    @app.post("/statements/{draft_no}/pay")
    def pay(
        request: Request,
        signed: Annotated[Signed, keeps],
        draft_no: asking.Number,
        received_on: Annotated[date, Form()],
        reference: Text = "",
        amount: Text = "",
    ) -> Response:
        try:
            fen = yuan(amount)
        except ValueError:
            return one_page(request, signed, draft_no, Refusal(Problem.AMOUNT_INVALID))
        paid = money.pay(context, signed, draft_no, fen, reference.strip(), received_on)
        return done(request, signed, draft_no, paid)

    @app.post("/statements/{draft_no}/back")
    def back(
        request: Request,
        signed: Annotated[Signed, keeps],
        draft_no: asking.Number,
        second: Second,
        seen: Annotated[int, Form()],
        case_no: Text = "",
        amount: Text = "",
    ) -> Response:
        try:
            fen = yuan(amount)
        except ValueError:
            return one_page(request, signed, draft_no, Refusal(Problem.AMOUNT_INVALID))
        if isinstance(second, Refusal):
            return one_page(request, signed, draft_no, second)
        given = money.give_back(context, signed, draft_no, CaseNo(case_no), fen, second, seen)
        return done(request, signed, draft_no, given)

    @app.post("/statements/{draft_no}/return")
    def returned(
        request: Request,
        signed: Annotated[Signed, keeps],
        draft_no: asking.Number,
        log_no: Annotated[int, Form()],
        line_no: Annotated[int, Form()],
        why: Annotated[ReturnedWhy, Form()],
        case_no: Text = "",
    ) -> Response:
        line = (log_no, line_no)
        gone = return_line.handle(context, draft_no, CaseNo(case_no), line, why, signed.staff_no)
        return done(request, signed, draft_no, gone)

    def find(draft_no: asking.Number) -> Kept:
        with context.engine.connect() as connection:
            kept = statements.one(connection, home, draft_no)
        if kept is None:
            raise Refused(Refusal(Problem.NOT_FOUND))
        return kept

    @app.post("/statements/{draft_no}/statement.pdf")
    def pdf(request: Request, signed: Annotated[Signed, prints], draft_no: asking.Number) -> Response:
        return printing.statement_of(context, signed, find(draft_no), language_of(request))

    @app.get("/statements/{draft_no}/statement.xlsx")
    def xlsx(request: Request, signed: Annotated[Signed, sees], draft_no: asking.Number) -> Response:
        return printing.statement_sheet_of(context, find(draft_no), language_of(request))


def aged(found: Iterable[tuple[Kept, int]], now: datetime) -> dict[Payer, dict[Age, int]]:
    """What is open of each payer's statements, in fen, by age."""
    sums = {payer: dict.fromkeys(Age, 0) for payer in PAYERS}
    for one, fen in found:
        if one.ended_at is not None:
            sums[one.payer][age_of(one.ended_at, now)] += fen
    return sums
