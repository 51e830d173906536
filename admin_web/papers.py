"""The console's papers: what a case's page offers to print, and the PDFs."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import FastAPI, Form, Request, Response

from admin_web import asking
from admin_web.shell import Shell, reasons, when
from cardsvc.api import entering, printing
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import language_of
from cardsvc.context import Context
from cardsvc.core.permissions import Action
from cardsvc.core.printing import Printed
from cardsvc.core.words import Language, say
from cardsvc.store.office import CaseRow


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper on a case's page; `why` says in words what it waits for, "" when it can be printed."""

    paper: Printed
    of: str
    named: str
    copies: int
    why: str


def offered(context: Context, signed: Signed, row: CaseRow, language: Language) -> list[Offered]:
    """The papers of a case, those that can be printed first."""
    found = []
    for offering in printing.offers(context, signed, row):
        one, cleared = offering.one, offering.cleared
        named = f"{say(language, f'step.{cleared.step}')} {when(cleared.at)}" if cleared is not None else one.of
        why = reasons(one.why, language)[0][0] if one.why is not None else ""
        found.append(Offered(one.paper, one.of, named, offering.copies, why))
    return sorted(found, key=lambda one: bool(one.why))


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the paths."""
    prints, _ = asking.asks(access, Action.SEE_CASES)
    links, _ = asking.asks(access, Action.FAMILY_LINK)
    logs, _ = asking.asks_whole(access, Action.SEE_OPERATIONS)

    @app.post("/cases/{case_no}/papers/{paper}.pdf")
    def paper(
        request: Request,
        signed: Annotated[Signed, prints],
        case_no: str,
        paper: Printed,
        of: Annotated[str, Form(max_length=32)] = "",
    ) -> Response:
        row = entering.mine(context, signed, case_no)
        return printing.of_case(context, signed, row, paper, of, language_of(request))

    @app.post("/cases/{case_no}/receipt")
    def receipt(request: Request, signed: Annotated[Signed, links], case_no: str) -> Response:
        return printing.receipt_of(context, signed, entering.mine(context, signed, case_no), language_of(request))

    @app.post("/furnaces.pdf")
    def furnace_log(request: Request, signed: Annotated[Signed, logs], day: Annotated[date, Form()]) -> Response:
        return printing.furnace_log_of(context, signed, day, language_of(request))
