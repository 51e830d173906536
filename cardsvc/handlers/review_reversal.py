"""Decide that a flagged line is taken back: the flag, and all others that nobody has decided about on the same line.

The counter-entry itself is the step `Step.REVERSE_LINE`, which is judged and posted as any other (`api.reversing`).
"""

from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reviewing import ON_FACT, Because, Decision, FlagState, decide
from cardsvc.store import reviewing
from cardsvc.store.reviewing import Decided, Flagged, FlagKey
from cardsvc.store.working import WorkingSet


def find(tx: WorkingSet, key: FlagKey, because: Because, by: StaffNo) -> Flagged | Refusal:
    """The flag whose line they may take back; refuses what no line stands behind."""
    if not may(tx.staff.get(by, ()), Action.REVIEW_BILLS):
        return Refusal(Problem.NOT_ALLOWED, Action.REVIEW_BILLS)
    flag = reviewing.find(tx.connection, tx.home_id, key)
    if flag is None:
        return Refusal(Problem.NOT_FOUND)
    if key.line_no == ON_FACT:
        return Refusal(Problem.NO_LINE)
    state = decide(flag.state, Decision.REVERSE, because, by, flag.people, None, tx.now)
    return state if isinstance(state, Refusal) else flag


def keep(tx: WorkingSet, flag: Flagged, because: Because, by: StaffNo) -> None:
    """Every open or returned flag of the line is decided with it."""
    decided = Decided(Decision.REVERSE, because, by, tx.now)
    for key in reviewing.undecided(tx.connection, tx.home_id, flag.key.log_no, flag.key.line_no):
        said = f"{key.log_no}:{key.line_no} {key.rule} {because}"
        log_no = tx.log.add(f"review {Decision.REVERSE} {said}", flag.case_no or "", "", tx.now, by)
        reviewing.keep(tx.connection, tx.home_id, key, FlagState.REVERSED, decided, log_no)
