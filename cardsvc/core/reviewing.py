"""Decisions about flags: accepted, returned to whoever caused it, or an acceptance taken back; never by oneself.

Only a reversal changes what stands on a bill, by a step (`Step.REVERSE_LINE`) and for good.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from cardsvc.core.facts import StationKind
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, Role, may, may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import SAFE, Rule
from cardsvc.core.station import Station, own_steps

ON_FACT = -1
"""The line number of a flag on the fact itself."""
UNDO_WITHIN = timedelta(minutes=30)
"""As long as an idle session lives."""
MOST_TOGETHER = 200
"""So many at once can still be looked through."""


class FlagState(StrEnum):
    """How a flag stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REVERSED = "reversed"


class Decision(StrEnum):
    """What a person does about a flag."""

    ACCEPT = "accept"
    RETURN = "return"
    UNDO = "undo"
    REVERSE = "reverse"  # with the step that takes the line back; never undone
    ANSWER = "answer"  # of the station that it was returned to


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
    CHARGED_TWICE = "charged_twice"
    CORRECTED = "corrected"


REASONS: Mapping[Decision, tuple[Because, ...]] = {
    Decision.ACCEPT: (Because.EVIDENCE_AGREES, Because.APPROVED, Because.PAPER_SEEN),
    Decision.RETURN: (
        *(Because.SOURCE_MISSING, Because.WRONG_PRICE, Because.WRONG_ITEM, Because.NOT_DONE),
        Because.CHARGE_MISSING,
    ),
    Decision.UNDO: (Because.BY_MISTAKE,),
    Decision.REVERSE: (
        *(Because.WRONG_PRICE, Because.WRONG_ITEM, Because.NOT_DONE, Because.CHARGED_TWICE, Because.SOURCE_MISSING),
    ),
    Decision.ANSWER: (Because.CORRECTED, Because.EVIDENCE_AGREES, Because.PAPER_SEEN),
}
"""Which reasons a decision may have; the first one is the usual one."""
AFTER: Mapping[tuple[FlagState, Decision], FlagState] = {
    (FlagState.OPEN, Decision.ACCEPT): FlagState.ACCEPTED,
    (FlagState.OPEN, Decision.RETURN): FlagState.RETURNED,
    (FlagState.RETURNED, Decision.ACCEPT): FlagState.ACCEPTED,
    (FlagState.ACCEPTED, Decision.UNDO): FlagState.OPEN,
    (FlagState.OPEN, Decision.REVERSE): FlagState.REVERSED,
    (FlagState.RETURNED, Decision.REVERSE): FlagState.REVERSED,
    (FlagState.RETURNED, Decision.ANSWER): FlagState.OPEN,
}


def decide(
    state: FlagState,
    decision: Decision,
    because: Because,
    by: StaffNo,
    caused_by: Collection[StaffNo],
    last: tuple[StaffNo, datetime] | None,
    now: datetime,
) -> FlagState | Refusal:
    """How the flag stands after a decision.

    `caused_by` are the people who caused what is flagged: they answer, and decide nothing else. `last` is who decided
    last, and when: only they take an acceptance back, and only for `UNDO_WITHIN`; what they returned others answer.
    """
    if because not in REASONS[decision]:
        return Refusal(Problem.FIELD_INVALID, "reason")
    after = AFTER.get((state, decision))
    if after is None:
        return Refusal(Problem.FLAG_DECIDED)
    if decision is Decision.ANSWER:
        return Refusal(Problem.OWN_WORK) if last is not None and last[0] == by else after
    if by in caused_by:
        return Refusal(Problem.OWN_WORK)
    if decision is Decision.UNDO and (last is None or last[0] != by or now - last[1] > UNDO_WITHIN):
        return Refusal(Problem.FLAG_DECIDED)
    return after


def together(rule: Rule | None, amount_fen: int, by: StaffNo, caused_by: Collection[StaffNo], below_fen: int) -> bool:
    """Whether they may accept a flag together with others of its rule: a safe rule, below the amount, not their own."""
    return rule in SAFE and amount_fen < below_fen and by not in caused_by


def fingerprint(names: Iterable[str]) -> str:
    """What a page has shown, so that nothing else is accepted when the key is pressed: 64 hexadecimal digits."""
    return sha256(" ".join(names).encode()).hexdigest()


def concerned(station: str | None) -> StationKind:
    """Whose task a returned flag is: of the station where it arose; money in suspense is the cashier's."""
    return StationKind(station) if station is not None else StationKind.CASHIER


def may_answer(
    station: str | None,
    by: StaffNo,
    roles: Iterable[Role],
    caused_by: Collection[StaffNo],
    stations: Mapping[str, Station],
) -> bool:
    """Whether somebody answers for what was returned: who caused it, or who works where it arose."""
    kind, roles = concerned(station), tuple(roles)
    if by in caused_by:
        return True
    if kind is StationKind.OFFICE:
        return may(roles, Action.ENTER_STEP)
    return any(may_take(roles, step) for step in own_steps(stations[kind], stations.values()))
