"""A page of a record's list: filtered, sorted, searched, by keyset: page 20,000 costs what the first one does."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from cardsvc.core.figures import EMPTY, FILLED
from cardsvc.core.local_time import CHINA
from cardsvc.core.records import Column, Kind, Record, Value, Wrong
from cardsvc.naming.cells import read
from cardsvc.rows.keeping import Kept, Where, index_of, kept
from cardsvc.rows.tables import blind
from cardsvc.vault.vault import Vault

PAGE = 50
INDEX = re.compile(r"[0-9a-f]{32}")
"""A secret as an address may say it: by its blind index."""
COUNTED = 10_000
"""Lists count to here; beyond it says 10,000+."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows.

    `only` are values by column, FILLED for any, EMPTY for none; `first` and `last` bound the record's dated column;
    `undated`: rows without a day too. `after` is the cursor of the page before, `back` turns: the page that ends before
    it. `sort` is a column, "" the newest first.
    """

    county: str | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    first: date | None = None
    last: date | None = None
    undated: bool = False
    sort: str = ""
    down: bool = False
    after: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in order, the cursors of the pages around, and how many there are (up to `COUNTED` + 1)."""

    rows: tuple[Kept, ...]
    before: str
    after: str
    count: int


def sorts(record: Record) -> tuple[str, ...]:
    """The columns by which a list can be sorted."""
    return tuple(one.name for one in record.columns if one.sorted or one.name == record.dated)


def page(connection: Connection, vault: Vault, where: Where, wanted: Wanted, size: int = PAGE) -> Page:
    """A page of the list. What is asked for and not declared (an unknown sort, a broken cursor) is not done."""
    matching = list(conditions(vault, where, wanted))
    sort = wanted.sort if wanted.sort in sorts(where.record) else ""
    cursor = _cursor(where.record, sort, wanted.after)
    forward = not (wanted.back and cursor is not None)
    descending = (wanted.down if sort else not wanted.down) is forward
    found: list[Kept] = []
    for part in _parts(sort, cursor, forward):
        left = size + 1 - len(found)
        if left > 0:
            asked = _asked(where, sort, part, descending, cursor if part is _part(sort, cursor) else None)
            rows = connection.execute(asked.where(*matching).limit(left))
            found += [kept(where.record, row) for row in rows]
    more, found = len(found) > size, found[:size]
    if not forward:
        found.reverse()
    ends = [_mark(one, sort) for one in (found[0], found[-1])] if found else ["", ""]
    before, after = (cursor is not None, more) if forward else (more, True)
    return Page(tuple(found), ends[0] if before else "", ends[1] if after else "", counted(connection, where, matching))


class _Part(Enum):
    """Rows that have the value that a list is sorted by, in its order; then those that have none, by their ids."""

    ALL = auto()
    WITH = auto()
    WITHOUT = auto()


def _part(sort: str, cursor: list[Any] | None) -> _Part | None:
    """The part in which a cursor stands."""
    if cursor is None:
        return None
    return (_Part.WITH if cursor[0] is not None else _Part.WITHOUT) if sort else _Part.ALL


def _parts(sort: str, cursor: list[Any] | None, forward: bool) -> list[_Part]:
    """The parts from the cursor on, in the direction in which the list is read."""
    if not sort:
        return [_Part.ALL]
    parts = [_Part.WITH, _Part.WITHOUT] if forward else [_Part.WITHOUT, _Part.WITH]
    stands = _part(sort, cursor)
    return parts[parts.index(stands) :] if stands is not None else parts


def _asked(where: Where, sort: str, part: _Part, descending: bool, cursor: list[Any] | None) -> Select[Any]:
    """The rows of a part beyond a cursor that stands in it."""
    c = where.table.c
    keys, ends = [c.id], cursor[-1:] if cursor is not None else None
    asked = select(where.table)
    if part is _Part.WITH:
        keys, ends = [c[sort], c.id], cursor
        asked = asked.where(c[sort].is_not(None))
    elif part is _Part.WITHOUT:
        asked = asked.where(c[sort].is_(None))
    if ends is not None:
        asked = asked.where(_beyond(keys, ends, descending))
    return asked.order_by(*(one.desc() if descending else one.asc() for one in keys))


def counted(connection: Connection, where: Where, matching: Iterable[ColumnElement[bool]]) -> int:
    """How many rows match, up to `COUNTED` + 1."""
    some = select(where.table.c.id).where(*matching).limit(COUNTED + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def every(connection: Connection, vault: Vault, where: Where, wanted: Wanted, most: int) -> Iterator[Kept]:
    """All rows that a list shows, in the order of their ids, `most` at a time in memory."""
    c, after = where.table.c, ""
    matching = list(conditions(vault, where, wanted))
    while True:
        asked: Select[Any] = select(where.table).where(*matching, c.id > after).order_by(c.id).limit(most)
        rows = [kept(where.record, row) for row in connection.execute(asked)]
        yield from rows
        if len(rows) < most:
            return
        after = rows[-1].id


def conditions(vault: Vault, where: Where, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What the rows of a list have."""
    c, record = where.table.c, where.record
    yield c.home_id == where.home_id
    if wanted.county is not None:
        yield c.county == wanted.county
    for name, said in wanted.only.items():
        column = record.column(name)
        by = c[blind(name) if column.secret else name]
        if FILLED in said:
            yield by.is_not(None)
            continue
        if EMPTY in said:
            yield by.is_(None)
            continue
        values = [value for one in said if not isinstance(value := _value(column, one), Wrong)]
        indexes = [one for one in said if INDEX.fullmatch(one)] if column.secret else []
        yield by.in_([*indexes, *(index_of(vault, column, str(one)) for one in values)] if column.secret else values)
    if record.dated and (wanted.first or wanted.last):
        bounds = and_(*within(record, c[record.dated], wanted.first, wanted.last))
        yield or_(bounds, c[record.dated].is_(None)) if wanted.undated else bounds
    if wanted.text:
        yield or_(*_found_by(vault, where, wanted.text))


def within(
    record: Record, by: ColumnElement[Any], first: date | None, last: date | None
) -> Iterator[ColumnElement[bool]]:
    """That the dated column lies within local days, both included."""
    moments = record.column(record.dated).kind is Kind.MOMENT
    if first is not None:
        yield by >= (_midnight(first) if moments else first)
    if last is not None:
        yield by < _midnight(date.fromordinal(last.toordinal() + 1)) if moments else by <= last


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def _value(column: Column, said: str) -> Value | Wrong:
    return said if column.kind is Kind.LINK else read(column, said)


def asked_for(vault: Vault, record: Record, text: str) -> tuple[str, str]:
    """What an address says of a text that somebody typed to find: a filter's name and value.

    A text that reads as a searched secret is said by its blind index: no number of anybody stands in an address.
    """
    for column in record.columns:
        if column.searched and column.secret:
            value = read(column, text)
            if isinstance(value, str) and not isinstance(value, Wrong):
                return f"f.{column.name}", index_of(vault, column, value)
    return "q", text


def _found_by(vault: Vault, where: Where, text: str) -> Iterator[ColumnElement[bool]]:
    """By the beginning of a searched text, by the whole of a searched secret."""
    c = where.table.c
    for column in where.record.columns:
        if not column.searched:
            continue
        if column.secret:
            value = read(column, text)
            if isinstance(value, str) and not isinstance(value, Wrong):
                yield c[blind(column.name)] == index_of(vault, column, value)
        else:
            yield and_(c[column.name] >= text, c[column.name] < f"{text}\U0010ffff")
    yield c.id == text


def _beyond(keys: list[Any], cursor: list[Any], descending: bool) -> ColumnElement[bool]:
    first = and_(keys[0] < cursor[0] if descending else keys[0] > cursor[0])
    if len(keys) == 1:
        return first
    second = keys[1] < cursor[1] if descending else keys[1] > cursor[1]
    reached = keys[0] <= cursor[0] if descending else keys[0] >= cursor[0]
    return and_(reached, or_(first, second))


def _mark(row: Kept, sort: str) -> str:
    value = row.values[sort] if sort else None
    return json.dumps([value.isoformat() if isinstance(value, date) else value, row.id] if sort else [row.id])


def _cursor(record: Record, sort: str, text: str) -> list[Any] | None:
    """What a cursor says: the sort column's value and the id; None for none, and for one that says nothing of it."""
    try:
        said = json.loads(text) if text else None
    except ValueError:
        return None
    if not isinstance(said, list) or len(said) != (2 if sort else 1) or not isinstance(said[-1], str):
        return None
    if not sort:
        return said
    kind = record.column(sort).kind
    if said[0] is None:
        return said
    try:
        match kind:
            case Kind.DATE:
                return [date.fromisoformat(said[0]), said[1]]
            case Kind.MOMENT:
                return [datetime.fromisoformat(said[0]), said[1]]
            case Kind.NUMBER | Kind.MONEY | Kind.YES_NO:
                return said if isinstance(said[0], int) else None
            case _:
                return said if isinstance(said[0], str) else None
    except (TypeError, ValueError):
        return None
