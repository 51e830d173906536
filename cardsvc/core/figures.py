"""Figures: what is counted from the rows of records, for a period and for a county or the whole city.

A figure says what it counts as data, so that it links to its rows, and so that a test can count them by other means.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from cardsvc.core.records import Kind, Label, Record, Value

Where = Mapping[str, Value | tuple[Value, ...]]
"""What rows have: a value, or one of several, by column. `FILLED` as value: anything at all; None: nothing."""
FILLED = "*"
EMPTY = "-"
"""In a list's address: the column has nothing."""


class Unit(StrEnum):
    """What a figure is counted in."""

    COUNT = "count"
    YUAN = "yuan"  # kept in fen
    PERCENT = "percent"
    RATIO = "ratio"
    TIMES = "times"
    PEOPLE = "people"
    PERSON_TIMES = "person-times"
    MINUTES = "minutes"


class When(StrEnum):
    """Which rows of a record belong to a period, by its `dated` column (decision 0036)."""

    WITHIN = "within"  # its day is within the period: what happened, as it is known now
    BY_THEN = "by_then"  # what stood at the end, as it stood then: its day is not after the period


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows; `distinct`: how many different values of a column they have."""

    record: str
    where: Where = field(default_factory=dict)
    when: When = When.WITHIN
    distinct: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a NUMBER or MONEY column over rows.

    `largest`: of each county the largest alone, where its rows say the same thing, such as how many people it has.
    """

    record: str
    column: str
    where: Where = field(default_factory=dict)
    when: When = When.WITHIN
    largest: bool = False


@dataclass(frozen=True, slots=True)
class Per:
    """One figure divided by another, `times` 100 for per cent; none where the second is zero. One decimal, half up."""

    part: "Counted"
    whole: "Counted"
    times: int = 1
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of figures; none where one of them is none. One decimal, half up."""

    of: tuple["Counted", ...]
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Growth:
    """A figure divided by itself a year before; none where that was zero."""

    of: "Counted"
    times: int = 1
    decimals: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """A figure that is asked of the store: `ask(connection, home_id, period, county)`.

    It answers with several figures by their names, None for one that is not known of a county; `part` picks this one.
    `link` is its page there, with {first} and {last} for the days.
    """

    ask: Callable[..., Mapping[str, Any]]
    part: str
    link: str = ""


Counted = Count | Sum | Per | Mean | Growth | Asked


class Chapter(IntEnum):
    """The chapters of the bureau's half-year report."""

    COMMUNITIES = 1  # communities and organisations
    ELDER_CARE = 2
    FUNERAL_REFORM = 3
    OTHER = 4


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure with its name; `parted` is shown by county too. `fewer_is_better` turns the colour of a change."""

    name: str
    label: Label
    unit: Unit
    figure: Counted
    chapter: Chapter
    fewer_is_better: bool = False


def leaves(figure: Counted) -> Iterator[Count | Sum]:
    """The counts and sums of rows that a figure is made of, in order."""
    match figure:
        case Count() | Sum():
            yield figure
        case Per(part=part, whole=whole):
            yield from leaves(part)
            yield from leaves(whole)
        case Mean(of=of):
            for one in of:
                yield from leaves(one)
        case Growth(of=of):
            yield from leaves(of)


def figure_wrong(indicator: Indicator, records: Mapping[str, Record]) -> str | None:
    """What is wrong with an indicator of these records, for who wrote it; None when nothing is."""
    for leaf in leaves(indicator.figure):
        record = records.get(leaf.record)
        if record is None:
            return f"{indicator.name}: there is no record {leaf.record}"
        columns = {one.name: one for one in record.columns}
        named = {*leaf.where, *((leaf.distinct,) if isinstance(leaf, Count) and leaf.distinct else ())}
        if missing := sorted(named - columns.keys()):
            return f"{indicator.name}: {record.name} has no column {', '.join(missing)}"
        if isinstance(leaf, Sum) and (
            leaf.column not in columns or columns[leaf.column].kind not in (Kind.NUMBER, Kind.MONEY)
        ):
            return f"{indicator.name}: {record.name}.{leaf.column} is no number to sum up"
        if not record.dated:
            return f"{indicator.name}: {record.name} is not dated, so its rows belong to no period"
        for name, value in leaf.where.items():
            if columns[name].secret and value not in (FILLED, None):
                return f"{indicator.name}: {record.name}.{name} is secret: it can only be there or not"
            several = value if isinstance(value, tuple) else (value,)
            strange = [one for one in several if one != FILLED and str(one) not in columns[name].choices]
            if columns[name].kind is Kind.CHOICE and value is not None and strange:
                return f"{indicator.name}: {record.name}.{name} is never {strange[0]}"
    return None
