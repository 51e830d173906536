"""The cashier's drawer: a shift is opened with a counted float and closed with a counted drawer.

DOMAIN.md section 6. The ledger says what the drawer should hold, a hand says what it holds; both stay. So with the
card terminal: its slip of the shift says what went through it.
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
CASH_STEPS = frozenset({Step.DEPOSIT, Step.PAY, Step.REFUND, Step.GIVE_BACK_HELD, Step.RECOVER_SHORT})
CLOCK_OFF = timedelta(minutes=10)
"""How far a station's clock may be off and its money still belong to the shift beside it (RELIABILITY.md section 3)."""

Counts = Mapping[int, int]
"""How many pieces of each denomination (fen) were counted."""

IN_SHIFT = frozenset({Means.CASH, Means.CARD_TERMINAL})
"""Means that the close of a shift holds against something: a counted drawer, the card terminal's slip."""


class DifferenceWhy(StrEnum):
    """Why a counted drawer is not what the ledger says, as far as its cashier knows."""

    WRONG_CHANGE = "wrong_change"
    NOT_TYPED = "not_typed"  # taken or given, and not entered yet
    TYPED_TWICE = "typed_twice"
    FALSE_NOTE = "false_note"
    UNKNOWN = "unknown"


SLIP_WHYS = (DifferenceWhy.NOT_TYPED, DifferenceWhy.TYPED_TWICE, DifferenceWhy.UNKNOWN)
"""Why a card terminal's slip is not what the books say."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift at a drawer; `closed_at` is None while it is open."""

    shift_no: int
    staff_no: StaffNo
    drawer: str
    opened_at: datetime
    float_fen: int
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """What the card terminal's slip of a shift prints, what the books expected at its close (fen), why they differ."""

    fen: int
    expected_fen: int
    why: DifferenceWhy | None = None

    @property
    def difference_fen(self) -> int:
        """The slip less the books."""
        return self.fen - self.expected_fen


def counted(counts: Counts) -> Fen | Refusal:
    """What the pieces come to; a refusal for a piece that does not exist, or a number that cannot be."""
    for value, pieces in counts.items():
        if value not in DENOMINATIONS or not 0 <= pieces <= MOST_PIECES:
            return Refusal(Problem.FIELD_INVALID, "counted")
    return Fen(sum(value * pieces for value, pieces in counts.items()))


def is_in_shift(step: Step | None, details: Details) -> bool:
    """Whether the step is money that the close of a shift is held against: cash, or by card terminal; in or out."""
    return step in CASH_STEPS and details.means in IN_SHIFT


def without_shift(step: Step, details: Details, staff_no: StaffNo | None, drawer: str | None) -> Refusal | None:
    """Why somebody may not take or give what a shift is closed with now: they have none open; `drawer`: of theirs."""
    if not is_in_shift(step, details) or drawer is not None:
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
    return Refusal(Problem.TILL_DIFFERS, _signed(difference))


def on_slip(fen: int | None, expected_fen: int, why: DifferenceWhy | None) -> Slip | Refusal | None:
    """What the card terminal printed beside the books; None when nothing was typed and no card money is expected.

    A slip that is not what the books say is typed again, or has a reason.
    """
    if fen is None:
        return Refusal(Problem.SLIP_NEEDED) if expected_fen else None
    difference = fen - expected_fen
    if difference and why not in SLIP_WHYS:
        return Refusal(Problem.SLIP_DIFFERS, _signed(difference))
    return Slip(fen, expected_fen, why if difference else None)


def _signed(fen: int) -> str:
    return f"{'+' if fen > 0 else ''}{in_yuan(fen)}"
