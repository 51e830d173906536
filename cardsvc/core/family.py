"""What a family may see of its case: milestones in gentle words, the next appointment, what is needed of it.

This is the allow-list: nothing else of a case ever reaches the family page (RELIABILITY.md section 8, DOMAIN.md
section 8). Never a cause, a slot, a furnace, an address, a member of staff, a digit of an ID number.
"""

from datetime import datetime, timedelta

from pydantic import AwareDatetime

from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Stage, Step, Wire
from cardsvc.core.rules import RULES
from cardsvc.core.workflow import BEFORE_FIRE

KEPT_AFTER_REST = timedelta(days=30)
SETTLED = frozenset({Stage.AT_REST, Stage.CLOSED, Stage.CANCELLED, Stage.TRANSFERRED})


class Milestone(Wire):
    """A step of the way that a family is told, by the key of its words (``milestone.*``)."""

    step: Step
    at: AwareDatetime


class FamilyStatus(Wire):
    """The page without a second factor. `needs` are keys of ``[family]``."""

    shown_name: str
    milestones: tuple[Milestone, ...]
    held: bool
    paused: bool
    appointment: AwareDatetime | None
    needs: tuple[str, ...]
    over: bool


def status(case: Case, shown_name: str) -> FamilyStatus:
    """What the family sees now; a repeated step is told once, at its latest time."""
    told: dict[Step, datetime] = {Step.BOOK: case.opened_at}
    for taken in case.taken:
        if RULES[taken.step].milestone and taken.step not in (Step.HOLD, Step.RESERVE):
            told.pop(taken.step, None)
            told[taken.step] = taken.at
    waiting = case.appointment is not None and not case.has_taken(Step.FAREWELL) and case.stage in BEFORE_FIRE
    return FamilyStatus(
        shown_name=shown_name,
        milestones=tuple(Milestone(step=step, at=at) for step, at in told.items()),
        held=bool(case.holds),
        paused=case.suspended,
        appointment=case.appointment if waiting else None,
        needs=tuple(_needs(case)),
        over=case.stage in SETTLED,
    )


def ashes_until(case: Case) -> datetime | None:
    """Until when the ashes are kept on their shelf, as agreed; None when they are on none."""
    return case.storage_until if any(one.place.kind is PlaceKind.SHELF for one in case.portions) else None


def expired(case: Case, now: datetime) -> bool:
    """A link ends some days after the ashes are settled."""
    return case.stage in SETTLED and now - case.stage_since > KEPT_AFTER_REST


def _needs(case: Case) -> list[str]:
    needs = []
    if case.stage in BEFORE_FIRE:
        needs += ["need_id"] if not case.authorised else []
        needs += ["need_photo"] if not case.has_taken(Step.FAREWELL) and not case.infectious else []
        needs += ["need_authorise"] if not case.authorised else []
        needs += ["need_plan"] if case.ash_plan is None else []
    if case.stage in (Stage.CREMATED, Stage.SEALED):
        needs += ["need_collect", "need_code"]
        needs += ["need_destination"] if case.ash_plan is None else []
    return needs
