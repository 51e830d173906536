"""Rows as they stood at the end of a local day: what changed since, as its history has it (decision 0036)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    FunctionElement,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.compiler import compiles

from cardsvc.core.records import Column, Kind, Record, Value, Wrong
from cardsvc.naming.cells import read
from cardsvc.rows.days import closes, within
from cardsvc.rows.keeping import Kept, Where, sliced
from cardsvc.rows.tables import Day, Words, blind
from cardsvc.store import tables as t
from cardsvc.store.aside import value_aside
from cardsvc.store.tables.kinds import Moment

COUNTY = "county"


@dataclass(frozen=True, slots=True)
class Some:
    """Some rows of a record: where they are read from, which they are, and what each had in a column, by its name.

    A secret's column is its blind index.
    """

    source: FromClause
    which: tuple[ColumnElement[bool], ...]
    c: Mapping[str, ColumnElement[Any]]


def now(where: Where) -> Some:
    """All rows of a record as they are."""
    c = where.table.c
    by = {one.name: c[blind(one.name) if one.secret else one.name] for one in where.record.columns}
    return Some(where.table, (c.home_id == where.home_id,), {**{one.name: one for one in c}, **by})


def stood(where: Where, names: Iterable[str], day: date, met: bool = False) -> tuple[Some, Some]:
    """All rows as they stood in these columns and in their county: those that did not change since, those that did.

    `met`: who reads them stops after some, so each is asked whether it changed when it is met.
    """
    names = _with_county(names)
    present, since = now(where), changed(where, names, day)
    values = dict(present.c)
    for name in names:
        values |= dict.fromkeys((name, present.c[name].name), _then_of(where, name, present, day))
    c, other = where.table.c, since.add_columns(t.module_history.c.home_id).distinct().subquery("since")
    # By nothing else than these are the others found: SQLite would rather meet all rows of the home.
    own = and_(other.c.home_id == c.home_id, other.c.row_id == c.id)
    did_not = ~has_changed_since(where, names, day) if met else c.id.not_in(since)
    return (
        Some(present.source, (*present.which, did_not), present.c),
        Some(present.source.join(other, own), (), values),
    )


def has_changed(connection: Connection, where: Where, names: Iterable[str], day: date) -> bool:
    """Whether any row changed in these columns, or in its county, after a day: else all stood as they are."""
    return connection.execute(changed(where, _with_county(names), day).limit(1)).first() is not None


def changed(where: Where, names: Iterable[str], day: date) -> Select[tuple[str]]:
    """The ids of the rows that changed in these columns after a day: no other line is looked at."""
    h = t.module_history.c
    return select(h.row_id).where(*_of(where), h.field.in_([*names]), h.day > day.isoformat())


def has_changed_since(where: Where, names: Iterable[str], day: date) -> ColumnElement[bool]:
    """That a row which is met changed in these columns, or in its county, after a day: found by the row's few lines."""
    return _changed_since(where, _with_county(names), day)


def _with_county(names: Iterable[str]) -> list[str]:
    return [COUNTY, *sorted({*names} - {COUNTY})]


def _of(where: Where) -> tuple[ColumnElement[bool], ...]:
    h = t.module_history.c
    return h.home_id == where.home_id, h.module == where.module, h.record == where.record.name


def _lines(where: Where, asked: ColumnElement[Any], names: Iterable[str]) -> Select[Any]:
    """What the lines of a row that is met say of columns; found by the row, which has few."""
    h, c = t.module_history.c, where.table.c
    own = (*_of(where), h.row_id == c.id, value_aside(h.field).in_([*names]))
    return select(asked).where(*own).correlate(where.table).limit(1)


def one_changed_since(where: Where, name: str, day: date) -> ColumnElement[bool]:
    """That a row which is met changed in this column after a day."""
    return _changed_since(where, [name], day)


def _changed_since(where: Where, names: Iterable[str], day: date) -> ColumnElement[bool]:
    h = t.module_history.c
    since = value_aside(h.day) > day.isoformat()
    # The version stands in the table's key and not in the index by day, which SQLite would take for it.
    return _lines(where, h.version, names).where(since).scalar_subquery().is_not(None)


def _then_of(where: Where, name: str, present: Some, day: date) -> ColumnElement[Any]:
    """What a row had in a column: by the last line that holds since the day or before, else what was there first."""
    h = t.module_history.c
    by_then = h.day <= day.isoformat()
    order = (case((by_then, 0), else_=1), case((by_then, -h.version), else_=h.version))
    text = _lines(where, case((by_then, h.after), else_=h.before), [name]).order_by(*order).scalar_subquery()
    return case((one_changed_since(where, name, day), _typed(where.record, name, text, present)), else_=present.c[name])


def _typed(record: Record, name: str, text: ColumnElement[Any], present: Some) -> ColumnElement[Any]:
    """A text of the history as the column has its values.

    History does not have a secret's number. Whether there was one it has; which, is told by the one that is there now.
    """
    if name == COUNTY:
        return text
    column = record.column(name)
    if column.secret:
        return case((text.is_not(None), func.coalesce(present.c[name], present.c["id"])))
    match column.kind:
        case Kind.NUMBER:
            return cast(text, BigInteger)
        case Kind.MONEY:
            return cast(func.replace(text, ".", ""), BigInteger)
        case Kind.YES_NO:
            return text == "yes"
        case Kind.DATE:
            return type_coerce(text, Day)
        case Kind.MOMENT:
            return _Instant(text)
        case _:
            return _Words(text)


class _Instant(FunctionElement[datetime]):
    """A moment that was written with its zone, to the second."""

    type = Moment()
    inherit_cache = True


class _Words(FunctionElement[str]):
    """A text in the order of its characters' codes, as `tables.Words`."""

    type = Words()
    inherit_cache = True


@compiles(_Instant)
def _instant(element: _Instant, compiler: Any, **how: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **how)} AS TIMESTAMP WITH TIME ZONE)"


@compiles(_Instant, "sqlite")
def _instant_of_sqlite(element: _Instant, compiler: Any, **how: Any) -> str:
    return f"strftime('%Y-%m-%dT%H:%M:%S.000000+00:00', {compiler.process(element.clauses, **how)})"


@compiles(_Words)
def _words(element: _Words, compiler: Any, **how: Any) -> str:
    return f'({compiler.process(element.clauses, **how)} COLLATE "C")'


@compiles(_Words, "sqlite")
def _words_of_sqlite(element: _Words, compiler: Any, **how: Any) -> str:
    said: str = compiler.process(element.clauses, **how)
    return said


def stands(record: Record, some: Some, day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That a row stood at the end of a day; and that nobody can say so, as it has no day and its file tells of a later.

    A row without a day stands since the one that its file tells of, else since it was made.
    """
    by, file = some.c[record.dated], some.c["known_on"]
    come = and_(*within(record, by, None, day))
    if record.column(record.dated).needed:
        return come, false()
    known = case((file.is_not(None), file <= day), else_=some.c["made_at"] < closes(day))
    return or_(come, and_(by.is_(None), known)), and_(by.is_(None), file.is_not(None), file > day)


def rows_then(connection: Connection, where: Where, rows: Iterable[Kept], day: date) -> list[Kept]:
    """Rows with the values and the county that they had at the end of a day.

    Secrets are those of now; a row that is another county's now shows none.
    """
    rows, h = list(rows), t.module_history.c
    was: dict[str, dict[str, str | None]] = {}
    for some in sliced(one.id for one in rows):
        asked = select(h.row_id, h.field, h.before, h.after, h.day).where(*_of(where), h.row_id.in_(some))
        by_then: set[tuple[str, str]] = set()
        for line in connection.execute(asked.order_by(h.version)):
            found = was.setdefault(line.row_id, {})
            if line.day <= day.isoformat():
                found[line.field] = line.after
                by_then.add((line.row_id, line.field))
            elif (line.row_id, line.field) not in by_then:
                found.setdefault(line.field, line.before)
    return [_then(where.record, one, was.get(one.id, {})) for one in rows]


def _then(record: Record, row: Kept, was: Mapping[str, str | None]) -> Kept:
    found = {one.name: _value(one, was[one.name]) for one in record.columns if one.name in was and not one.secret}
    county = was.get(COUNTY) or row.county
    now_in = row.county if county != row.county else ""
    hidden = {one.name: None for one in record.columns if one.secret and now_in}
    return replace(row, county=county, now_in=now_in, values={**row.values, **found, **hidden})


def _value(column: Column, text: str | None) -> Value:
    found = read(column, text) if text is not None else None
    return text if isinstance(found, Wrong) else found
