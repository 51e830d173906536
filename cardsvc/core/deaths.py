"""What a case tells the modules that pay its person: that they are dead, and once more that they are burnt.

Not every case says that its person is dead: a part of a body may be a living person's, and a stillborn child's papers
name its mother (MODULES.md, cross-link 2; DOMAIN.md section 7).
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from cardsvc.core.case import Case
from cardsvc.core.doubling import doubled
from cardsvc.core.facts import Step
from cardsvc.core.local_time import local
from cardsvc.core.terms import CaseKind, Paper, Reason

DEATH_PAPERS = (Paper.DEATH_CERTIFICATE, Paper.EXHUMATION_PERMIT)
NOBODYS_DEATH = frozenset({CaseKind.STILLBORN, CaseKind.BODY_PART})
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)


class Telling(StrEnum):
    """What was told last. A row that somebody let be paid again after the first is stopped once more by the second."""

    NOTHING = ""
    CERTIFICATE = "certificate"
    CREMATION = "cremation"


def telling(case: Case, merged: Iterable[Case] = ()) -> Telling:
    """What a case says of its person now, with the papers of those that were merged into it.

    Nothing of one that was a mistake, or went over into another. A family that goes to another home cancels too: the
    death stands.
    """
    cancelled = case.last(Step.CANCEL)
    mistaken = cancelled is not None and cancelled.reason is Reason.ENTERED_BY_MISTAKE
    if case.kind in NOBODYS_DEATH or case.merged_into is not None or mistaken:
        return Telling.NOTHING
    if case.furnace_closed:
        return Telling.CREMATION
    seen = any(one.paper(*DEATH_PAPERS) is not None for one in (case, *merged))
    return Telling.CERTIFICATE if seen else Telling.NOTHING


def death_day(case: Case) -> tuple[date, bool]:
    """The local day of the death, and whether a paper told it; if not, it was on the booking's day at the latest."""
    return (case.died_on, True) if case.died_on is not None else (local(case.opened_at).date(), False)


def next_try(tries: int, now: datetime) -> datetime:
    """When a module that could not hear it is told again: each wait is twice the one before."""
    return doubled(tries, now, FIRST_WAIT, LONGEST_WAIT)
