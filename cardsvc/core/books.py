"""The books of a day: what is held against each other at night (core.reconciliation)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from cardsvc.core.case import Case
from cardsvc.core.furnace_log import Run, runs_of
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import CHINA

LOW_STOCK = 50
"""Certificate forms: about a week of a middling home; reordering takes a few days."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count of bodies by hand, and how many the records had."""

    counted: int
    recorded: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A certificate that was drawn."""

    number: str
    case_no: CaseNo
    disc: str | None


@dataclass(frozen=True, slots=True)
class Money:
    """A case's money in fen: what its lines charge, what revenue received, all balances together, what the family owes
    beyond what it has paid (negative: money of theirs is left), what another payer owes whom no statement asks.

    `agreed` and `agreed_other` are what of those two people left open when they closed the case.
    """

    charged: int = 0
    revenue: int = 0
    balance: int = 0
    owed: int = 0
    by_other: int = 0
    agreed: int = 0
    agreed_other: int = 0


@dataclass(frozen=True, slots=True)
class Unsent:
    """A message that is not confirmed."""

    name: str
    case_no: CaseNo | None
    since: datetime
    failed: bool


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that is held against each other: open cases, and those that moved since the day began."""

    day: date
    now: datetime
    cases: tuple[Case, ...] = ()
    occupancy: Mapping[tuple[str, str], CaseNo] = field(default_factory=dict)
    count: Count | None = None
    drawn: tuple[Drawn, ...] = ()
    stock: int = LOW_STOCK
    labels: Mapping[str, CaseNo] = field(default_factory=dict)
    money: Mapping[CaseNo, Money] = field(default_factory=dict)
    unsent: tuple[Unsent, ...] = ()
    missing: tuple[tuple[str, CaseNo | None], ...] = ()
    red_drills: tuple[int, ...] = ()

    @property
    def runs(self) -> list[Run]:
        """The furnace runs that began on the day."""
        return runs_of(self.cases, *bounds(self.day))


def bounds(day: date) -> tuple[datetime, datetime]:
    """When a local day begins and ends."""
    begins = datetime.combine(day, time(), CHINA)
    return begins, begins + timedelta(days=1)
