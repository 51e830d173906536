"""Figures counted from rows: exact, for a period, of the whole city or a county, rounded as their declaration says."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, distinct, func, or_, select

from cardsvc.core.figures import EMPTY, FILLED, Asked, Count, Counted, Growth, Mean, Per, Sum, When
from cardsvc.core.ids import HomeId
from cardsvc.core.indicated import Number
from cardsvc.core.records import Column, Record, Value
from cardsvc.core.reporting import Period, year_before
from cardsvc.modules import Module
from cardsvc.naming.cells import written
from cardsvc.rows.matching import within
from cardsvc.rows.tables import blind, table_of

Leaf = Count | Sum
UNDATED = "undated"
"""In a list's address: rows without a day are shown too."""


class Counter:
    """Counts the figures of a home's module at one moment; what several figures share is counted once.

    With `only`, nothing of another county is counted.
    """

    def __init__(self, connection: Connection, home_id: HomeId, module: Module, only: str | None = None) -> None:
        self._connection, self._home_id, self._module, self._only = connection, home_id, module, only
        self._counted: dict[str, Mapping[str | None, int]] = {}
        self._asked: dict[tuple[Any, ...], Mapping[str, Any]] = {}

    def value(self, figure: Counted, period: Period, county: str | None = None) -> Number:
        """A figure of a county, None for all; none where it cannot be."""
        exact = self._exact(figure, period, county)
        if exact is None:
            return None
        match figure:
            case Per(decimals=decimals) | Mean(decimals=decimals) | Growth(decimals=decimals):
                return rounded(exact, decimals)
            case _:
                return int(exact) if exact.denominator == 1 else Decimal(exact.numerator) / exact.denominator

    def counties(self, figure: Counted, period: Period) -> set[str]:
        """The counties of which there are rows."""
        match figure:
            case Count() | Sum():
                return {one for one in self._by_county(figure, period) if one is not None}
            case Per(part=part, whole=whole):
                return self.counties(part, period) | self.counties(whole, period)
            case Mean(of=of):
                return {county for one in of for county in self.counties(one, period)}
            case Growth(of=one):
                return self.counties(one, period)
            case Asked():
                return set()

    def _exact(self, figure: Counted, period: Period, county: str | None) -> Fraction | None:
        match figure:
            case Count() | Sum():
                return Fraction(self._by_county(figure, period).get(county, 0))
            case Per(part=above_, whole=whole, times=times):
                above, below = self._exact(above_, period, county), self._exact(whole, period, county)
                return above * times / below if above is not None and below else None
            case Mean(of=of):
                found = [self._exact(one, period, county) for one in of]
                known = [one for one in found if one is not None]
                return sum(known, Fraction(0)) / len(known) if known and len(known) == len(found) else None
            case Growth(of=one, times=times):
                now, then = self._exact(one, period, county), self._exact(one, year_before(period), county)
                return now * times / then if now is not None and then else None
            case Asked(ask=ask, part=part):
                asked = (ask, period, county or self._only)
                if asked not in self._asked:
                    self._asked[asked] = ask(self._connection, self._home_id, period, county or self._only)
                number = self._asked[asked].get(part)
                return Fraction(number) if number is not None else None

    def _by_county(self, leaf: Leaf, period: Period) -> Mapping[str | None, int]:
        """What each county has, and under None all of them together."""
        where = tuple(sorted((name, repr(value)) for name, value in leaf.where.items()))
        of = leaf.distinct if isinstance(leaf, Count) else (leaf.column, leaf.largest)
        key = repr((type(leaf).__name__, leaf.record, of, leaf.when, where, period))
        if key not in self._counted:
            self._counted[key] = self._count(leaf, period)
        return self._counted[key]

    def _count(self, leaf: Leaf, period: Period) -> Mapping[str | None, int]:
        record = self._module.record(leaf.record)
        c = table_of(self._module.name, record).c
        where = [c.home_id == self._home_id, *_having(record, c, leaf), *_when(record, c, leaf.when, period)]
        if self._only is not None:
            where.append(c.county == self._only)
        number: ColumnElement[Any] = func.count()
        if isinstance(leaf, Sum):
            number = func.max(c[leaf.column]) if leaf.largest else func.sum(c[leaf.column])
        elif leaf.distinct:
            number = func.count(distinct(_column(record, c, leaf.distinct)))
        rows = self._connection.execute(select(c.county, number).where(*where).group_by(c.county)).all()
        found: dict[str | None, int] = {county: int(counted or 0) for county, counted in rows}
        found[None] = sum(found.values())
        if isinstance(leaf, Count) and leaf.distinct:  # two counties may have the same value
            found[None] = self._connection.execute(select(number).where(*where)).scalar_one()
        return found


def rounded(exact: Fraction, decimals: int) -> Decimal:
    """Half up, away from zero."""
    scaled = abs(exact) * 10**decimals + Fraction(1, 2)
    whole = scaled.numerator // scaled.denominator
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals)


def _column(record: Record, c: Any, name: str) -> ColumnElement[Any]:
    by: ColumnElement[Any] = c[blind(name) if record.column(name).secret else name]
    return by


def _having(record: Record, c: Any, leaf: Leaf) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, value in leaf.where.items():
        by = _column(record, c, name)
        if value == FILLED:
            found.append(by.is_not(None))
        elif value is None:
            found.append(by.is_(None))
        else:
            found.append(by.in_(value) if isinstance(value, tuple) else by == value)
    return found


def _when(record: Record, c: Any, when: When, period: Period) -> list[ColumnElement[bool]]:
    by = c[record.dated]
    if when is When.WITHIN:
        return list(within(record, by, period.first, period.last))
    return [or_(by.is_(None), *within(record, by, None, period.last))]


def rows_address(module: Module, leaf: Leaf, period: Period, county: str | None = None) -> str:
    """The list of the rows that are counted, as an address of the console."""
    record = module.record(leaf.record)
    asked: list[tuple[str, str]] = []
    for name, value in leaf.where.items():
        several: tuple[Value, ...] = value if isinstance(value, tuple) else (value,)
        asked += [(f"f.{name}", _filter(record.column(name), one)) for one in several]
    if county is not None:
        asked.append(("county", county))
    asked += [("from", period.first.isoformat())] if leaf.when is When.WITHIN else [(UNDATED, "yes")]
    asked.append(("to", period.last.isoformat()))
    return f"/office/modules/{module.name}/{record.name}?{urlencode(asked)}"


def _filter(column: Column, value: Value) -> str:
    """A value as the list's address has it."""
    if value is None:
        return EMPTY
    return FILLED if value == FILLED else written(column, value)
