"""Decisions about flags: accepted, returned to whoever caused it, or an acceptance taken back; never by oneself.

Nothing that stands on a bill is changed by a decision.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal

ON_FACT = -1
"""The line number of a flag on the fact itself."""
UNDO_WITHIN = timedelta(minutes=30)
"""As long as an idle session lives."""


class FlagState(StrEnum):
    """How a flag stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    RETURNED = "returned"


class Decision(StrEnum):
    """What a person does about a flag."""

    ACCEPT = "accept"
    RETURN = "return"
    UNDO = "undo"


class Because(StrEnum):
    """Why, in words that name nobody."""

    EVIDENCE_AGREES = "evidence_agrees"
    APPROVED = "approved"
    PAPER_SEEN = "paper_seen"
    WRONG_PRICE = "wrong_price"
    WRONG_ITEM = "wrong_item"
    NOT_DONE = "not_done"
    CHARGE_MISSING = "charge_missing"
    SOURCE_MISSING = "source_missing"
    BY_MISTAKE = "by_mistake"


REASONS: Mapping[Decision, tuple[Because, ...]] = {
    Decision.ACCEPT: (Because.EVIDENCE_AGREES, Because.APPROVED, Because.PAPER_SEEN),
    Decision.RETURN: (
        *(Because.SOURCE_MISSING, Because.WRONG_PRICE, Because.WRONG_ITEM, Because.NOT_DONE),
        Because.CHARGE_MISSING,
    ),
    Decision.UNDO: (Because.BY_MISTAKE,),
}
"""Which reasons a decision may have; the first one is the usual one."""
AFTER: Mapping[tuple[FlagState, Decision], FlagState] = {
    (FlagState.OPEN, Decision.ACCEPT): FlagState.ACCEPTED,
    (FlagState.OPEN, Decision.RETURN): FlagState.RETURNED,
    (FlagState.RETURNED, Decision.ACCEPT): FlagState.ACCEPTED,
    (FlagState.ACCEPTED, Decision.UNDO): FlagState.OPEN,
}


def decide(
    state: FlagState,
    decision: Decision,
    because: Because,
    by: StaffNo,
    caused_by: Collection[StaffNo],
    accepted: tuple[StaffNo, datetime] | None,
    now: datetime,
) -> FlagState | Refusal:
    """How the flag stands after a decision.

    `caused_by` are the people who caused what is flagged; `accepted` is who decided last, and when: only they take an
    acceptance back, and only for `UNDO_WITHIN`.
    """
    if because not in REASONS[decision]:
        return Refusal(Problem.FIELD_INVALID, "reason")
    after = AFTER.get((state, decision))
    if after is None:
        return Refusal(Problem.FLAG_DECIDED)
    if by in caused_by:
        return Refusal(Problem.OWN_WORK)
    if decision is Decision.UNDO and (accepted is None or accepted[0] != by or now - accepted[1] > UNDO_WITHIN):
        return Refusal(Problem.FLAG_DECIDED)
    return after
