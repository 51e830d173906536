"""Figures counted from rows: exact, for a period, of the whole city or a county, rounded as their declaration says."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Connection, Select, distinct, false, func, literal, or_, select, union_all

from cardsvc.core.figures import EMPTY, FILLED, Asked, Count, Counted, Growth, Mean, Per, Sum, When
from cardsvc.core.ids import HomeId
from cardsvc.core.indicated import Number
from cardsvc.core.records import Column, Value
from cardsvc.core.reporting import Period, year_before
from cardsvc.modules import Module
from cardsvc.naming.cells import written
from cardsvc.rows import as_of
from cardsvc.rows.as_of import Some
from cardsvc.rows.days import within
from cardsvc.rows.keeping import Where

Leaf = Count | Sum


class Counter:
    """Counts the figures of a home's module at one moment; what several figures share is counted once.

    With `only`, nothing of another county is counted.
    """

    def __init__(self, connection: Connection, home_id: HomeId, module: Module, only: str | None = None) -> None:
        self._connection, self._home_id, self._module, self._only = connection, home_id, module, only
        self._counted: dict[str, Mapping[str | None, int | None]] = {}
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
                counted = self._by_county(figure, period).get(county, 0)
                return Fraction(counted) if counted is not None else None
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

    def _by_county(self, leaf: Leaf, period: Period) -> Mapping[str | None, int | None]:
        """What each county has, and under None all of them together; None where it cannot be known."""
        where = tuple(sorted((name, repr(value)) for name, value in leaf.where.items()))
        of = leaf.distinct if isinstance(leaf, Count) else (leaf.column, leaf.largest)
        key = repr((type(leaf).__name__, leaf.record, of, leaf.when, where, period))
        if key not in self._counted:
            self._counted[key] = self._count(leaf, period)
        return self._counted[key]

    def _count(self, leaf: Leaf, period: Period) -> Mapping[str | None, int | None]:
        record = self._module.record(leaf.record)
        where = Where(self._home_id, self._module.name, record)
        of = leaf.column if isinstance(leaf, Sum) else leaf.distinct
        parts: Sequence[Some] = (as_of.now(where),)
        if leaf.when is When.BY_THEN:
            names = {*leaf.where, record.dated, *((of,) if of else ())}
            if as_of.has_changed(self._connection, where, names, period.last):
                parts = as_of.stood(where, names, period.last)
        rows = union_all(*(self._rows(where, one, leaf, of, period) for one in parts)).subquery("counted")
        number: ColumnElement[Any] = func.count()
        if isinstance(leaf, Sum):
            number = func.max(rows.c.value) if leaf.largest else func.sum(rows.c.value)
        elif leaf.distinct:
            number = func.count(distinct(rows.c.value))
        asked = select(rows.c.county, rows.c.unknown, number).group_by(rows.c.county, rows.c.unknown)
        counted = self._connection.execute(asked).all()
        found: dict[str | None, int | None] = {county: int(one or 0) for county, unknown, one in counted if not unknown}
        asking = {county for county, unknown, _ in counted if unknown}
        begun = self._begun(where, parts, period.last) if asking else set()
        nothing: dict[str | None, int | None] = dict.fromkeys(asking - begun - found.keys())
        nothing |= {None: None} if asking and not begun and not found else {}
        found[None] = sum(one for one in found.values() if one is not None)
        if isinstance(leaf, Count) and leaf.distinct:  # two counties may have the same value
            found[None] = self._connection.execute(select(number).where(~rows.c.unknown)).scalar_one()
        return found | nothing

    def _rows(self, where: Where, some: Some, leaf: Leaf, of: str, period: Period) -> Select[Any]:
        """The rows to be counted, with what is counted of each; and those of which nobody can say whether they are."""
        c: Mapping[str, ColumnElement[Any]] = some.c
        unknown: ColumnElement[bool] = false()
        if leaf.when is When.WITHIN:
            which = list(within(where.record, c[where.record.dated], period.first, period.last))
        else:
            stands, unknown = as_of.stands(where.record, some, period.last)
            which = [or_(stands, unknown)]
        which += [c["county"] == self._only] if self._only is not None else []
        columns = (c["county"].label("county"), unknown.label("unknown"), (c[of] if of else literal(1)).label("value"))
        return select(*columns).select_from(some.source).where(*some.which, *_having(c, leaf), *which)

    def _begun(self, where: Where, parts: Sequence[Some], day: date) -> set[str]:
        """The counties of which rows without a day were known at the end of a day already."""
        found: set[str] = set()
        for one in parts:
            stands, _ = as_of.stands(where.record, one, day)
            which = [*one.which, one.c[where.record.dated].is_(None), stands]
            which += [one.c["county"] == self._only] if self._only is not None else []
            asked = select(one.c["county"]).distinct().select_from(one.source).where(*which)
            found |= set(self._connection.execute(asked).scalars())
        return found


def rounded(exact: Fraction, decimals: int) -> Decimal:
    """Half up, away from zero."""
    scaled = abs(exact) * 10**decimals + Fraction(1, 2)
    whole = scaled.numerator // scaled.denominator
    return Decimal(whole if exact >= 0 else -whole).scaleb(-decimals)


def _having(c: Mapping[str, ColumnElement[Any]], leaf: Leaf) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, value in leaf.where.items():
        if value == FILLED:
            found.append(c[name].is_not(None))
        elif value is None:
            found.append(c[name].is_(None))
        else:
            found.append(c[name].in_(value) if isinstance(value, tuple) else c[name] == value)
    return found


def rows_address(module: Module, leaf: Leaf, period: Period, county: str | None = None) -> str:
    """The list of the rows that are counted, as an address of the console."""
    record = module.record(leaf.record)
    asked: list[tuple[str, str]] = []
    for name, value in leaf.where.items():
        several: tuple[Value, ...] = value if isinstance(value, tuple) else (value,)
        asked += [(f"f.{name}", _filter(record.column(name), one)) for one in several]
    if county is not None:
        asked.append(("county", county))
    if leaf.when is When.WITHIN:
        asked += [("from", period.first.isoformat()), ("to", period.last.isoformat())]
    else:
        asked.append(("as_of", period.last.isoformat()))
    return f"/office/modules/{module.name}/{record.name}?{urlencode(asked)}"


def _filter(column: Column, value: Value) -> str:
    """A value as the list's address has it."""
    if value is None:
        return EMPTY
    return FILLED if value == FILLED else written(column, value)
