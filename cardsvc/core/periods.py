"""Periods of halls and furnaces, in quarter hours: two periods that overlap share a cell.

Cells are what is stored and what is exclusive in the database; a period is what people read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.core.ids import CaseNo

CELL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Held:
    """A cell that is held for a case; `code` names the hall or furnace."""

    code: str
    starts: datetime
    case_no: CaseNo


@dataclass(frozen=True, slots=True)
class Period:
    """Cells of one case without a gap."""

    code: str
    starts: datetime
    ends: datetime
    case_no: CaseNo

    def covers(self, at: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.starts <= at < self.ends


def cell_of(at: datetime) -> datetime:
    """The beginning of the quarter hour that a moment lies in."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def cells(starts: datetime, minutes: int) -> tuple[datetime, ...]:
    """The quarter hours that a period of a hall or furnace takes: two periods that overlap share one of them."""
    first = cell_of(starts)
    count = -(-((starts - first) + timedelta(minutes=minutes)) // CELL)
    return tuple(first + CELL * number for number in range(count))


def periods(held: Iterable[Held]) -> tuple[Period, ...]:
    """Cells as periods, by code and time."""
    made: list[Period] = []
    for cell in sorted(held, key=lambda one: (one.code, one.starts)):
        last = made[-1] if made else None
        if last is not None and (last.code, last.case_no, last.ends) == (cell.code, cell.case_no, cell.starts):
            made[-1] = Period(last.code, last.starts, cell.starts + CELL, last.case_no)
        else:
            made.append(Period(cell.code, cell.starts, cell.starts + CELL, cell.case_no))
    return tuple(made)
