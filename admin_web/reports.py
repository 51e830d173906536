"""The console's reports: day, month, half-year, as table, chart, spreadsheet and paper; each figure opens its rows."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from enum import Enum
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Form, Query, Request, Response
from markupsafe import Markup

from admin_web import addresses, asking
from admin_web.shell import Shell
from cardsvc.api import printing
from cardsvc.api.access import Access, Signed
from cardsvc.api.errors import Refused, language_of
from cardsvc.context import Context
from cardsvc.core.facts import Step
from cardsvc.core.indicated import Span
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import COUNTS, Age, Every, Figure, Period, Rows, What, period_of, year_before
from cardsvc.core.words import Language, say
from cardsvc.documents import report_sheet
from cardsvc.documents.report_chart import course
from cardsvc.documents.report_words import share
from cardsvc.handlers import make_report
from cardsvc.handlers.make_report import Made
from cardsvc.rows.funeral import counted_from
from cardsvc.store import report_rows
from cardsvc.store.office import PAGE
from cardsvc.store.reconciling import one_moment

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Name = Annotated[str | None, Query(max_length=60)]


def add(app: FastAPI, context: Context, access: Access, shell: Shell) -> None:
    """Add the pages to the console."""
    prints, sees = asking.asks_whole(access, Action.SEE_REPORTS)
    _, opens = asking.asks_whole(access, Action.SEE_FIGURE_ROWS)

    @app.get("/reports")
    def report(
        request: Request,
        signed: Annotated[Signed, sees],
        every: Annotated[Every, Query()] = Every.MONTH,
        day: Annotated[date | None, Query()] = None,
    ) -> Response:
        today = local(context.clock()).date()
        made = _made(context, period_of(every, day or today), language_of(request))
        period = made.report.period
        total = next((one.total for one in made.report.sections if one.name == "items"), None)
        values = {
            "made": made,
            "says": made.says,
            "every": every,
            "each": list(Every),
            "day": day or today,
            "before": address("", {"every": every, "day": period.first - timedelta(days=1)}),
            "after": address("", {"every": every, "day": period.last + timedelta(days=1)})
            if period.last < today
            else None,
            "sheet": address(".xlsx", {"every": every, "day": day or today}),
            "total": total,
            "chart": _chart(made, language_of(request)),
            "rows_of": lambda figure: rows_of(figure, period),
            "rows_before": lambda figure: rows_of(figure, year_before(period)),
            "share": share,
            "What": What,
        }
        return shell.page(request, "reports", signed, values)

    @app.get("/reports.xlsx")
    def sheet(
        request: Request,
        signed: Annotated[Signed, sees],
        every: Annotated[Every, Query()],
        day: Annotated[date, Query()],
    ) -> Response:
        made = _made(context, period_of(every, day), language_of(request))
        name = f"report-{made.report.period.first}-{made.report.period.last}.xlsx"
        return Response(
            report_sheet.write(*made, doors(addresses.here(context, request), made.report.period)),
            media_type=SHEET,
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )

    @app.post("/reports.pdf")
    def paper(
        request: Request,
        signed: Annotated[Signed, prints],
        every: Annotated[Every, Form()],
        day: Annotated[date, Form()],
    ) -> Response:
        made = _made(context, period_of(every, day), language_of(request))
        return printing.report_of(context, signed, made)

    @app.get("/reports/rows")
    def rows(
        request: Request,
        signed: Annotated[Signed, opens],
        asked: Annotated[Rows, Depends(asked_rows)],
        first: Annotated[date, Query()],
        last: Annotated[date, Query()],
        after: Annotated[str, Query(max_length=120)] = "",
    ) -> Response:
        told, whole = counted_from(asked), signed.may(Action.SEE_REPORTS)
        if told is None and not whole:
            raise Refused(Refusal(Problem.NOT_ALLOWED, Action.SEE_REPORTS))
        made = _made(context, Period(first, last), language_of(request))
        figure = next((one for one in made.report.figures() if one.rows == asked), None)
        with one_moment(context.engine) as connection:
            found = report_rows.page(connection, context.home_id, asked, made.report.period, after, PAGE)
        values = {
            "made": made,
            "says": made.says,
            "asked": asked,
            "figure": figure,
            "names": names_of(asked, made) or ([told.label.said(made.says.language)] if told is not None else []),
            "rows": found[:PAGE],
            "more": rows_of(Figure(0, asked), made.report.period, found[PAGE - 1].key) if len(found) > PAGE else None,
            "up": address("", {"every": _every(made.report.period), "day": first})
            if whole
            else f"/office/modules/half-year?{urlencode({'span': Span.DAYS, 'from': first, 'to': last})}",
            "who": asked.what is not What.TO_REST and (whole or asked.what is not What.TAPS),
            "What": What,
            "COUNTS": COUNTS,
        }
        return shell.page(request, "report_rows", signed, values)


def asked_rows(
    what: Annotated[What, Query()],
    item: Name = None,
    payer: Name = None,
    station: Name = None,
    regime: Name = None,
    waiver_for: Name = None,
    waiver_payer: Name = None,
    means: Name = None,
    cashier: Name = None,
    memo: Name = None,
    kind: Name = None,
    age: Annotated[Age | None, Query()] = None,
    observed: Annotated[bool | None, Query()] = None,
    step: Annotated[Step | None, Query()] = None,
) -> Rows:
    """The rows that an address asks for."""
    filters = (item, payer, station, regime, waiver_for, waiver_payer, means, cashier, memo, kind, age, observed, step)
    return Rows(what, *filters)


def rows_of(figure: Figure, period: Period, after: str = "") -> str:
    """The address of a figure's rows."""
    asked = {name: value for name, value in asdict(figure.rows).items() if value is not None}
    asked |= {"first": period.first, "last": period.last} | ({"after": after} if after else {})
    return address("/rows", asked)


def doors(at: str, period: Period) -> report_sheet.Doors:
    """The rows of each figure of this period, at this address of the office."""
    return lambda figure: f"{at}{rows_of(figure, period)}"


def address(path: str, asked: Mapping[str, Any]) -> str:
    """An address of the reports with its query."""
    plain = {name: value.value if isinstance(value, Enum) else value for name, value in asked.items()}
    return f"/office/reports{path}?{urlencode(plain)}"


def names_of(asked: Rows, made: Made) -> list[str]:
    """What a figure asks for, in words: that of its line and of its column, or of its step."""
    if asked.step is not None:
        return [say(made.says.language, f"step.{asked.step}")]
    for section in made.report.sections:
        for line in (*section.lines, *((section.total,) if section.total else ())):
            for head, cell in zip(section.heads, line.cells, strict=True):
                if cell.rows == asked:
                    return [made.says.title(section), made.says.line(section, line), made.says.head(head)]
    return []


def _every(period: Period) -> Every:
    return next((one for one in Every if period_of(one, period.first) == period), Every.MONTH)


def _made(context: Context, period: Period, language: Language) -> Made:
    made = make_report.handle(context, period, language)
    if isinstance(made, Refusal):
        raise Refused(made)
    return made


def _chart(made: Made, language: Language) -> Markup:
    points = made.report.course
    return Markup(course(points, say(language, "report.course"))) if len(points) > 1 else Markup("")
