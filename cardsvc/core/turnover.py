"""What was billed, by item, payer, station or month, against the same month a year before.

Every figure is the sum of lines of bills, counter-lines included; a line is of the month in which it was posted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class By(StrEnum):
    """What the lines are summed by."""

    ITEM = "item"
    PAYER = "payer"
    STATION = "station"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Sums:
    """Lines summed up, in fen: price - waiver = due. A counter-line counts as a line and takes its amounts away."""

    lines: int = 0
    price_fen: int = 0
    waiver_fen: int = 0
    due_fen: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.lines + other.lines,
            self.price_fen + other.price_fen,
            self.waiver_fen + other.waiver_fen,
            self.due_fen + other.due_fen,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """A row of the statistics: the sums of its key, and those of a year before."""

    key: str
    now: Sums
    before: Sums

    @property
    def change(self) -> int | None:
        """How what was due changed, in whole per cent, halves away from zero; None where there is nothing to divide."""
        was = self.before.due_fen
        if was <= 0:
            return None
        more = (self.now.due_fen - was) * 200
        return (abs(more) + was) // (2 * was) * (1 if more >= 0 else -1)


def month_of(text: str) -> date | None:
    """The first day of a month written YYYY-MM; None for what is none, or of no year that a home has seen."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return found if 2000 <= found.year < 3000 else None


def name_of(month: date) -> str:
    """A month as it is written."""
    return month.strftime("%Y-%m")


def year_before(month: date) -> date:
    """The same month of the year before."""
    return month.replace(year=month.year - 1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def months_of_year(month: date) -> tuple[date, ...]:
    """The twelve months of its year."""
    return tuple(month.replace(month=number) for number in range(1, 13))


def compared(now: Mapping[str, Sums], before: Mapping[str, Sums]) -> tuple[Compared, ...]:
    """A row for each key of either year, the dearest first."""
    rows = (Compared(key, now.get(key, Sums()), before.get(key, Sums())) for key in now.keys() | before.keys())
    return tuple(sorted(rows, key=lambda one: (-one.now.due_fen, -one.before.due_fen, one.key)))


def total(rows: Iterable[Compared]) -> Compared:
    """All rows together."""
    now, before = Sums(), Sums()
    for one in rows:
        now, before = now + one.now, before + one.before
    return Compared("", now, before)
