"""Figures: what is counted from the rows of records, for a period and for a county or the whole city.

A figure says what it counts as data, so that it links to its rows, and so that a test can count them by other means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from cardsvc.core.records import Label, Value

Where = Mapping[str, Value | tuple[Value, ...]]
"""What rows have: a value, or one of several, by column. `FILLED` as value: anything at all."""
FILLED = "*"


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
    """Which rows of a record belong to a period, by its `dated` column."""

    WITHIN = "within"  # its day is within the period
    BY_THEN = "by_then"  # it stood at the end: its day is not after the period; a row without a day counts
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows; `distinct`: how many different values of a column they have."""

    record: str
    where: Where = field(default_factory=dict)
    when: When = When.WITHIN
    distinct: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a NUMBER or MONEY column over rows."""

    record: str
    column: str
    where: Where = field(default_factory=dict)
    when: When = When.WITHIN


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
    """A figure that is asked of the store: `ask(connection, home_id, period, county)`; `link` is its page there."""

    ask: Callable[..., Any]
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
