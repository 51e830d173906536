"""What the rows of a list have: filters, a period, a text; and by which of them the database finds them soonest."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)

from cardsvc.core.figures import EMPTY, FILLED
from cardsvc.core.local_time import CHINA
from cardsvc.core.records import CITY, Column, Kind, Record, Value, Wrong
from cardsvc.naming.cells import UNHELD, number_in, read
from cardsvc.rows.keeping import Where, index_of
from cardsvc.rows.tables import blind
from cardsvc.vault.vault import Vault

INDEX = re.compile(r"[0-9a-f]{32}")
"""A secret as an address may say it, by its blind index; and the id of a row."""
NOTHING = "****"
"""What an address says in place of a number that this list cannot find: no row has it."""
FEW = 2_000
"""So many rows are found by a filter's index and sorted; more are met soon on the way through the list's order."""
TEXT = "text"
"""The filter of a text that is looked for."""
Use = Callable[[str], ColumnElement[Any]]
"""The column of a table by its name, to be found by its index or set aside."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list shows.

    `only` are values by column, FILLED for any, EMPTY for none; `first` and `last` bound the record's dated column;
    `undated`: rows without a day too. `after` is the cursor of the page before, `back` turns: the page that ends before
    it. `sort` is a column, "" the newest first. `links`: the LINK columns by which rows are found too, by what is
    searched in the record that they lead to. `anywhere`: a text that stands somewhere in one of the `public` texts; for
    lists that are short, as no index finds it.
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
    links: Mapping[str, Where] = field(default_factory=dict)
    anywhere: str = ""


def conditions(vault: Vault, where: Where, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the rows of a list have; the database finds them as it likes."""
    return [*_base(where.table, where, wanted), *_groups(vault, where, wanted).values()]


def ordered(
    connection: Connection, vault: Vault, where: Where, wanted: Wanted
) -> tuple[list[ColumnElement[bool]], bool]:
    """What the rows of a list have, for reading them in an order; and whether they are few, to be found and sorted.

    Few rows are found by the filter that leaves the fewest; otherwise no filter's index is used: the list is walked in
    its own order until a page is full, and that is soon. A database without statistics would sort a million rows.
    """
    rarest = _rarest(connection, vault, where, wanted)
    groups = _groups(vault, where, wanted, rarest or "")
    base = [] if rarest == TEXT else _base(where.table, where, wanted)  # a text is looked for within it
    return [*base, *groups.values()], rarest is not None


def aside(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, for which no index is used, on both engines."""
    return func.coalesce(column, column, type_=column.type)


def _rarest(connection: Connection, vault: Vault, where: Where, wanted: Wanted) -> str | None:
    """The filter that leaves the fewest rows, when they are few."""
    parts, groups = [], _groups(vault, where, wanted)
    if wanted.text:
        groups[TEXT] = _text(vault, where, wanted, FEW + 1)
    for name, condition in groups.items():
        base = [] if name == TEXT else _base(where.table, where, wanted)
        some = select(where.table.c.id).where(*base, condition).limit(FEW + 1)
        parts.append(select(literal(name), func.count()).select_from(some.subquery()))
    counted = [(row[1], row[0]) for row in connection.execute(union_all(*parts))] if parts else []
    left, name = min(counted, default=(FEW + 1, ""))
    return name if left <= FEW else None


def _base(table: FromClause, where: Where, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield table.c.home_id == where.home_id
    if wanted.county is not None:
        yield table.c.county == wanted.county if not UNHELD.search(wanted.county) else false()


def _groups(vault: Vault, where: Where, wanted: Wanted, found_by: str | None = None) -> dict[str, ColumnElement[bool]]:
    """What is asked, by filter; with `found_by`, every other filter's columns are set aside."""
    c, record = where.table.c, where.record

    def use(group: str) -> Use:
        return lambda name: c[name] if found_by in (None, group) else aside(c[name])

    groups: dict[str, ColumnElement[bool]] = {}
    for name, said in wanted.only.items():
        groups[name] = _filter(vault, record.column(name), said, use(name), wanted.links.get(name))
    if record.dated and (wanted.first or wanted.last):
        by = use("period")(record.dated)
        bounds = and_(*within(record, by, wanted.first, wanted.last))
        groups["period"] = or_(bounds, by.is_(None)) if wanted.undated else bounds
    if wanted.anywhere:
        texts = [one for one in record.columns if one.name in record.public and one.kind in (Kind.TEXT, Kind.NOTE)]
        held = texts if not UNHELD.search(wanted.anywhere) else []
        groups["anywhere"] = or_(
            false(), *(aside(c[one.name]).icontains(wanted.anywhere, autoescape=True) for one in held)
        )
    if wanted.text and found_by == TEXT:
        groups[TEXT] = _text(vault, where, wanted, FEW)
    elif wanted.text:
        groups[TEXT] = or_(*_found(vault, where, wanted, use(TEXT)))
    return groups


def _text(vault: Vault, where: Where, wanted: Wanted, most: int) -> ColumnElement[bool]:
    """That a row has a text, each column looked at by its own index for up to so many rows.

    A database without statistics would rather read all rows than use several indexes for one `OR`.
    """
    looked = where.table.alias("looked")
    parts = (
        select(looked.c.home_id, looked.c.id).where(*_base(looked, where, wanted), one).limit(most).subquery()
        for one in _found(vault, where, wanted, lambda name: looked.c[name])
    )
    found = union(*(select(one) for one in parts)).subquery("found")
    return and_(where.table.c.home_id == found.c.home_id, where.table.c.id == found.c.id)


def _filter(
    vault: Vault, column: Column, said: tuple[str, ...], use: Use, to: Where | None = None
) -> ColumnElement[bool]:
    """What a filter asks of a column; a link by the id of a row `to` which it leads, or by what finds such rows."""
    by = use(blind(column.name) if column.secret else column.name)
    if FILLED in said:
        return by.is_not(None)
    if EMPTY in said:
        return by.is_(None)
    if to is not None:
        ids = [one for one in said if INDEX.fullmatch(one)]
        named = [one for text in said if text not in ids for one in _leading(vault, to, text)]
        return by.in_(union_all(*named, *_leading(vault, to, *ids))) if named else by.in_(ids)
    values = [value for one in said if not isinstance(value := _value(column, one), Wrong)]
    indexes = [one for one in said if INDEX.fullmatch(one)] if column.secret else []
    return by.in_([*indexes, *(index_of(vault, column, str(one)) for one in values)] if column.secret else values)


def within(
    record: Record, by: ColumnElement[Any], first: date | None, last: date | None
) -> Iterator[ColumnElement[bool]]:
    """That the dated column lies within local days, both included."""
    moments = record.column(record.dated).kind is Kind.MOMENT
    if first is not None:
        yield by >= (_midnight(first) if moments else first)
    if last is not None and moments:
        yield by < _midnight(last + timedelta(days=1)) if last < date.max else by <= datetime.max.replace(tzinfo=UTC)
    elif last is not None:
        yield by <= last


def _midnight(day: date) -> datetime:
    if day == date.min:  # in China it began in a year that UTC does not have
        return datetime.min.replace(tzinfo=UTC)
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


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


def _found(vault: Vault, where: Where, wanted: Wanted, use: Use) -> Iterator[ColumnElement[bool]]:
    """By what the rows say themselves, and by what those say to which their links lead."""
    yield from _found_by(vault, where, wanted.text, use)
    for name, to in wanted.links.items():
        yield from _led(vault, use(name), to, wanted.text)


def _led(vault: Vault, by: ColumnElement[Any], to: Where, text: str) -> Iterator[ColumnElement[bool]]:
    """That a link leads to a row that a text finds: a part for each column, so that each is found by its index."""
    for one in _leading(vault, to, text):
        yield by.in_(one)


def _leading(vault: Vault, to: Where, *texts: str) -> Iterator[Select[Any]]:
    """The ids of rows that one of these texts finds, for each column by its index."""
    led = to.table.alias()
    for text in texts:
        for one in _found_by(vault, to, text, lambda name: led.c[name]):
            yield select(led.c.id).where(led.c.home_id == to.home_id, one)


def _found_by(vault: Vault, where: Where, text: str, use: Use) -> Iterator[ColumnElement[bool]]:
    """By the beginning of a searched text, by the whole of a searched secret."""
    if UNHELD.search(text):
        yield false()
        return
    for column in where.record.columns:
        if not column.searched:
            continue
        if column.secret:
            value = read(column, text)
            if isinstance(value, str) and not isinstance(value, Wrong):
                yield use(blind(column.name)) == index_of(vault, column, value)
        else:
            yield and_(use(column.name) >= text, use(column.name) < f"{text}\U0010ffff")
    yield use("id") == text
