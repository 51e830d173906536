"""How figures are said: numbers with units, what the bureau says of them, changes in words; page and papers alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cardsvc.core.figures import FILLED, Chapter, Count, Sum, Unit
from cardsvc.core.indicated import Number, Part, Relation, Told, number_of
from cardsvc.core.money import in_yuan
from cardsvc.core.records import Record, Value
from cardsvc.core.reporting import Period
from cardsvc.core.words import Language, say
from cardsvc.naming.cells import written

Doors = Callable[[Part, Told], str]
"""The whole address of the rows of a figure, "" where there is none."""
ARROWS: Mapping[bool | None, str] = {True: "▲", False: "▼", None: "="}


@dataclass(frozen=True, slots=True)
class FigureWords:
    """The words of one language."""

    language: Language

    def number(self, unit: Unit, number: Number) -> str:
        """A number with its unit."""
        if number is None:
            return say(self.language, "figure.no_number")
        return say(self.language, f"unit_number.{unit}", number=_digits(unit, number))

    def now(self, told: Told) -> str:
        """A figure as the bureau tells it: over 40, nearly 100, as counted, or withheld."""
        if told.withheld:
            return say(self.language, "figure.withheld")
        unit, said = told.indicator.unit, told.said
        if said.bound is None or not told.holds:
            return self.number(unit, told.now)
        how = "over" if said.relation is Relation.OVER else "nearly"
        # Chinese says "over" between a number and its unit, English before both.
        digits = say(self.language, f"figure.{how}_digits", number=_digits(unit, number_of(unit, said.bound)))
        return say(self.language, f"figure.{how}", number=say(self.language, f"unit_number.{unit}", number=digits))

    def aside(self, told: Told) -> str:
        """What stands beside a figure that is told as a round number: what was counted; "" where nothing does."""
        if told.withheld or told.said.bound is None:
            return ""
        counted = self.number(told.indicator.unit, told.now)
        return say(self.language, "figure.counted" if told.holds else "figure.untrue", number=counted)

    def before(self, told: Told) -> str:
        """The same a year before."""
        if told.before_withheld:
            return say(self.language, "figure.withheld")
        return self.number(told.indicator.unit, told.before)

    def target(self, told: Told) -> str:
        """The target; "" where there is none."""
        unit = told.indicator.unit
        return self.number(unit, number_of(unit, told.said.target)) if told.said.target is not None else ""

    def done(self, told: Told) -> str:
        """How much of the target is done; "" where there is none."""
        if told.withheld and told.said.target is not None:
            return say(self.language, "figure.withheld")
        return f"{told.done}%" if told.done is not None else ""

    def change(self, told: Told) -> str:
        """The change in a year with a sign and in words."""
        if told.withheld or told.before_withheld:
            return say(self.language, "figure.withheld")
        if (change := told.change) is None:
            return say(self.language, "figure.no_number")
        if not change:
            return f"{ARROWS[None]} {say(self.language, 'figure.same')}"
        by = (
            say(self.language, "figure.points", by=abs(change))
            if told.indicator.unit is Unit.PERCENT
            else f"{abs(change)}%"
        )
        return f"{ARROWS[change > 0]} {say(self.language, 'figure.up' if change > 0 else 'figure.down', by=by)}"

    def period(self, period: Period) -> str:
        """The days, both included."""
        return say(self.language, "figure.period", first=period.first, last=period.last)

    def chapter(self, chapter: Chapter) -> str:
        """A chapter with its number."""
        number = say(self.language, f"figure_number.{int(chapter)}")
        return say(
            self.language, "figure.chapter", number=number, title=say(self.language, f"chapter.{chapter.name.lower()}")
        )

    def rows(self, record: Record, leaf: Count | Sum) -> str:
        """The rows that a figure is counted from: the record, and what they have."""
        having = [self._having(record, name, value) for name, value in leaf.where.items()]
        what = record.label.said(self.language)
        if isinstance(leaf, Sum):
            what = f"{what} · {record.column(leaf.column).label.said(self.language)}"
        return (
            f"{what}（{'，'.join(having)}）"
            if having and self.language == "zh_CN"
            else (f"{what} ({', '.join(having)})" if having else what)
        )

    def _having(self, record: Record, name: str, value: Value | tuple[Value, ...]) -> str:
        column = record.column(name)
        if value == FILLED:
            return say(self.language, "figure.filled", column=column.label.said(self.language))
        if value is None:
            return say(self.language, "figure.empty_column", column=column.label.said(self.language))
        several = value if isinstance(value, tuple) else (value,)
        said = " / ".join(written(column, one, self.language) for one in several)
        return said if column.choices else f"{column.label.said(self.language)}: {said}"


def _digits(unit: Unit, number: int | Decimal) -> str:
    if unit is Unit.YUAN:
        return in_yuan(int(Decimal(number).quantize(Decimal(1), ROUND_HALF_UP)))
    whole = number == int(number) and unit is not Unit.PERCENT
    return f"{int(number):,}" if whole else f"{number:,}"
