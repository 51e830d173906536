"""Make a report of a period: its sums, those of the year before, and the names that they are said with."""

from datetime import date, timedelta
from typing import NamedTuple

from cardsvc.context import Context
from cardsvc.core.on_paper import Home
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.report_sections import made
from cardsvc.core.reporting import Period, Report, year_before
from cardsvc.core.words import Language
from cardsvc.documents.report_words import Says
from cardsvc.store import papers, price_books, reports, staff
from cardsvc.store.reconciling import one_moment

LONGEST = timedelta(days=366)


class Made(NamedTuple):
    """A report with what is needed to say it."""

    home: Home
    report: Report
    says: Says


def handle(context: Context, period: Period, language: Language) -> Made | Refusal:
    """The report of a period of at most a year. All of it is of one moment."""
    if not _fits(period):
        return Refusal(Problem.FIELD_INVALID, "day")
    home = context.home_id
    with one_moment(context.engine) as connection:
        now, before = (reports.sums(connection, home, one) for one in (period, year_before(period)))
        people = {str(number): name for number, name in staff.names(connection, home).items()}
        says = Says(language, price_books.item_names(connection, home), people)
        return Made(papers.home(connection, home), made(period, now, before), says)


def _fits(period: Period) -> bool:
    return date(2000, 1, 1) <= period.first <= period.last <= date(2999, 12, 31) and (
        period.last - period.first < LONGEST
    )
