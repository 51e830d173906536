"""A spreadsheet to fill in with rows of a module's record: headings, what each column expects, choices."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from cardsvc.core.records import Column, Kind, Label, Record
from cardsvc.core.words import Language, say
from cardsvc.documents.record_sheet import COUNTY, heading

HINTS, HEADINGS, FIRST = 1, 2, 3
"""Rows of the sheet; what stands above the headings is not read."""
LAST = 50_000 + HEADINGS
AS_TEXT = frozenset({Kind.ID_NO, Kind.PHONE, Kind.BANK_ACCOUNT, Kind.CREDIT_CODE, Kind.TEXT})
"""Columns whose digits a spreadsheet must not take for a number: it keeps fifteen of them."""


def template(record: Record, records: Mapping[str, Record], counties: Mapping[str, str], language: Language) -> bytes:
    """The file. `records` are the module's, by name; `counties` are those that may be filled in, code to name."""
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = record.label.said(language)[:31]
    offers: Any = workbook.create_sheet(say(language, "imports.choices"))
    county = Column(COUNTY, Label(*(say(one, "records.county") for one in ("zh_CN", "en"))), needed=len(counties) > 1)
    for number, column in enumerate((county, *record.typed), 1):
        letter = get_column_letter(number)
        hint = sheet.cell(HINTS, number, _hint(column, records, language))
        hint.font, hint.alignment = Font(italic=True, color="6B6656"), Alignment(wrap_text=True, vertical="top")
        named = sheet.cell(HEADINGS, number, heading(record, column.name, language))
        named.font, named.fill = Font(bold=True), PatternFill("solid", fgColor="E5E1D6")
        named.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[letter].width = 30 if column.kind is Kind.NOTE else 18
        if column.kind in AS_TEXT and column.name != COUNTY:
            sheet.column_dimensions[letter].number_format = "@"
        choices = list(counties.values()) if column.name == COUNTY else _choices(column, language)
        if choices:
            for row, one in enumerate((named.value, *choices), 1):
                offers.cell(row, number, one)
            offer = DataValidation(
                type="list",
                formula1=f"'{offers.title}'!${letter}$2:${letter}${len(choices) + 1}",
                allow_blank=not column.needed,
            )
            offer.add(f"{letter}{FIRST}:{letter}{LAST}")
            sheet.add_data_validation(offer)
    sheet.row_dimensions[HINTS].height = 60
    sheet.freeze_panes = sheet.cell(FIRST, 2)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _choices(column: Column, language: Language) -> list[str]:
    if column.kind is Kind.YES_NO:
        return [say(language, "yes_no.yes"), say(language, "yes_no.no")]
    return [one.said(language) for one in column.choices.values()]


def _hint(column: Column, records: Mapping[str, Record], language: Language) -> str:
    """What a column expects, in a line."""
    said = [say(language, "imports.needed" if column.needed else "imports.may_be_empty")]
    kind = "county" if column.name == COUNTY else column.kind.value
    of = records[column.of].label.said(language) if column.of else ""
    said.append(say(language, f"import_hint.{kind}", of=of))
    if column.unique:
        said.append(say(language, "imports.unique"))
    if column.help is not None:
        said.append(column.help.said(language))
    return say(language, "imports.between").join(said)
