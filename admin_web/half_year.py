"""The bureau's half-year report: four chapters of figures on one page, each with its rows; as .docx and .xlsx."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response

from admin_web import addresses, asking, records
from admin_web.figure_lines import NAMED, Chosen, chosen, line
from admin_web.shell import Shell
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.context import Context
from cardsvc.core.indicated import span_of
from cardsvc.core.local_time import local
from cardsvc.core.permissions import EVERY_MODULE, Action
from cardsvc.core.problems import Refusal
from cardsvc.core.reporting import Period
from cardsvc.documents import half_year_sheet, half_year_text
from cardsvc.documents.figure_words import FigureWords
from cardsvc.handlers import make_half_year
from cardsvc.handlers.make_half_year import HalfYear
from cardsvc.modules import Module
from cardsvc.rows.funeral import FUNERAL

WRITERS = {"docx": half_year_text.write, "xlsx": half_year_sheet.write}
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console; they are the whole city's."""
    _, sees = asking.asks_whole(access, Action.SEE_RECORDS)

    def made(signed: Signed, period: Period) -> tuple[dict[str, Module], HalfYear]:
        modules = mine(context, signed)
        report = make_half_year.handle(context, modules.values(), period, context.clock())
        if isinstance(report, Refusal):
            raise Refused(report)
        return modules, report

    @app.get("/modules/half-year")
    def page(request: Request, signed: Annotated[Signed, sees]) -> Response:
        words = FigureWords(language_of(request))
        asked = chosen(request.query_params, local(context.clock()).date())
        modules, report = made(signed, asked.period)
        opens = signed.may(Action.SEE_FIGURE_ROWS)
        values = {
            "chosen": asked,
            "earlier": asked.beside(-1),
            "later": asked.beside(1),
            "spans": {one: urlencode(Chosen(one, span_of(one, asked.period.first)).asked) for one in NAMED},
            "days": words.period(asked.period),
            "address": urlencode(asked.asked),
            "report": report,
            "chapters": [
                (
                    words.chapter(chapter),
                    [
                        (
                            part,
                            [line(words, modules[part.module], one, asked.period, opens=opens) for one in part.told],
                        )
                        for part in parts
                    ],
                )
                for chapter, parts in report.chapters.items()
            ],
        }
        return shell.page(request, "half_year", signed, values)

    @app.get("/modules/half-year.{kind}")
    def file(request: Request, signed: Annotated[Signed, sees], kind: Literal["docx", "xlsx"]) -> Response:
        asked = chosen(request.query_params, local(context.clock()).date())
        modules, report = made(signed, asked.period)
        words, opens = FigureWords(language_of(request)), signed.may(Action.SEE_FIGURE_ROWS)
        doors = addresses.figure_doors(addresses.here(context, request), modules, words, asked, opens=opens)
        name = f"half-year-{report.period.first}-{report.period.last}.{kind}"
        return Response(
            WRITERS[kind](report.period, report.chapters, report.at, words.language, doors),
            media_type=KINDS[kind],
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )


def mine(context: Context, signed: Signed) -> dict[str, Module]:
    """The modules that somebody works in; the funeral service is among them for who sees all."""
    found = records.mine(context, signed)
    return {**found, FUNERAL.name: FUNERAL} if EVERY_MODULE & set(signed.roles) else found
