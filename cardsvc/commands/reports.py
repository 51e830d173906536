"""Reports on the command line: of the home's money, and the bureau's half-year; as spreadsheets, texts or paper."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from admin_web import addresses, reports
from admin_web.figure_lines import Chosen
from cardsvc.commands.ground import context_of, stop
from cardsvc.commands.service import DSN, settings_with
from cardsvc.core.ids import StaffNo
from cardsvc.core.indicated import Span, last_half_year
from cardsvc.core.local_time import local
from cardsvc.core.problems import Refusal
from cardsvc.core.reporting import Period
from cardsvc.core.words import Language, say
from cardsvc.documents import half_year_sheet, half_year_text, report_paper, report_sheet
from cardsvc.documents.figure_words import FigureWords
from cardsvc.documents.filling import TemplateBroken
from cardsvc.handlers import make_half_year, make_report, print_paper
from cardsvc.rows.funeral import FUNERAL

app = typer.Typer()
BY = "cardsvc report"


@app.command()
def report(
    first: Annotated[str, typer.Option("--from", help="First business day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Last business day, YYYY-MM-DD; at most a year later.")],
    out: Annotated[Path, typer.Option(help="The file to write: .xlsx or .pdf.")],
    english: Annotated[bool, typer.Option("--english", help="In English instead of Chinese.")] = False,
    dsn: DSN = "",
) -> None:
    """Write the report of a period, against the same period a year before."""
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        stop("--from and --to are YYYY-MM-DD", 2)
    if out.suffix not in (".xlsx", ".pdf"):
        stop("--out ends with .xlsx or .pdf", 2)
    context = context_of(settings_with(dsn))
    language: Language = "en" if english else "zh_CN"
    made = make_report.handle(context, period, language)
    if isinstance(made, Refusal):
        stop(f"{say('en', f'problem.{made.problem}.say')}: --from, --to", 2)
    at = context.office_url
    if out.suffix == ".xlsx":
        out.write_bytes(report_sheet.write(*made, reports.doors(at, period) if at else None))
    else:
        now = context.clock()
        copy = print_paper.counted(context, "report", f"{first}..{last}", StaffNo(""), now)
        try:
            out.write_bytes(report_paper.render(*made, (copy, now, BY), context.templates))
        except TemplateBroken as error:
            stop(str(error))
    print(f"{out}: {first} to {last}, {sum(1 for _ in made.report.figures())} figures")


@app.command("half-year")
def half_year(
    out: Annotated[Path, typer.Option(help="The file to write: .docx or .xlsx.")],
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD; else the last half-year's.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD; else the last half-year's.")] = "",
    english: Annotated[bool, typer.Option("--english", help="In English instead of Chinese.")] = False,
    dsn: DSN = "",
) -> None:
    """Write the bureau's report of the last whole half-year, or of other days; what is withheld stays so."""
    if out.suffix not in (".docx", ".xlsx"):
        stop("--out ends with .docx or .xlsx", 2)
    context = context_of(settings_with(dsn))
    now = context.clock()
    whole = last_half_year(local(now).date())
    try:
        days = (date.fromisoformat(said) if said else day for said, day in zip((first, last), whole, strict=True))
        period = Period(*days)
    except ValueError:
        stop("--from and --to are YYYY-MM-DD", 2)
    modules = {**context.modules, FUNERAL.name: FUNERAL}
    made = make_half_year.handle(context, modules.values(), period, now)
    if isinstance(made, Refusal):
        stop(f"{say('en', f'problem.{made.problem}.say')}: --from, --to", 2)
    write = half_year_text.write if out.suffix == ".docx" else half_year_sheet.write
    words, at = FigureWords("en" if english else "zh_CN"), context.office_url
    doors = addresses.figure_doors(at, modules, words, Chosen(Span.DAYS, period), opens=True) if at else None
    out.write_bytes(write(made.period, made.chapters, made.at, words.language, doors))
    told = sum(len(part.told) for parts in made.chapters.values() for part in parts)
    print(f"{out}: {made.period.first} to {made.period.last}, {told} figures")
