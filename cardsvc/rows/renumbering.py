"""Numbers that rows had before they were corrected: what names a row by one of them, such as a bill, still means it."""

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, or_, select

from cardsvc.core.ids import HomeId
from cardsvc.core.records import Kind, Record
from cardsvc.modules import Module
from cardsvc.naming.cells import UNHELD
from cardsvc.rows.keeping import Kept, Where, find_all, sliced
from cardsvc.rows.tables import blind
from cardsvc.store import tables as t

LINKING = 50
"""The most rows of a record that are looked at as leading to one that has a number: a household's members."""


def names(connection: Connection, where: Where, rows: Mapping[str, Kept]) -> set[str]:
    """By which numbers rows, by their ids, can be named: by those that they have, and by those that they had."""
    unique, h = _unique(where.record), t.module_history.c
    found = {row.values[name] for row in rows.values() for name in unique}
    for some in sliced(rows):
        asked = select(h.before).where(*_own(where), h.row_id.in_(some))
        found |= set(connection.execute(asked).scalars())
    return {str(one) for one in found if one is not None}


def renumbered(connection: Connection, where: Where, number: str, county: str | None = None) -> list[Kept]:
    """The rows of a county, None for all, that had a number before they were given another."""
    unique, h = _unique(where.record), t.module_history.c
    if not unique or UNHELD.search(number):
        return []
    ids = connection.execute(select(h.row_id).where(*_own(where), h.before == number).distinct()).scalars()
    rows = find_all(connection, where, ids)
    others = [one for one in rows if number not in {one.values[name] for name in unique}]
    return [one for one in others if county in (None, one.county)]


def formerly(connection: Connection, home_id: HomeId, module: Module, number: str) -> set[str]:
    """The numbers that the rows had before of which a module says this number."""
    found: set[str] = set()
    for record in module.records:
        where = Where(home_id, module.name, record)
        if rows := _numbered(connection, where, number):
            found |= names(connection, where, rows)
    return found - {number}


def people(connection: Connection, home_id: HomeId, module: Module, number: str) -> tuple[set[str], set[str]]:
    """Whom the rows are about that have a number or had it, as ID numbers' blind indexes, and all their numbers.

    About whom a row is that leads to one of them, so is that one: a household is of its members.
    """
    about, numbers = set[str](), set[str]()
    for record in module.records:
        where = Where(home_id, module.name, record)
        rows = _numbered(connection, where, number)
        rows |= {one.id: one for one in renumbered(connection, where, number)}
        if rows:
            numbers |= names(connection, where, rows)
            about |= _about(connection, where, module, rows)
    return about, numbers


def _about(connection: Connection, where: Where, module: Module, ids: Iterable[str]) -> set[str]:
    found, ids = set[str](), list(ids)
    for record in module.records:
        to = Where(where.home_id, where.module, record)
        c, leads = to.table.c, [one.name for one in record.columns if one.of == where.record.name]
        own = [c.id.in_(ids)] if record.name == where.record.name else []
        for column in record.columns:
            if column.kind is Kind.ID_NO and (own or leads):
                led = or_(*own, *(c[one].in_(ids) for one in leads))
                asked = select(c[blind(column.name)]).where(c.home_id == where.home_id, led).distinct().limit(LINKING)
                found |= {str(one) for one in connection.execute(asked).scalars() if one is not None}
    return found


def _numbered(connection: Connection, where: Where, number: str) -> dict[str, Kept]:
    """The rows that have a number, by their ids."""
    c, found = where.table.c, dict[str, Kept]()
    for name in _unique(where.record) if not UNHELD.search(number) else ():
        ids = connection.execute(select(c.id).where(c.home_id == where.home_id, c[name] == number)).scalars()
        found |= {one.id: one for one in find_all(connection, where, ids)}
    return found


def _unique(record: Record) -> list[str]:
    return [one.name for one in record.columns if one.unique and one.kind is Kind.TEXT]


def _own(where: Where) -> tuple[ColumnElement[bool], ...]:
    h = t.module_history.c
    same = (h.home_id == where.home_id, h.module == where.module, h.record == where.record.name)
    return *same, h.field.in_(_unique(where.record))
