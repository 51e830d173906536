"""A module's figures as they are told: counted, with what the bureau says of them; what is withheld has no number."""

from collections.abc import Iterable

from sqlalchemy import Connection

from cardsvc.core.figures import Chapter, Indicator
from cardsvc.core.ids import HomeId
from cardsvc.core.indicated import NOTHING_SAID, Chapters, Part, Told
from cardsvc.core.reporting import Period, year_before
from cardsvc.core.withholding import Marked, not_told
from cardsvc.modules import Module
from cardsvc.rows import marks
from cardsvc.rows.counting import Counter


class Figures:
    """A module's figures of a period and of the same one a year before.

    With `only`, nothing of another county is counted. A target is the city's: a county has none.
    """

    def __init__(
        self, connection: Connection, home_id: HomeId, module: Module, period: Period, only: str | None = None
    ) -> None:
        self._module, self._period, self._before = module, period, year_before(period)
        self._counter = Counter(connection, home_id, module, only)
        self._said = marks.exactly(connection, home_id, module.name, period) if only is None else {}
        now, before, once = (
            Marked(marks.around(*whose, one), marks.stood(*whose, one))
            for whose in [(connection, home_id, module.name)]
            for one in (period, self._before, year_before(self._before))
        )
        self._not_told = not_told(module.indicators, now, before, module.records)
        self._not_told_before = not_told(module.indicators, before, once, module.records)

    def told(self, indicator: Indicator, county: str | None = None) -> Told:
        """A figure of a county, None for all."""
        withheld, withheld_before = indicator.name in self._not_told, indicator.name in self._not_told_before
        now = None if withheld else self._counter.value(indicator.figure, self._period, county)
        before = None if withheld_before else self._counter.value(indicator.figure, self._before, county)
        said = self._said.get(indicator.name, NOTHING_SAID) if county is None else NOTHING_SAID
        return Told(self._module.name, indicator, now, before, said, withheld, withheld_before)

    def every(self, indicators: Iterable[Indicator] | None = None) -> tuple[Told, ...]:
        """The figures in the order of their declaration."""
        return tuple(self.told(one) for one in (self._module.indicators if indicators is None else indicators))

    def counties(self, indicator: Indicator) -> tuple[tuple[str, Told], ...]:
        """A figure of each county that has rows of it, or had a year before."""
        codes = self._counter.counties(indicator.figure, self._period)
        codes |= self._counter.counties(indicator.figure, self._before)
        return tuple((code, self.told(indicator, code)) for code in sorted(codes))


def chapters(connection: Connection, home_id: HomeId, modules: Iterable[Module], period: Period) -> Chapters:
    """The figures of modules in the chapters of the bureau's report; a chapter without figures is not there."""
    found: dict[Chapter, tuple[Part, ...]] = {}
    counted = [(module, Figures(connection, home_id, module, period)) for module in modules]
    for chapter in Chapter:
        for module, figures in counted:
            of = figures.every(one for one in module.indicators if one.chapter is chapter)
            if of:
                found[chapter] = (*found.get(chapter, ()), Part(module.name, module.label, of))
    return found
