"""Make the bureau's report of a half-year, or of any other period: all figures of one moment, in its four chapters."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cardsvc.context import Context
from cardsvc.core.indicated import Chapters
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reporting import Period
from cardsvc.modules import Module
from cardsvc.rows import figuring
from cardsvc.store.reconciling import one_moment

EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class HalfYear:
    """The report; `at` is when it was made."""

    period: Period
    at: datetime
    chapters: Chapters

    @property
    def withholds(self) -> bool:
        """Whether a figure of it is withheld."""
        told = (one for parts in self.chapters.values() for part in parts for one in part.told)
        return any(one.withheld or one.before_withheld for one in told)


def handle(context: Context, modules: Iterable[Module], period: Period, now: datetime) -> HalfYear | Refusal:
    """The figures of these modules; a withheld one has no number, whoever asks."""
    if not EARLIEST <= period.first <= period.last <= LATEST:
        return Refusal(Problem.FIELD_INVALID, "day")
    with one_moment(context.engine) as connection:
        return HalfYear(period, now, figuring.chapters(connection, context.home_id, modules, period))
