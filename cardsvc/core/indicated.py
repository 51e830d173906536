"""What is told of figures: the number, its target, the year before; what is withheld is told to nobody.

A withheld figure has no number from here on, so that no page and no file can let it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from cardsvc.core.figures import Chapter, Indicator, Unit
from cardsvc.core.records import Label
from cardsvc.core.reporting import Every, Period, period_of
from cardsvc.core.words import Language

Number = int | Decimal | None
"""A figure: money in fen; none where nothing can be said, as where it would be divided by zero."""


class Span(StrEnum):
    """How long the period of a page of figures is."""

    MONTH = "month"
    HALF_YEAR = "half_year"
    YEAR = "year"
    DAYS = "days"  # of one's own choice


def span_of(span: Span, day: date) -> Period:
    """The month, half-year or year in which a day lies; the day alone where the days are of one's own choice."""
    match span:
        case Span.MONTH:
            return period_of(Every.MONTH, day)
        case Span.HALF_YEAR:
            return period_of(Every.HALF_YEAR, day)
        case Span.YEAR:
            return Period(date(day.year, 1, 1), date(day.year, 12, 31))
        case Span.DAYS:
            return Period(day, day)


def last_half_year(today: date) -> Period:
    """The last half-year that is over."""
    return period_of(Every.HALF_YEAR, period_of(Every.HALF_YEAR, today).first - timedelta(days=1))


class Relation(StrEnum):
    """How a figure is told."""

    EXACT = "exact"
    OVER = "over"  # "over 40": more than the bound
    NEARLY = "nearly"  # "nearly 100": less than the bound


@dataclass(frozen=True, slots=True)
class Said:
    """What the bureau says of a figure in a period; `target` and `bound` in hundredths of its unit, money so in fen.

    `withheld` None: nobody decided, so it is withheld where it would betray another one that is. `note_en` is the note
    for the report in English.
    """

    target: int | None = None
    relation: Relation = Relation.EXACT
    bound: int | None = None
    withheld: bool | None = None
    note: str = ""
    note_en: str = ""

    def noted(self, language: Language) -> str:
        """The note in the report's language, in the other one where there is none."""
        notes = (self.note_en, self.note) if language == "en" else (self.note, self.note_en)
        return next(filter(None, notes), "")


NOTHING_SAID = Said()
Marks = Mapping[str, tuple[Said, ...]]
"""All that is said of figures, by their names, in periods that overlap the one that is asked for."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as it is told; its numbers are none where it is withheld."""

    module: str
    indicator: Indicator
    now: Number
    before: Number
    said: Said
    withheld: bool = False
    before_withheld: bool = False

    @property
    def done(self) -> Decimal | None:
        """How much of the target is done, in per cent; none without a target."""
        if self.now is None or not self.said.target:
            return None
        return _tenth(hundredths(self.indicator.unit, self.now) * 100 / self.said.target)

    @property
    def change(self) -> Decimal | None:
        """The change in a year: of a percentage in points, of anything else in per cent; none where there was none."""
        if self.now is None or self.before is None:
            return None
        if self.indicator.unit is Unit.PERCENT:
            return _tenth(Decimal(self.now) - self.before)
        return _tenth((Decimal(self.now) - self.before) * 100 / self.before) if self.before > 0 else None

    @property
    def better(self) -> bool | None:
        """Whether the change is a good one; none where nothing changed."""
        if not self.change:
            return None
        return (self.change > 0) is not self.indicator.fewer_is_better

    @property
    def holds(self) -> bool:
        """Whether what the bureau says of the number is true of the rows."""
        if self.now is None or self.said.bound is None:
            return True
        counted = hundredths(self.indicator.unit, self.now)
        return counted >= self.said.bound if self.said.relation is Relation.OVER else counted <= self.said.bound


@dataclass(frozen=True, slots=True)
class Part:
    """A module's figures in a chapter."""

    module: str
    label: Label
    told: tuple[Told, ...]


Chapters = Mapping[Chapter, tuple[Part, ...]]


def hundredths(unit: Unit, number: int | Decimal) -> Decimal:
    """A number in hundredths of its unit: fen are that already."""
    return Decimal(number) if unit is Unit.YUAN else Decimal(number) * 100


def number_of(unit: Unit, said: int) -> int | Decimal:
    """What `hundredths` made, as a number again."""
    if unit is Unit.YUAN:
        return said
    return Decimal(said).scaleb(-2) if said % 100 else said // 100


def _tenth(number: Decimal) -> Decimal:
    return number.quantize(Decimal("0.1"), ROUND_HALF_UP)
