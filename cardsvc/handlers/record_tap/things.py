"""Marks, exclusive places and living permits: what one case has and no other may have."""

from cardsvc.core.facts import PlaceKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem
from cardsvc.store.working import Permit, WorkingSet

MARKS = {
    Step.COLLECT: ("tag", Problem.TAG_IN_USE),
    Step.LOAD: ("disc", Problem.DISC_USED),
    Step.SEAL: ("label", Problem.DISC_USED),
}
EXCLUSIVE = (PlaceKind.SLOT, PlaceKind.FURNACE, PlaceKind.SHELF)
KEEPS_PERMIT = frozenset(
    {Step.ARM, Step.LOAD, Step.HOLD, Step.DEPOSIT, Step.PAY, Step.REFUND, Step.SETTLE, Step.BIND_CARD}
)
"""A hold leaves the permit alone: it is effective when the permit is over (RELIABILITY.md section 5)."""


def live_permit(tx: WorkingSet, case_no: CaseNo) -> Permit | None:
    """The permit with which a load of this case may still start."""
    lives = (one for one in tx.permits.values() if one.case_no == case_no and one.state == "live")
    return next((one for one in lives if one.until > tx.now), None)
