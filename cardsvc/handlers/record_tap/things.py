"""Marks, exclusive places and living permits: what one case has and no other may have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cardsvc.core.facts import Details, PlaceKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.store.working import DEATH_PAPER, Permit, WorkingSet


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that belongs to one case, for ever but for a death paper's.

    Kind, the field that carries it, the problem of a second use.
    """

    kind: str
    field: str
    problem: Problem


MARKS: Mapping[Step, tuple[Mark, ...]] = {
    Step.COLLECT: (Mark("tag", "tag", Problem.TAG_IN_USE),),
    Step.REPLACE_TAG: (Mark("tag", "replacement", Problem.TAG_IN_USE),),
    Step.ENCOFFIN: (Mark("tag", "tag", Problem.TAG_IN_USE), Mark("coffin", "coffin", Problem.TAG_IN_USE)),
    Step.LOAD: (Mark("disc", "disc", Problem.DISC_USED),),
    Step.SEAL: (Mark("label", "label", Problem.DISC_USED),),
    Step.SPLIT: (Mark("label", "portion", Problem.DISC_USED),),
    Step.VERIFY_DEATH: (Mark(DEATH_PAPER, "number", Problem.DEATH_PAPER_USED),),
}


def marks_of(step: Step, details: Details) -> Iterator[tuple[Mark, str]]:
    """The marks that a step binds, with their codes."""
    for mark in MARKS.get(step, ()):
        code = getattr(details, mark.field)
        if code is not None:
            yield mark, f"{details.paper}.{code}" if mark.kind == DEATH_PAPER else code


PERIODS: Mapping[Step, tuple[str, str]] = {
    Step.RESERVE: ("hall", "hall_minutes"),
    Step.RESERVE_FURNACE: ("furnace", "furnace_minutes"),
}
"""Steps that reserve a period: the field that names the thing, and the rule that says how long."""
EXCLUSIVE = (PlaceKind.SLOT, PlaceKind.FURNACE, PlaceKind.SHELF)
KEEPS_PERMIT = frozenset(
    {
        *(Step.ARM, Step.LOAD, Step.HOLD, Step.DEPOSIT, Step.PAY, Step.REFUND, Step.SETTLE, Step.BIND_CARD),
        *(Step.NOTIFY, Step.REVERSE_PAYMENT, Step.STATEMENT_PAID, Step.GIVE_BACK_HELD, Step.ASSIGN_HELD),
        *(Step.RECOVER_SHORT, Step.WRITE_OFF_SHORT, Step.UNDO_RECOVERY, Step.BANK_PAID),
    }
)
"""A hold leaves the permit alone: it is effective when the permit is over (RELIABILITY.md section 5)."""


def live_permit(tx: WorkingSet, case_no: CaseNo) -> Permit | None:
    """The permit with which a load of this case may still start."""
    lives = (one for one in tx.permits.values() if one.case_no == case_no and one.state == "live")
    return next((one for one in lives if one.until > tx.now), None)
