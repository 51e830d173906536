"""Reports: what a day, a month or half a year earned, let off, took in and left owing, against the year before.

Every figure says which rows it is made of (`Rows`): those rows sum to it, to the fen.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple


class Every(StrEnum):
    """How long a report's period is."""

    DAY = "day"
    MONTH = "month"
    HALF_YEAR = "half_year"


class Age(StrEnum):
    """How long something has been owed: up to 30 days, then more than 30, 90, 180 and 365."""

    CURRENT = "current"
    OVER_30 = "over_30"
    OVER_90 = "over_90"
    OVER_180 = "over_180"
    OVER_365 = "over_365"


AGES: Mapping[Age, tuple[int, int | None]] = {
    Age.CURRENT: (0, 30),
    Age.OVER_30: (31, 90),
    Age.OVER_90: (91, 180),
    Age.OVER_180: (181, 365),
    Age.OVER_365: (366, None),
}
"""Days, the first and the last of each age."""


class What(StrEnum):
    """What a figure counts: of lines their price, waiver or due; of money what came or went; what stands; taps; cases.

    Of what lost books paid out (decision 0030): what nothing covered, how much of it ended and how, what was written
    off less what of that came after all, and what is left on both accounts. Cases are those whose ashes are not at rest
    yet.
    """

    PRICE = "price"
    WAIVER = "waiver"
    DUE = "due"
    CAME = "came"
    WENT = "went"
    STANDS = "stands"
    TAPS = "taps"
    TO_REST = "to_rest"
    UNCOVERED = "uncovered"
    ENDED = "ended"
    WRITTEN_OFF = "written_off"
    LEFT = "left"


COUNTS = frozenset({What.TAPS, What.TO_REST})
"""What is counted by pieces, not in fen."""
OF_LOST_BOOKS = (What.UNCOVERED, What.ENDED, What.WRITTEN_OFF, What.LEFT)
"""What is counted of the money that lost books paid out."""


class Period(NamedTuple):
    """Local business days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a figure; what is None is not asked for."""

    what: What
    item: str | None = None
    payer: str | None = None
    station: str | None = None
    regime: str | None = None
    waiver_for: str | None = None
    waiver_payer: str | None = None
    means: str | None = None
    cashier: str | None = None
    memo: str | None = None
    kind: str | None = None
    age: Age | None = None
    observed: bool | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Charged:
    """Lines of a period alike in all of these; amounts in fen."""

    item: str
    payer: str
    station: str
    regime: str
    waiver_for: str
    waiver_payer: str
    price_fen: int
    waiver_fen: int
    due_fen: int


@dataclass(frozen=True, slots=True)
class Money:
    """Money that came and went by one means, at one cashier, for one reason; in fen."""

    means: str
    cashier: str
    memo: str
    in_fen: int
    out_fen: int


@dataclass(frozen=True, slots=True)
class Stood:
    """What stood on a group of accounts at the end of the period, of what age; owed to us or held by us, in fen."""

    kind: str
    age: Age
    fen: int


@dataclass(frozen=True, slots=True)
class Short:
    """Of what lost books paid out, for one reason: what nothing covered, what of it ended, what was written off."""

    memo: str
    uncovered_fen: int
    ended_fen: int
    off_fen: int


@dataclass(frozen=True, slots=True)
class Left:
    """What was left at the end of the period on an account of the home, in fen."""

    kind: str
    fen: int


@dataclass(frozen=True, slots=True)
class Taps:
    """Facts of a period at one kind of station, seen by a tap or typed."""

    station: str
    observed: bool
    count: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What a report is made of. `as_of`: the last day of the period that has begun."""

    as_of: date
    charged: tuple[Charged, ...] = ()
    money: tuple[Money, ...] = ()
    stood: tuple[Stood, ...] = ()
    taps: tuple[Taps, ...] = ()
    short: tuple[Short, ...] = ()
    left: tuple[Left, ...] = ()
    earned: Mapping[str, int] = field(default_factory=dict)
    "What each day (of half a year: each month) charged, by its date."


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, in fen but for `COUNTS`, and the rows that it is made of."""

    value: int
    rows: Rows


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a section; `names` say of what, '' of what says nothing. `last_year` is what `cells[0]` was then."""

    names: tuple[str, ...]
    cells: tuple[Figure, ...]
    last_year: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a report; `heads` name its columns."""

    name: str
    heads: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Line | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its sections; `course`: what each day or month charged, and the same one a year before, in fen."""

    period: Period
    as_of: date
    sections: tuple[Section, ...]
    course: tuple[tuple[str, int, int], ...]

    def figures(self) -> Iterable[Figure]:
        """Every figure of it."""
        for section in self.sections:
            for line in (*section.lines, *((section.total,) if section.total else ())):
                yield from line.cells


def period_of(every: Every, day: date) -> Period:
    """The day, month or half-year in which a day lies."""
    match every:
        case Every.DAY:
            return Period(day, day)
        case Every.MONTH:
            return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
        case Every.HALF_YEAR:
            first = date(day.year, 1 if day.month < 7 else 7, 1)
            return Period(first, date(day.year, 6, 30) if day.month < 7 else date(day.year, 12, 31))


def year_before(period: Period) -> Period:
    """The same period a year before; 29 February becomes the 28th, a whole month stays whole."""
    ends = _year_less(period.last + timedelta(days=1)) - timedelta(days=1)
    return Period(_year_less(period.first), max(ends, _year_less(period.first)))


def since_of(age: Age, as_of: date) -> tuple[date, date]:
    """The first and last day since when something stands that is of this age on `as_of`."""
    low, high = AGES[age]
    return date.min if high is None else as_of - timedelta(days=high), as_of - timedelta(days=low)


def _year_less(day: date) -> date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def age_on(since: date, as_of: date) -> Age:
    """How old something is on a day that stands since another."""
    days = (as_of - since).days
    return next(age for age, (_, high) in AGES.items() if high is None or days <= high)
