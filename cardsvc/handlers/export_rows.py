"""The rows that a list shows as cells of a file; full numbers only to two who may see them, with a reason: logged."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.problems import Refusal
from cardsvc.core.records import CITY, Column, Kind
from cardsvc.core.seeing import LookWhy
from cardsvc.core.words import Language, say
from cardsvc.documents.plain_sheet import Cell
from cardsvc.documents.record_sheet import COUNTY, heading
from cardsvc.modules import Module
from cardsvc.naming.cells import masked
from cardsvc.rows import importing, keeping, paging, second_pair
from cardsvc.rows.counties import CODES
from cardsvc.rows.importing import Scope
from cardsvc.rows.keeping import Kept, Where
from cardsvc.rows.matching import Wanted
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

MOST_IN_SHEET = 200_000
"""The most rows of one spreadsheet; a .csv has as many as there are."""
CHUNK = 500


def heads(where: Where, language: Language) -> list[str]:
    """The headings, as an import reads them."""
    return [heading(where.record, one, language) for one in (COUNTY, *(one.name for one in where.record.columns))]


def too_many(context: Context, where: Where, wanted: Wanted) -> bool:
    """Whether the rows are more than one spreadsheet should have."""
    with context.engine.connect() as connection:
        return paging.more_than(connection, context.vault, where, wanted, MOST_IN_SHEET)


def look(
    context: Context,
    where: Where,
    county: str | None,
    why: LookWhy,
    people: tuple[StaffNo, StaffNo | None],
    now: datetime,
) -> Refusal | None:
    """Log that two people take full numbers with them, before they do (RELIABILITY.md promise 14); or why not.

    `county`: whose rows these are, None of all.
    """

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        second = second_pair.confirming(connection, context.home_id, (where.module, county), people, alone=False)
        if isinstance(second, Refusal):
            return second
        what = f"revealed all of a list of {where.module}/{where.record.name} for {why} with {second}"
        log.add(what, "", "", now, people[0])
        log.close()
        return None

    return transact(context.engine, act)


def rows(
    context: Context, module: Module, where: Where, wanted: Wanted, language: Language, full: bool
) -> Iterator[list[Cell]]:
    """A row of cells for each row that the list shows, `CHUNK` of them in memory at a time."""
    counties = {CITY: say(language, "records.city"), **{one: say(language, f"county.{one}") for one in CODES}}
    with context.engine.connect() as connection:
        found = paging.every(connection, context.vault, where, wanted, CHUNK)
        while some := list(islice(found, CHUNK)):
            names = _names(connection, context, module, where, some, language)
            for row in some:
                cells: list[Cell] = [counties.get(row.county, row.county)]
                for column in where.record.columns:
                    if column.secret:
                        clear = keeping.clear(context.vault, where, row, column.name)
                        cells.append((clear if full else masked(column.kind, clear)) if clear else None)
                    else:
                        cells.append(_cell(column, row, names, language))
                yield cells


def _names(
    connection: Connection,
    context: Context,
    module: Module,
    where: Where,
    rows: list[Kept],
    language: Language,
) -> dict[tuple[str, str], str]:
    """What the rows are called that these rows link to, by the county that links to them and their ids."""
    names: dict[tuple[str, str], str] = {}
    for column in importing.links(where):
        to = Where(where.home_id, where.module, module.record(column.of))
        for county in {one.county for one in rows}:
            ids = {str(one.values[column.name]) for one in rows if one.county == county and one.values[column.name]}
            called = importing.names_of(Scope(connection, context.vault, module, county), to, ids, language)
            names |= {(county, row_id): said for row_id, said in called.items()}
    return names


def _cell(column: Column, row: Kept, names: Mapping[tuple[str, str], str], language: Language) -> Cell:
    """A value so that people read it and an import reads it back."""
    value = row.values[column.name]
    match value:
        case bool():
            return say(language, f"yes_no.{'yes' if value else 'no'}")
        case int():
            return Decimal(value).scaleb(-2) if column.kind is Kind.MONEY else value
        case datetime():
            return local(value).replace(tzinfo=None).isoformat(" ")
        case date() | None:
            return value
    if column.kind is Kind.LINK:
        return names.get((row.county, value), value)
    if column.kind is Kind.CHOICE:
        labels = [one.said(language) for one in column.choices.values()]
        label = column.choices[value].said(language) if value in column.choices else value
        return label if labels.count(label) == 1 else value
    return value
