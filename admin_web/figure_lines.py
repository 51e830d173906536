"""Lines of figures on pages: what is said of each, and the doors to the rows that it was counted from."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from starlette.datastructures import QueryParams

from cardsvc.core.figures import Asked, Growth, leaves
from cardsvc.core.indicated import Number, Span, Told, last_half_year, span_of
from cardsvc.core.reporting import Period, year_before
from cardsvc.core.words import say
from cardsvc.documents.figure_words import FigureWords
from cardsvc.modules import Module
from cardsvc.rows.counting import rows_address

NAMED = (Span.MONTH, Span.HALF_YEAR, Span.YEAR)
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The period that an address asks for."""

    span: Span
    period: Period

    def beside(self, step: int) -> "Chosen | None":
        """The period before (-1) or after (1) this one; None beside days of one's own choice."""
        if self.span is Span.DAYS:
            return None
        day = self.period.last + timedelta(days=1) if step > 0 else self.period.first - timedelta(days=1)
        return Chosen(self.span, span_of(self.span, day)) if EARLIEST <= day <= LATEST else None

    @property
    def asked(self) -> dict[str, str]:
        """The same as an address says it."""
        if self.span is Span.DAYS:
            return {"span": "days", "from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return {"span": self.span.value, "day": self.period.first.isoformat()}


@dataclass(frozen=True, slots=True)
class Line:
    """A figure as a page shows it; `door` and `door_before` are "" where no single list has its rows.

    `parts` are the lists of what it is made of, by what they are called.
    """

    told: Told
    label: str
    now: str
    aside: str
    target: str
    done: str
    before: str
    change: str
    door: str = ""
    door_before: str = ""
    parts: tuple[tuple[str, str], ...] = field(default=())

    def share(self, number: Number, longest: Number) -> int:
        """How long a bar is, of 1,000: beside the longest of several lines, or of this one alone."""
        if longest is None:
            longest = max((one for one in (self.told.now, self.told.before) if one is not None), default=0)
        return round(max(0, number) * 1000 / longest) if number is not None and longest > 0 else 0


def chosen(asked: QueryParams, today: date) -> Chosen:
    """The period of an address; the last whole half-year where it names none that can be."""
    span = next((one for one in Span if one == asked.get("span")), Span.HALF_YEAR)
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    if span is Span.DAYS and first is not None and last is not None and first <= last:
        days = Period(first, last)
        return Chosen(next((one for one in NAMED if span_of(one, first) == days), span), days)
    span = Span.HALF_YEAR if span is Span.DAYS else span
    day = _day(asked.get("day", ""))
    return Chosen(span, span_of(span, day if day is not None else last_half_year(today).first))


def line(
    words: FigureWords, module: Module, told: Told, period: Period, *, opens: bool, county: str | None = None
) -> Line:
    """A figure in words, with the doors to its rows; behind a withheld one there are none.

    `opens`: whether the rows of the service's own books may be opened.
    """
    led = opens or not isinstance(told.indicator.figure, Asked)
    doors = _doors(words, module, told, period, county) if led and not told.withheld else ()
    before = _doors(words, module, told, year_before(period), county) if led and not told.before_withheld else ()
    single = len(doors) == 1
    return Line(
        told=told,
        label=told.indicator.label.said(words.language),
        now=words.now(told),
        aside=words.aside(told),
        target=words.target(told),
        done=words.done(told),
        before=words.before(told),
        change=words.change(told),
        door=doors[0][1] if single else "",
        door_before=before[0][1] if len(before) == 1 else "",
        parts=() if single else doors,
    )


def _doors(
    words: FigureWords, module: Module, told: Told, period: Period, county: str | None
) -> tuple[tuple[str, str], ...]:
    figure = told.indicator.figure
    if isinstance(figure, Asked):
        days = {"first": period.first.isoformat(), "last": period.last.isoformat()}
        return ((told.indicator.label.said(words.language), figure.link.format(**days)),) if figure.link else ()
    found: dict[str, str] = {}
    for leaf in leaves(figure):
        said = words.rows(module.record(leaf.record), leaf)
        found[rows_address(module, leaf, period, county)] = said
        if isinstance(figure, Growth):
            then = say(words.language, "figure.year_before", words=said)
            found[rows_address(module, leaf, year_before(period), county)] = then
    return tuple((said, address) for address, said in found.items())


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found <= LATEST else None
