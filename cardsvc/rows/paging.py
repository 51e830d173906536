"""A page of a record's list: filtered, sorted, searched, by keyset: page 20,000 costs what the first one does."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Select, and_, func, or_, select

from cardsvc.core.records import Record
from cardsvc.naming.cells import UNHELD
from cardsvc.rows.as_of import rows_then
from cardsvc.rows.keeping import Kept, Where, kept
from cardsvc.rows.matching import Wanted, matched, ordered
from cardsvc.store.aside import value_aside
from cardsvc.vault.vault import Vault

PAGE = 50
COUNTED = 10_000
"""Lists count to here; beyond it says 10,000+."""


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
    matching, few = ordered(connection, vault, where, wanted)
    sort = wanted.sort if wanted.sort in sorts(where.record) else ""
    cursor = _cursor(connection, where, sort, wanted)
    forward = not (wanted.back and cursor is not None)
    descending = (wanted.down if sort else not wanted.down) is forward
    found: list[Kept] = []
    for part in _parts(sort, cursor, forward):
        left = size + 1 - len(found)
        if left > 0:
            asked = _asked(where, sort, part, descending, cursor if part is _part(sort, cursor) else None, few)
            found += [kept(where.record, row) for row in connection.execute(asked.where(*matching).limit(left))]
    more, found = len(found) > size, found[:size]
    if not forward:
        found.reverse()
    ends = [found[0].id, found[-1].id] if found else ["", ""]
    before, after = (cursor is not None, more) if forward else (more, True)
    ids = select(where.table.c.id).where(*matching) if few else matched(vault, where, wanted)
    count = counted(connection, ids)
    rows = _shown(connection, where, wanted, found)
    return Page(tuple(rows), ends[0] if before else "", ends[1] if after else "", count)


def _shown(connection: Connection, where: Where, wanted: Wanted, rows: list[Kept]) -> list[Kept]:
    """Rows with the values that a list shows: those of the day that it is of."""
    return rows if wanted.as_of is None else rows_then(connection, where, rows, wanted.as_of)


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


def _asked(where: Where, sort: str, part: _Part, descending: bool, cursor: list[Any] | None, few: bool) -> Select[Any]:
    """The rows of a part beyond a cursor that stands in it; a few are sorted, more are met in an index's order."""
    c = where.table.c
    keys: list[ColumnElement[Any]] = [c.id]
    ends = cursor[-1:] if cursor is not None else None
    asked = select(where.table)
    if part is _Part.WITH:
        keys, ends = [c[sort], c.id], cursor
        asked = asked.where((value_aside(c[sort]) if few else c[sort]).is_not(None))
    elif part is _Part.WITHOUT:
        asked = asked.where((value_aside(c[sort]) if few else c[sort]).is_(None))
    if few:
        keys = [value_aside(one) for one in keys]
    if ends is not None:
        asked = asked.where(_beyond(keys, ends, descending))
    return asked.order_by(*(one.desc() if descending else one.asc() for one in keys))


def counted(connection: Connection, ids: Select[Any] | CompoundSelect[Any]) -> int:
    """How many there are, up to `COUNTED` + 1."""
    some = ids.limit(COUNTED + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def more_than(connection: Connection, vault: Vault, where: Where, wanted: Wanted, most: int) -> bool:
    """Whether more rows match than this."""
    c = where.table.c
    matching, _ = ordered(connection, vault, where, wanted)
    asked = select(c.id).where(*matching).offset(most).limit(1)
    return connection.execute(asked).first() is not None


def every(connection: Connection, vault: Vault, where: Where, wanted: Wanted, most: int) -> Iterator[Kept]:
    """All rows that a list shows, in the order of their ids, `most` at a time in memory."""
    c, after = where.table.c, ""
    matching, few = ordered(connection, vault, where, wanted)
    row_id = value_aside(c.id) if few else c.id
    while True:
        asked: Select[Any] = select(where.table).where(*matching, row_id > after).order_by(row_id).limit(most)
        rows = [kept(where.record, row) for row in connection.execute(asked)]
        yield from _shown(connection, where, wanted, rows)
        if len(rows) < most:
            return
        after = rows[-1].id


def _beyond(keys: list[Any], cursor: list[Any], descending: bool) -> ColumnElement[bool]:
    first = and_(keys[0] < cursor[0] if descending else keys[0] > cursor[0])
    if len(keys) == 1:
        return first
    second = keys[1] < cursor[1] if descending else keys[1] > cursor[1]
    reached = keys[0] <= cursor[0] if descending else keys[0] >= cursor[0]
    return and_(reached, or_(first, second))


def _cursor(connection: Connection, where: Where, sort: str, wanted: Wanted) -> list[Any] | None:
    """Where a list goes on: beyond a row, by what it has there; None from the beginning, also where no row is meant.

    An address says the row's id alone: what a list is sorted by may be somebody's name. What another county's row has
    is nobody's to find so; a list of a day has rows that are another's by now.
    """
    row_id, county = wanted.after, wanted.county if wanted.as_of is None else None
    if not row_id or UNHELD.search(row_id):
        return None
    if not sort:
        return [row_id]
    c = where.table.c
    row = connection.execute(select(c[sort], c.county).where(c.home_id == where.home_id, c.id == row_id)).first()
    return [row[0], row_id] if row is not None and county in (None, row.county) else None
