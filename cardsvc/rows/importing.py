"""Rows of a file, many at a time: what their links name, which unique values are taken, and how they are put aside."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, tuple_

from cardsvc.core.ids import StaffNo
from cardsvc.core.records import CITY, Column, Fault, Kind, Record, Values, Wrong
from cardsvc.core.words import LANGUAGES, Language
from cardsvc.modules import Module
from cardsvc.naming.cells import UNPRINTABLE, read
from cardsvc.rows import trails
from cardsvc.rows.agreeing import binding, stood_on
from cardsvc.rows.keeping import Kept, Where, find_all, index_of, kept, sliced
from cardsvc.rows.tables import Day, blind, sealed
from cardsvc.rows.titles import titles
from cardsvc.store.tables.kinds import Moment
from cardsvc.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Scope:
    """Where rows are looked for: in a module; those that a row of `county` may lead to, None for all."""

    connection: Connection
    vault: Vault
    module: Module
    county: str | None


def linked(scope: Scope, where: Where, texts: Iterable[str]) -> dict[str, str | Wrong]:
    """The ids of the rows that texts name: by id, by a unique column, or by what people call them (`titles`)."""
    c, record, texts = where.table.c, where.record, {one for one in texts if one}
    wanted = {one for one in texts if _may_name(record, one)}
    only = (c.county.in_((scope.county, CITY)),) if scope.county not in (None, CITY) else ()
    unique = {one.name: _keys(scope.vault, one, wanted) for one in record.columns if one.unique}
    by = [(c.id, wanted), *((_key_column(where, record.column(name)), keys) for name, keys in unique.items())]
    met: dict[str, Row[Any]] = {}
    for column, values in (*by, *_titled(scope, where, wanted)):
        for some in sliced(values):
            asked = select(where.table).where(c.home_id == where.home_id, column.in_(some), *only)
            met |= {row.id: row for row in scope.connection.execute(asked)}
    rows = list(met.values())
    found: dict[str, set[str]] = {}
    for one, row in zip(_called(scope, where, [kept(record, row) for row in rows]), rows, strict=True):
        for name, keys in unique.items():
            said = keys.get(getattr(row, _key_column(where, record.column(name)).name))
            one |= {said} if said is not None else set()
        for text in one:
            found.setdefault(text, set()).add(row.id)
    return {one: _only(found.get(one, set()) if one in wanted else set(), one) for one in texts}


def _may_name(record: Record, text: str) -> bool:
    """Whether a text can name a row at all; the runs of words of a longer one would be too many to look for."""
    few = len(record.name_by) == 1 or text.count(" ") < MOST_WORDS
    return few and len(text) <= MOST_NAME and not UNPRINTABLE.search(text)


def _called(scope: Scope, where: Where, rows: list[Kept]) -> list[set[str]]:
    """What each row may be called: its id, and its title in each language, with and without somebody's number."""
    about = (scope.connection, scope.vault, where.home_id, scope.module, where.record, rows)
    numbers = (True, False) if any(where.record.column(one).secret for one in where.record.name_by) else (True,)
    named = [titles(*about, language, numbers=one) for language in LANGUAGES for one in numbers]
    return [{one.id, *(by[one.id] for by in named)} for one in rows]


def _titled(scope: Scope, where: Where, texts: set[str]) -> list[tuple[ColumnElement[Any], Iterable[Any]]]:
    """The column of a row's title that tells rows apart best, and what it says where a part of a text is meant."""
    columns = [one for one in map(where.record.column, where.record.name_by) if not one.secret]
    if not columns:
        return []
    parts = texts if len(where.record.name_by) == 1 else {part for one in texts for part in _parts(one)}
    column = min(columns, key=lambda one: PLAIN.index(one.kind) if one.kind in PLAIN else len(PLAIN))
    by = where.table.c[column.name]
    if column.kind is Kind.LINK:
        to = Where(where.home_id, where.module, scope.module.record(column.of))
        return [(by, {one for one in linked(scope, to, parts).values() if not isinstance(one, Wrong)})]
    return [(by, {value for one in parts if not isinstance(value := read(column, one), Wrong)})]


MOST_NAME, MOST_WORDS = 400, 12
"""The longest text that names a row: in characters; in words where several columns name it."""
PLAIN = (Kind.TEXT, Kind.CREDIT_CODE, Kind.LINK)
"""Kinds that tell rows apart, the best first."""


def _parts(text: str) -> set[str]:
    """The runs of words of a text."""
    words = text.split(" ")
    return {" ".join(words[n:m]) for n in range(len(words)) for m in range(n + 1, len(words) + 1)}


def _only(ids: set[str], text: str) -> str | Wrong:
    """An id names its row, whatever else is called so."""
    if text in ids:
        return text
    return Wrong.NO_SUCH_ROW if not ids else Wrong.SEVERAL_ROWS if len(ids) > 1 else next(iter(ids))


def key(vault: Vault, column: Column, value: Any) -> Any:
    """What a unique value is found by: itself, or its blind index."""
    return index_of(vault, column, str(value)) if column.secret else value


def _key_column(where: Where, column: Column) -> Any:
    return where.table.c[blind(column.name) if column.secret else column.name]


def _keys(vault: Vault, column: Column, texts: Iterable[str]) -> dict[Any, str]:
    """Texts by what they are found by in a unique column."""
    read_as = ((text, read(column, text)) for text in texts)
    return {key(vault, column, value): text for text, value in read_as if not isinstance(value, Wrong)}


def taken(connection: Connection, where: Where, column: Column, keys: Iterable[Any]) -> set[Any]:
    """Which of these a row of the table has already in a unique column."""
    by, wanted = _key_column(where, column), list(keys)
    if not wanted:
        return set()
    return set(connection.execute(select(by).where(where.table.c.home_id == where.home_id, by.in_(wanted))).scalars())


def alike(connection: Connection, where: Where, names: tuple[str, ...], keys: Iterable[tuple[Any, ...]]) -> set[Any]:
    """Which of these a row of the table has already in columns that no two rows have alike (`Record.together`)."""
    by, found = [where.table.c[one] for one in names], set[Any]()
    for some in sliced(keys):
        asked = select(*by).where(where.table.c.home_id == where.home_id, tuple_(*by).in_(some))
        found |= {tuple(row) for row in connection.execute(asked)}
    return found


def disagreed(
    connection: Connection, where: Where, module: Module, rows: Iterable[tuple[int, Values]], given: Counter[str]
) -> Iterator[tuple[int, Fault]]:
    """What is wrong with rows of a file beside those that they lead to. A secret is not among the values.

    `given`: how often this file gave a place of an event, by its id, or signed up for a case, by its number.
    """
    rows, agree, trail = list(rows), where.record.agree, module.trail
    if where.record.bound_by:
        records, name = {one.name: one for one in module.records}, where.record.bound_by
        bound = binding(connection, where, records, (values for _, values in rows))
        yield from ((row, Fault(name, Wrong.BOUND)) for row, values in rows if values.get(name) in bound)
    if agree is not None:
        by_day: dict[date | None, list[tuple[int, Values]]] = {}
        for row, values in rows:
            day = values.get(where.record.as_on) if where.record.as_on else None
            by_day.setdefault(day if isinstance(day, date) else None, []).append((row, values))
        for day, some in by_day.items():
            led = _led(connection, where, module, some, day)
            for row, values in some:
                at = {name: by[str(values[name])] for name, by in led.items() if values.get(name) in by}
                yield from ((row, fault) for fault in agree(values, at))
    if trail is not None and where.record.name == trail.sign_ups.record:
        claimed = {row: case for row, values in rows if (case := trails.claims(trail, values)) is not None}
        there = trails.claimed_by(connection, where, trail, claimed.values())
        for row, case in claimed.items():
            given[case] += 1
            if case in there or given[case] > 1:
                yield row, Fault(trail.sign_ups.case_no, Wrong.TWICE)
        for row, values in rows:
            if (wanted := trails.wants_place(trail, values)) is not None:
                given[wanted] += 1
                event = trails.event_at(connection, where.home_id, module, trail, wanted)
                if event is not None and trails.left(connection, where.home_id, module, trail, event) < given[wanted]:
                    yield row, Fault(trail.sign_ups.event, Wrong.FULL)


def _led(
    connection: Connection, where: Where, module: Module, rows: Iterable[tuple[int, Values]], day: date | None
) -> dict[str, dict[str, Values]]:
    """The rows that links of a file's rows lead to, by column and id, as they answer about a day or as they are."""
    led, rows = dict[str, dict[str, Values]](), list(rows)
    for column in links(where):
        ids = {str(one[column.name]) for _, one in rows if one.get(column.name) is not None}
        to = Where(where.home_id, where.module, module.record(column.of))
        found = find_all(connection, to, ids)
        found = stood_on(connection, to, found, day) if day is not None else found
        led[column.name] = {one.id: {**one.values, "county": one.county} for one in found}
    return led


def there(connection: Connection, where: Where, ids: Iterable[str]) -> dict[str, str]:
    """Which of these ids are rows, and of which county."""
    c, wanted = where.table.c, list(ids)
    asked = select(c.id, c.county).where(c.home_id == where.home_id, c.id.in_(wanted))
    return {row.id: row.county for row in connection.execute(asked)} if wanted else {}


def links(where: Where) -> list[Column]:
    """The columns that lead to other rows."""
    return [one for one in where.record.columns if one.kind is Kind.LINK]


def body_of(columns: Mapping[str, Any]) -> str:
    """The columns of a row as text, to be put aside."""
    plain = {name: one.isoformat() if isinstance(one, date) else one for name, one in columns.items()}
    return json.dumps(plain, ensure_ascii=False)


def columns_in(where: Where, body: str) -> dict[str, Any]:
    """The columns of a row that was put aside."""
    return typed(where, json.loads(body))


def typed(where: Where, columns: dict[str, Any]) -> dict[str, Any]:
    """Columns that were text, as their table takes them."""
    for name, value in columns.items():
        if value is None:
            continue
        kind = where.table.c[name].type
        if isinstance(kind, Day):
            columns[name] = date.fromisoformat(value)
        elif isinstance(kind, Moment):
            columns[name] = datetime.fromisoformat(value)
    return columns


def names_of(scope: Scope, where: Where, ids: Iterable[str], language: Language) -> dict[str, str]:
    """What rows are called, where that names them alone; the others keep their ids."""
    rows = find_all(scope.connection, where, ids)
    called = titles(scope.connection, scope.vault, where.home_id, scope.module, where.record, rows, language)
    meant = linked(scope, where, called.values())
    return {row_id: said if meant[said] == row_id else row_id for row_id, said in called.items()}


def as_kept(where: Where, row_id: str, columns: Mapping[str, Any], staff_no: StaffNo, at: datetime) -> Kept:
    """A row that was put aside as it will stand."""
    values: Values = {
        one.name: columns.get(sealed(one.name) if one.secret else one.name) for one in where.record.columns
    }
    return Kept(row_id, columns["county"], 1, at, staff_no, at, staff_no, values)
