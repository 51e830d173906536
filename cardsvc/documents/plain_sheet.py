"""A list as a spreadsheet or as CSV, for others' programs: no cell of it is ever run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

Cell = str | int | Decimal | date | None
FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet would take for a formula, with the apostrophes that make it none."""
PIECE = 500


def harmless(cell: Cell) -> Cell:
    """The cell as it is; a text that a spreadsheet would take for a formula has an apostrophe in front."""
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell


def bare(text: str) -> str:
    """What was there before `harmless`."""
    return text[1:] if text.startswith("'") and FORMULA.match(text) else text


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with its mark in front, because spreadsheets otherwise misread Chinese."""
    return b"".join(csv_pieces(heads, rows))


def csv_pieces(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The same, some rows at a time."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow([harmless(one) for one in heads])
    for number, row in enumerate(rows, 1):
        writer.writerow([harmless(cell) for cell in row])
        if number % PIECE == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def xlsx_of(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a head that stays in sight."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (heads, *rows):
        sheet.append([harmless(cell) for cell in row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_into(out: BinaryIO, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """One sheet that is written row by row: as many as there are, and never all of them in memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    named = [WriteOnlyCell(sheet, value=str(harmless(one))) for one in heads]
    for cell in named:
        cell.font = Font(bold=True)
    sheet.append(named)
    for row in rows:
        sheet.append([_printable(harmless(cell)) for cell in row])
    book.save(out)


def _printable(cell: Cell) -> Cell:
    """Without the control characters that no spreadsheet can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("\ufffd", cell) if isinstance(cell, str) else cell
