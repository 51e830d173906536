"""The half-year report as a spreadsheet: a line for each figure, numbers as numbers."""

import io
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from cardsvc.core.figures import Unit
from cardsvc.core.indicated import Chapters, Number, Part, Told, number_of
from cardsvc.core.local_time import local
from cardsvc.core.reporting import Period
from cardsvc.core.words import Language, say
from cardsvc.documents.figure_words import Doors, FigureWords
from cardsvc.documents.plain_sheet import Cell, harmless

HEADS = ("module", "name", "unit", "now", "told", "target", "done", "last_year", "change", "remark")
WIDTHS = (16, 36, 12, 20, 16, 18, 12, 20, 18, 28)
BOLD = Font(name="Calibri", size=11, bold=True)
LINK = Font(name="Calibri", size=11, underline="single", color="14532D")
HEAD = PatternFill("solid", fgColor="E7EFE9")
FORMATS = {Unit.YUAN: "#,##0.00;[Red]-#,##0.00"}
PLAIN, TENTH = "#,##0", "#,##0.0"
NUMBERS = (4, 6, 7, 8, 9)
"""The columns of numbers."""
DONE, CHANGE = 7, 9
TEXTS = (5, 10)
"""The columns of what is said of them."""


def write(period: Period, chapters: Chapters, at: datetime, language: Language, doors: Doors | None) -> bytes:
    """The workbook, one sheet; amounts in yuan; a withheld figure is **. `doors` are the addresses of figures' rows.

    None where nobody knows the office's address, which the sheet says.
    """
    words, book = FigureWords(language), Workbook()
    sheet = book.worksheets[0]
    sheet.title = say(language, "figure.half_year")[:31]
    as_of = say(language, "figure.as_of", at=f"{local(at):%Y-%m-%d %H:%M}")
    sheet.append([say(language, "figure.half_year")])
    no_links = f" · {say(language, 'figure.no_links')}" if doors is None else ""
    sheet.append([f"{words.period(period)} · {as_of}{no_links}"])  # alone: a cell beside it cuts a title on paper
    sheet.append([say(language, f"figure.{one}") for one in HEADS])
    sheet["A1"].font = Font(name="Calibri", size=14, bold=True)
    for cell in sheet[3]:
        cell.font, cell.fill = BOLD, HEAD
        cell.alignment = Alignment(horizontal="right" if cell.column in NUMBERS else "left", wrap_text=True)
    points = say(language, "figure.points", by="").strip()
    for chapter, parts in chapters.items():
        sheet.append([words.chapter(chapter)])
        sheet.cell(sheet.max_row, 1).font = BOLD
        for part in parts:
            for told in part.told:
                sheet.append([harmless(one) for one in _cells(part, told, words)])
                for column in TEXTS:
                    sheet.cell(sheet.max_row, column).alignment = Alignment(indent=1)
                for column in NUMBERS:
                    cell = sheet.cell(sheet.max_row, column)
                    cell.number_format = _format(column, told.indicator.unit, cell.value, points)
                    cell.alignment = Alignment(horizontal="right")
                if doors is not None and (door := doors(part, told)):
                    cell = sheet.cell(sheet.max_row, NUMBERS[0])
                    cell.hyperlink, cell.font = door, LINK
    for at_column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(at_column)].width = width
    sheet.freeze_panes = "C4"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "3:3"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(part: Part, told: Told, words: FigureWords) -> list[Cell]:
    language, unit = words.language, told.indicator.unit
    hidden = say(language, "figure.withheld")
    target = told.said.target
    return [
        part.label.said(language),
        told.indicator.label.said(language),
        say(language, f"unit.{unit}"),
        hidden if told.withheld else _number(unit, told.now),
        words.now(told),
        _number(unit, number_of(unit, target)) if target is not None else "",
        told.done if told.done is not None else words.done(told),
        hidden if told.before_withheld else _number(unit, told.before),
        hidden if told.withheld or told.before_withheld else told.change if told.change is not None else "",
        told.said.noted(language),
    ]


def _number(unit: Unit, number: Number) -> Cell:
    if number is None:
        return ""
    return Decimal(number).scaleb(-2) if unit is Unit.YUAN else number


def _format(column: int, unit: Unit, value: object, points: str) -> str:
    if column == DONE:
        return TENTH
    if column == CHANGE:
        after = f' "{points}"' if unit is Unit.PERCENT else '"%"'
        return f"+0.0{after};-0.0{after};0.0{after}"
    return FORMATS.get(unit, PLAIN if isinstance(value, int) else TENTH)
