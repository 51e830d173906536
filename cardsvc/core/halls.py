"""Whose farewell a hall is for now: what its screen says and the tag that is scanned must be the same case.

DOMAIN.md section 2, farewell. The family's recognition is never this check.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Step
from cardsvc.core.periods import cell_of, cells
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.workflow import BEFORE_FIRE


class Check(StrEnum):
    """What is known of the body in a hall and of its screen."""

    WAITING = "waiting"  # the hall's period has begun, and no tag was scanned yet
    AGREES = "agrees"  # the tag that was scanned is the case on the screen
    DIFFERS = "differs"  # it is not: no name is shown, somebody looks


def farewell_over(case: Case) -> bool:
    """Whether the farewell was held, and no other was reserved since; a hall is not kept for it any more."""
    over, reserved = case.last(Step.FAREWELL_OVER), case.last(Step.RESERVE)
    return case.stage not in BEFORE_FIRE or (over is not None and (reserved is None or over.at >= reserved.at))


def has_hall(case: Case, hall: str, at: datetime, minutes: int) -> bool:
    """Whether the hall's period at this moment is the case's. `minutes`: how long a period is."""
    if case.hall != hall or case.appointment is None or farewell_over(case):
        return False
    return cell_of(at) in cells(case.appointment, minutes)


def not_its_hall(case: Case, asked: Asked, holders: Iterable[Case]) -> Refusal | None:
    """Why the farewell may not begin in this hall. `holders`: cases that have the hall's period now."""
    if asked.step is not Step.FAREWELL:
        return None
    others = [one.case_no for one in holders if one.case_no != case.case_no and not farewell_over(one)]
    return Refusal(Problem.HALL_OF_ANOTHER, f"{asked.details.hall}, {others[0]}") if others else None


def in_hall(case: Case, hall: str) -> bool:
    """Whether a farewell is being held there with this body."""
    return case.doing is Step.FAREWELL and case.place.kind is PlaceKind.HALL and case.place.code == hall


def hall_now(hall: str, at: datetime, present: Case | None, holder: Case | None) -> tuple[Case | None, Check]:
    """Whose farewell the hall's screen shows, and whether the tag agrees.

    `present` is the body whose tag was scanned there, `holder` the case that has the period. A farewell that lasts
    beyond its period stays on the screen.
    """
    if present is None:
        return holder, Check.WAITING
    own = present.hall == hall and present.appointment is not None and present.appointment <= at
    if holder is not None and holder.case_no != present.case_no and not own:
        return None, Check.DIFFERS
    return present, Check.AGREES
