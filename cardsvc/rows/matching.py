"""What the rows of a list have: filters, a period, a text; and by which of them the database finds them soonest."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from cardsvc.core.figures import EMPTY, FILLED
from cardsvc.core.records import CITY, Column, Kind, Record, Value, Wrong
from cardsvc.naming.cells import UNHELD, number_in, read, written
from cardsvc.rows import as_of
from cardsvc.rows.as_of import Some
from cardsvc.rows.days import within
from cardsvc.rows.keeping import Where, index_of
from cardsvc.rows.tables import blind
from cardsvc.store import tables as t
from cardsvc.store.aside import condition_aside, value_aside
from cardsvc.vault.vault import Vault

INDEX = re.compile(r"[0-9a-f]{32}")
"""A secret as an address may say it, by its blind index; and the id of a row."""
NOTHING = "****"
"""What an address says in place of a number that this list cannot find: no row has it."""
FEW = 2_000
"""So many rows are found by a filter's index and sorted; more are met soon on the way through the list's order."""
TEXT, PERIOD, AS_OF = "text", "period", "as_of"
"""The filter of a text that is looked for; that of the dated column; that by which the rows of a day are found."""
Columns = ReadOnlyColumnCollection[str, SqlColumn[Any]] | Mapping[str, ColumnElement[Any]]
"""The columns of a table by their names, as they are or as they stood."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows.

    `only` are values by column, FILLED for any, EMPTY for none; `first` and `last` bound the record's dated column;
    `as_of`: the rows that stood at the end of that day, by what they had then. `after` is the cursor of the page
    before, `back` turns: the page that ends before it. `sort` is a column, "" the newest first. `links`: the LINK
    columns by which rows are found too, by what is searched in the record that they lead to. `anywhere`: a text that
    stands somewhere in one of the `public` texts; for lists that are short, as no index finds it. `sees`: the only
    county whose rows who asks may see, None for all: no link is found by what another's row says.
    """

    county: str | None = None
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    text: str = ""
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    sort: str = ""
    down: bool = False
    after: str = ""
    back: bool = False
    links: Mapping[str, Where] = field(default_factory=dict)
    anywhere: str = ""
    sees: str | None = None


def matched(vault: Vault, where: Where, wanted: Wanted) -> Select[Any] | CompoundSelect[Any]:
    """The ids of the rows of a list; the database finds them as it likes.

    Those that did not change since its day come first: who counts to a limit hardly looks at the others.
    """
    groups = _groups(vault, where, wanted)
    if wanted.as_of is None:
        return select(where.table.c.id).where(*_base(where.table, where, wanted), *groups.values())
    parts = as_of.stood(where, _names(where, wanted), wanted.as_of, met=True)
    found = ((one, _then(vault, where.record, wanted, wanted.as_of, one)) for one in parts)
    return union_all(
        *(
            select(where.table.c.id)
            .select_from(one.source)
            .where(*one.which, *which, *_still(vault, where, wanted), *groups.values())
            for one, which in found
        ),
    )


def ordered(
    connection: Connection, vault: Vault, where: Where, wanted: Wanted
) -> tuple[list[ColumnElement[bool]], bool]:
    """What the rows of a list have, for reading them in an order; and whether they are few, to be found and sorted.

    Few rows are found by the filter that leaves the fewest; otherwise no filter's index is used: the list is walked in
    its own order until a page is full, and that is soon. A database without statistics would sort a million rows.
    """
    ways = _ways(vault, where, wanted)
    rarest = _rarest(connection, ways)
    groups = _groups(vault, where, wanted)
    if wanted.as_of is not None:
        if rarest is not None and rarest != TEXT:
            found = {AS_OF: where.table.c.id.in_(ways[rarest])}
            groups = {name: one for name, one in groups.items() if name != rarest} | found
            rarest = AS_OF
        groups["then"] = and_(_met(vault, where, wanted, wanted.as_of), *_still(vault, where, wanted))
    groups = {name: one if name == rarest else condition_aside(one) for name, one in groups.items()}
    if rarest == TEXT:
        groups[TEXT] = _text(vault, where, wanted, FEW)
    base = [] if rarest == TEXT else _base(where.table, where, wanted)  # a text is looked for within it
    return [*base, *groups.values()], rarest is not None


def _rarest(connection: Connection, ways: Mapping[str, Select[Any] | CompoundSelect[Any]]) -> str | None:
    """The filter that leaves the fewest rows, when they are few."""
    counts = (
        select(literal(name), func.count()).select_from(one.limit(FEW + 1).subquery()) for name, one in ways.items()
    )
    counted = [(row[1], row[0]) for row in connection.execute(union_all(*counts))] if ways else []
    left, name = min(counted, default=(FEW + 1, ""))
    return name if left <= FEW else None


def _ways(vault: Vault, where: Where, wanted: Wanted) -> dict[str, Select[Any] | CompoundSelect[Any]]:
    """By which filter which rows are found, among them all that are wanted."""
    looked = where.table.alias("way")
    base = list(_base(looked, where, wanted))
    found: dict[str, Select[Any] | CompoundSelect[Any]] = {}
    for name, condition in _groups(vault, where, wanted, looked.c).items():
        found[name] = select(looked.c.id).where(*base, condition)
    if wanted.text:
        found[TEXT] = select(where.table.c.id).where(_text(vault, where, wanted, FEW + 1))
    if wanted.as_of is not None:
        for name, condition in _named(vault, where.record, wanted, looked.c).items():
            column = where.record.column(where.record.dated if name == PERIOD else name)
            lines = as_of.changed(where, [column.name], wanted.as_of)
            if name != PERIOD:
                lines = lines.where(_had(vault, column, wanted.only[name], wanted))
            found[name] = union_all(select(looked.c.id).where(*base, condition), lines)
    return found


def _had(vault: Vault, column: Column, said: tuple[str, ...], wanted: Wanted) -> ColumnElement[bool]:
    """That a line says that a column had what a filter asks before.

    Who had it on a day and does not have it now has such a line since; history has no secrets, and moments to the
    second.
    """
    before = t.module_history.c.before
    if EMPTY in said and FILLED not in said:
        return before.is_(None)
    if FILLED in said or column.secret or column.kind is Kind.MOMENT:
        return before.is_not(None)
    if column.name in wanted.links:
        return _filter(vault, column, said, {column.name: before}, wanted)
    values = (_value(column, one) for one in said)
    return before.in_([written(column, one) for one in values if not isinstance(one, Wrong)])


def _base(table: FromClause, where: Where, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield table.c.home_id == where.home_id
    if wanted.as_of is None:
        yield from _here(table.c.county, wanted)


def _here(county: ColumnElement[Any], wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.county is not None:
        yield county == wanted.county if not UNHELD.search(wanted.county) else false()


def _groups(vault: Vault, where: Where, wanted: Wanted, c: Columns | None = None) -> dict[str, ColumnElement[bool]]:
    """What is asked of rows as they are, by filter: of a list of a day, what is looked for in them."""
    c, record = where.table.c if c is None else c, where.record
    groups = _named(vault, record, wanted, c) if wanted.as_of is None else {}
    if wanted.anywhere:
        texts = [one for one in record.columns if one.name in record.public and one.kind in (Kind.TEXT, Kind.NOTE)]
        held = texts if not UNHELD.search(wanted.anywhere) else []
        groups["anywhere"] = or_(false(), *(c[one.name].icontains(wanted.anywhere, autoescape=True) for one in held))
    if wanted.text:
        groups[TEXT] = or_(*_found(vault, where, wanted, c))
    return groups


def _named(vault: Vault, record: Record, wanted: Wanted, c: Columns) -> dict[str, ColumnElement[bool]]:
    """The filters of columns and of the period; `c`: what the rows have."""
    groups = {name: _filter(vault, record.column(name), said, c, wanted) for name, said in wanted.only.items()}
    if record.dated and (wanted.first or wanted.last):
        groups[PERIOD] = and_(*within(record, c[record.dated], wanted.first, wanted.last))
    return groups


def _still(vault: Vault, where: Where, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """Numbers of people are those of now, and of another county's rows nobody may look for them.

    Nor does who sees one county alone find another's row by a text that came into it after the day.
    """
    if wanted.as_of is not None and wanted.sees is not None and wanted.text and not UNHELD.search(wanted.text):
        yield condition_aside(_by_then(vault, where, wanted, wanted.as_of))
    numbers = (name for name, said in wanted.only.items() if not {FILLED, EMPTY} & {*said})
    if wanted.county is not None and any(where.record.column(name).secret for name in numbers):
        yield where.table.c.county == wanted.county


def _by_then(vault: Vault, where: Where, wanted: Wanted, day: date) -> ColumnElement[bool]:
    """That a row which a text finds is still theirs, or had what the text finds on the day."""
    c, texts = where.table.c, [one.name for one in where.record.columns if one.searched and not one.secret]
    as_then = (and_(_begins(c[one], wanted.text), ~as_of.one_changed_since(where, one, day)) for one in texts)
    led = (one for name, to in wanted.links.items() for one in _led(vault, c[name], to, wanted))
    return or_(c.county == wanted.sees, c.id == wanted.text, *as_then, *led)


def _begins(by: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return and_(by >= text, by < f"{text}\U0010ffff")


def _names(where: Where, wanted: Wanted) -> tuple[str, ...]:
    """The columns that are asked of the rows of a day."""
    return *wanted.only, where.record.dated


def _then(vault: Vault, record: Record, wanted: Wanted, day: date, some: Some) -> list[ColumnElement[bool]]:
    """What the rows of a list had at the end of a day; that they stood then most do, and none is found by it."""
    stands, _ = as_of.stands(record, some, day)
    named = _named(vault, record, wanted, some.c)
    return [condition_aside(stands), *_here(some.c["county"], wanted), *named.values()]


def _met(vault: Vault, where: Where, wanted: Wanted, day: date) -> ColumnElement[bool]:
    """That a row stood so, asked of each row that is met on the way through a list's order."""
    names = _names(where, wanted)
    present, (_, other) = as_of.now(where), as_of.stood(where, names, day)
    then = and_(*_then(vault, where.record, wanted, day, other))
    as_now = and_(*_then(vault, where.record, wanted, day, present))
    return case((as_of.has_changed_since(where, names, day), then), else_=as_now)


def _text(vault: Vault, where: Where, wanted: Wanted, most: int) -> ColumnElement[bool]:
    """That a row has a text, each column looked at by its own index for up to so many rows.

    A database without statistics would rather read all rows than use several indexes for one `OR`.
    """
    looked = where.table.alias("looked")
    parts = (
        select(looked.c.home_id, looked.c.id).where(*_base(looked, where, wanted), one).limit(most).subquery()
        for one in _found(vault, where, wanted, looked.c)
    )
    found = union(*(select(one) for one in parts)).subquery("found")
    return and_(where.table.c.home_id == found.c.home_id, where.table.c.id == found.c.id)


def _filter(vault: Vault, column: Column, said: tuple[str, ...], c: Columns, wanted: Wanted) -> ColumnElement[bool]:
    """What a filter asks of a column; a link by the id of a row to which it leads, or by what finds such rows."""
    by: ColumnElement[Any] = c[blind(column.name) if column.secret else column.name]
    if FILLED in said:
        return by.is_not(None)
    if EMPTY in said:
        return by.is_(None)
    if (to := wanted.links.get(column.name)) is not None:
        ids = [one for one in said if INDEX.fullmatch(one)]
        named = [one for text in said if text not in ids for one in _leading(vault, to, wanted.sees, text)]
        return by.in_(union_all(*named, *_leading(vault, to, None, *ids))) if named else by.in_(ids)
    values = [value for one in said if not isinstance(value := _value(column, one), Wrong)]
    indexes = [one for one in said if INDEX.fullmatch(one)] if column.secret else []
    return by.in_([*indexes, *(index_of(vault, column, str(one)) for one in values)] if column.secret else values)


def _value(column: Column, said: str) -> Value | Wrong:
    if UNHELD.search(said):
        return Wrong.UNPRINTABLE
    return said if column.kind is Kind.LINK else read(column, said)


def asked_for(
    connection: Connection,
    vault: Vault,
    where: Where,
    text: str,
    county: str | None = None,
    links: Mapping[str, Where] | None = None,
) -> list[tuple[str, str]]:
    """What an address says of a text that somebody of this county, None for all, typed to find: filters and values.

    A searched secret is said by its blind index, one of a linked row by that row's id: no number of anybody stands in
    an address, whatever the record has. What only looks like one (a file's number reads as a telephone number) is one
    where a row has it.
    """
    plain = unicodedata.normalize("NFKC", text)
    kind = number_in(plain)
    for column, index in _numbers(vault, where, plain):
        if column.searched and (column.kind is kind or _having(connection, where, column, index, (county,), 1)):
            return [(f"f.{column.name}", index)]
    for name, to in (links or {}).items():
        for column, index in _numbers(vault, to, plain):
            here = (None,) if county is None else (county, CITY)
            if column.searched and (ids := _having(connection, to, column, index, here, FEW)):
                return [(f"f.{name}", one) for one in ids]
    own = (_having(connection, where, column, index, (None,), 1) for column, index in _numbers(vault, where, plain))
    return [("q", NOTHING if kind is not None or any(own) else text)]


def _numbers(vault: Vault, where: Where, text: str) -> Iterator[tuple[Column, str]]:
    """The secrets that a text can be, each with its blind index."""
    for column in where.record.columns:
        value = read(column, text) if column.secret else None
        if isinstance(value, str) and not isinstance(value, Wrong):
            yield column, index_of(vault, column, value)


def _having(
    connection: Connection, where: Where, column: Column, index: str, counties: Iterable[str | None], most: int
) -> list[str]:
    """The ids of rows of some counties, None for all, that have a secret; up to so many of each."""
    by = where.table.c[blind(column.name)]
    found: list[str] = []
    for county in counties:
        asked = select(where.table.c.id).where(*_base(where.table, where, Wanted(county)), by == index).limit(most)
        found += connection.execute(asked).scalars().all()
    return found


def _found(vault: Vault, where: Where, wanted: Wanted, c: Columns) -> Iterator[ColumnElement[bool]]:
    """By what the rows say themselves, and by what those say to which their links lead."""
    yield from _found_by(vault, where, wanted.text, c, wanted.county if wanted.as_of is not None else None)
    for name, to in wanted.links.items():
        yield from _led(vault, c[name], to, wanted)


def _led(vault: Vault, by: ColumnElement[Any], to: Where, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """That a link leads to a row that a text finds: a part for each column, so that each is found by its index."""
    for one in _leading(vault, to, wanted.sees, wanted.text):
        yield by.in_(one)


def _leading(vault: Vault, to: Where, sees: str | None, *texts: str) -> Iterator[Select[Any]]:
    """The ids of rows that one of these texts finds, for each column by its index.

    `sees`: of those alone to which a row of this county may lead (`keeping.leads_to`), None for all.
    """
    led = to.table.alias()
    theirs = [value_aside(led.c.county).in_((sees, CITY))] if sees not in (None, CITY) else []
    for text in texts:
        for one in _found_by(vault, to, text, led.c):
            yield select(led.c.id).where(led.c.home_id == to.home_id, one, *theirs)


def _found_by(
    vault: Vault, where: Where, text: str, c: Columns, county: str | None = None
) -> Iterator[ColumnElement[bool]]:
    """By the beginning of a searched text, by the whole of a searched secret; `county`: of whose rows alone."""
    if UNHELD.search(text):
        yield false()
        return
    for column in where.record.columns:
        if not column.searched:
            continue
        if column.secret:
            value = read(column, text)
            if isinstance(value, str) and not isinstance(value, Wrong):
                its = c[blind(column.name)] == index_of(vault, column, value)
                yield its if county is None else and_(its, c["county"] == county)
        else:
            yield _begins(c[column.name], text)
    yield c["id"] == text
