"""Whatever modules are found: each record's list is exported and imported to the same rows, in both languages."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Connection, delete, update

from cardsvc import modules
from cardsvc.api.uploads import work_due
from cardsvc.core.ids import StaffNo, uuid7
from cardsvc.core.plug import discover
from cardsvc.core.records import Kind, Record, Value
from cardsvc.core.uploads import UploadState
from cardsvc.core.words import LANGUAGES, Language, say
from cardsvc.documents.plain_sheet import csv_pieces, xlsx_into
from cardsvc.documents.record_template import template
from cardsvc.handlers import export_rows, import_rows
from cardsvc.modules import Module, Row
from cardsvc.rows import keeping, paging
from cardsvc.rows.half_year import rows_of
from cardsvc.rows.keeping import Where
from cardsvc.rows.matching import Wanted
from cardsvc.rows.tables import table_of
from tests.support.home import Service
from tests.support.importing import committed, faults, look
from tests.support.rows import SECOND

MODULES = discover(modules, "MODULE", Module)
BY = StaffNo("1051")
FEW = 60
"""Rows of a record that are looked at by day; at night all."""


def some(module: Module, most: int | None) -> Module:
    """The module with the first rows of each record, and those that they link to."""
    rows = list(module.half_year()) if module.half_year is not None else []
    by_key = {(one.record, one.key): one for one in rows if one.key}
    taken: dict[int, Row] = {}

    def take(row: Row) -> None:
        if id(row) in taken:
            return
        taken[id(row)] = row
        for column in module.record(row.record).columns:
            if column.kind is Kind.LINK and row.values.get(column.name) is not None:
                take(by_key[column.of, str(row.values[column.name])])

    for record in module.records:
        for row in [one for one in rows if one.record == record.name][:most]:
            take(row)
    return Module(
        module.name, module.label, module.records, half_year=lambda: [one for one in rows if id(one) in taken]
    )


def filled(service: Service, module: Module, most: int | None) -> None:
    """The half-year's rows."""
    chance = service.context.chance
    numbers = iter(range(1, 1_000_000))
    with service.context.engine.begin() as connection:
        for record, row_id, values in rows_of(some(module, most), lambda: uuid7(next(numbers), chance(10)).hex):
            where = Where(service.context.home_id, module.name, record)
            bits = [chance(12 * len(record.columns))]
            keeping.insert(
                connection, service.context.vault, where, [(row_id, values)], BY, service.clock.now, bits, None
            )


def linking_first(module: Module) -> Iterator[Record]:
    """The records, those that link to others before these."""
    left = list(module.records)
    while left:
        led_to = {(one.name, column.of) for one in left for column in one.columns if column.kind is Kind.LINK}
        one = next(one for one in left if not [of for by, of in led_to if of == one.name and by != one.name])
        left.remove(one)
        yield one


def told(service: Service, where: Where) -> list[dict[str, Value]]:
    """What was typed into the rows, secrets in clear, in any order."""
    vault = service.context.vault
    with service.context.engine.connect() as connection:
        rows = list(paging.every(connection, vault, where, Wanted(), 500))
    typed = [
        {
            "county": row.county,
            **{
                one.name: keeping.clear(vault, where, row, one.name) or None if one.secret else row.values[one.name]
                for one in where.record.typed
            },
        }
        for row in rows
    ]
    return sorted(typed, key=lambda one: str(sorted(one.items(), key=lambda each: each[0])))


def exported(service: Service, module: Module, where: Where, language: Language, kind: str) -> bytes:
    heads = export_rows.heads(where, language)
    rows = export_rows.rows(service.context, module, where, Wanted(), language, full=True)
    if kind == "csv":
        return b"".join(csv_pieces(heads, rows))
    out = io.BytesIO()
    xlsx_into(out, heads, rows)
    return out.getvalue()


def thaw(connection: Connection, module: Module, record: Record) -> None:
    """What two people agreed to takes no rows: let what binds rows of this record stand as it began."""
    if record.bound_by:
        binding = module.record(record.column(record.bound_by).of)
        connection.execute(update(table_of(module.name, binding)).values(binding.start))


@pytest.mark.parametrize("name", MODULES)
def test_what_a_module_exports_it_imports_to_the_same_rows(name: str, tmp_path: Path, night: bool) -> None:
    module = MODULES[name]
    service = Service(f"sqlite:///{tmp_path / 'onecard.db'}", modules=(module,))
    filled(service, module, None if night else FEW)
    for n, record in enumerate(linking_first(module)):
        where = Where(service.context.home_id, name, record)
        before = told(service, where)
        assert before, record.name
        raw = exported(service, module, where, LANGUAGES[n % 2], ("xlsx", "csv")[n // 2 % 2])
        with service.context.engine.begin() as connection:
            connection.execute(delete(where.table))
            thaw(connection, module, record)
        upload_id = import_rows.hand_in(service.context, where, io.BytesIO(raw), "x", None, BY, service.clock.now)
        assert isinstance(upload_id, str)
        work_due(service.context)
        upload = look(service, upload_id)
        assert faults(upload) == [], record.name
        assert committed(service, upload, by=BY, second=SECOND).state is UploadState.DONE, (
            record.name,
            upload.found.unsafe,
        )
        assert told(service, where) == before, record.name
    service.close()


@pytest.mark.parametrize("name", MODULES)
def test_the_templates_of_a_module_say_what_is_expected_of_each_column(name: str) -> None:
    module = MODULES[name]
    for record in module.records:
        for language in LANGUAGES:
            counties = {"330302": say(language, "county.330302"), "330303": say(language, "county.330303")}
            raw = template(record, {one.name: one for one in module.records}, counties, language)
            sheet: Any = load_workbook(io.BytesIO(raw)).worksheets[0]
            hints, heads = [cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]]
            assert len(heads) == len(record.typed) + 1
            assert all(hints), record.name
            assert all(heads)
            chosen = [one for one in record.typed if one.kind in (Kind.CHOICE, Kind.YES_NO)]
            assert len(sheet.data_validations.dataValidation) == len(chosen) + 1
