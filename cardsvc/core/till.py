"""The cashier's drawer: a shift is opened with a counted float and closed with a counted drawer.

DOMAIN.md section 6. The ledger says what the drawer should hold, a hand says what it holds; both stay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import StaffNo
from cardsvc.core.money import Fen, in_yuan
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means

DENOMINATIONS = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10)
"""Notes and coins of the renminbi that are in use, in fen; there is no coin below one jiao."""
MOST_PIECES = 10_000
CASH_STEPS = frozenset({Step.DEPOSIT, Step.PAY, Step.REFUND, Step.GIVE_BACK_HELD})
CLOCK_OFF = timedelta(minutes=10)
"""How far a station's clock may be off and its money still belong to the shift beside it (RELIABILITY.md section 3)."""

Counts = Mapping[int, int]
"""How many pieces of each denomination (fen) were counted."""


class DifferenceWhy(StrEnum):
    """Why a counted drawer is not what the ledger says, as far as its cashier knows."""

    WRONG_CHANGE = "wrong_change"
    NOT_TYPED = "not_typed"  # taken or given, and not entered yet
    TYPED_TWICE = "typed_twice"
    FALSE_NOTE = "false_note"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift at a drawer; `closed_at` is None while it is open."""

    shift_no: int
    staff_no: StaffNo
    drawer: str
    opened_at: datetime
    float_fen: int
    closed_at: datetime | None = None


def counted(counts: Counts) -> Fen | Refusal:
    """What the pieces come to; a refusal for a piece that does not exist, or a number that cannot be."""
    for value, pieces in counts.items():
        if value not in DENOMINATIONS or not 0 <= pieces <= MOST_PIECES:
            return Refusal(Problem.FIELD_INVALID, "counted")
    return Fen(sum(value * pieces for value, pieces in counts.items()))


def is_cash(step: Step | None, details: Details) -> bool:
    """Whether the step puts cash into a drawer, or takes it out."""
    return step in CASH_STEPS and details.means is Means.CASH


def without_shift(step: Step, details: Details, staff_no: StaffNo | None, drawer: str | None) -> Refusal | None:
    """Why somebody may not take or give cash now: they have no open shift; `drawer` is that of the one they have."""
    if not is_cash(step, details) or drawer is not None:
        return None
    return Refusal(Problem.TILL_CLOSED, staff_no or "")


def shift_at(shifts: Iterable[Shift], at: datetime) -> Shift | None:
    """Of a cashier's shifts, the one whose drawer holds what they took at `at`; None when they had none.

    A moment just outside a shift is a clock that is off: then it is the nearest one.
    """
    near = [(_outside(one, at), one) for one in shifts]
    within = [(off, one) for off, one in near if off < CLOCK_OFF]
    return min(within, key=lambda pair: (pair[0], -pair[1].shift_no))[1] if within else None


def _outside(one: Shift, at: datetime) -> timedelta:
    if at < one.opened_at:
        return one.opened_at - at
    if one.closed_at is not None and at > one.closed_at:
        return at - one.closed_at
    return timedelta(0)


def unexplained(counted_fen: int, expected_fen: int, why: DifferenceWhy | None) -> Refusal | None:
    """A drawer that is not what the ledger says is closed only with a reason."""
    difference = counted_fen - expected_fen
    if not difference or why is not None:
        return None
    return Refusal(Problem.TILL_DIFFERS, f"{'+' if difference > 0 else ''}{in_yuan(difference)}")
