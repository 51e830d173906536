"""A report as a spreadsheet: a sheet for each section, numbers as numbers."""

import io
from collections.abc import Callable
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from cardsvc.core.on_paper import Home
from cardsvc.core.reporting import Figure, Line, Report, Section, What
from cardsvc.core.words import say
from cardsvc.documents.plain_sheet import Cell, harmless
from cardsvc.documents.report_words import Says, share

BOLD = Font(name="Calibri", size=11, bold=True)
HEAD = PatternFill("solid", fgColor="E7EFE9")
Doors = Callable[[Figure], str]
"""The whole address of the rows of a figure."""
MONEY, COUNT, PART = "#,##0.00;[Red]-#,##0.00", "#,##0", "+0.0%;-0.0%;0.0%"


def write(home: Home, report: Report, says: Says, doors: Doors | None) -> bytes:
    """The workbook; amounts in yuan, changes as parts of one. `doors` are the addresses of figures' rows.

    None where nobody knows the office's address, which the first sheet says.
    """
    book = Workbook()
    first = book.worksheets[0]
    first.title = say(says.language, "report.title")[:31]
    name = home.name_zh if says.language == "zh_CN" else home.name_en
    for row in (
        (name,),
        (say(says.language, "report.title"), says.period(report.period)),
        (say(says.language, "report.as_of"), report.as_of.isoformat()),
    ):
        first.append([harmless(one) for one in row])
    first["A1"].font = Font(name="Calibri", size=14, bold=True)
    first.append([say(says.language, "figure.no_links")] if doors is None else [])
    heads = ("report.course", "report_head.price", "report.last_year")
    first.append([say(says.language, one) for one in heads])
    for label, ours, theirs in report.course:
        first.append([label, _yuan(ours), _yuan(theirs)])
    if not report.sections:
        first.append([say(says.language, "report.nothing")])
    _dress(first, head=5, kinds={2: MONEY, 3: MONEY})
    for section in report.sections:
        sheet = book.create_sheet(says.title(section)[:31])
        more = (say(says.language, "report.last_year"), say(says.language, "report.change"))
        part = (say(says.language, "report.share"),) if section.name == "taps" else ()
        sheet.append(["", *(says.head(one) for one in section.heads), *more, *part])
        for line in (*section.lines, *((section.total,) if section.total else ())):
            sheet.append([harmless(one) for one in _cells(section, line, says)])
            if doors is not None:
                for column, figure in enumerate(line.cells, 2):
                    sheet.cell(sheet.max_row, column).hyperlink = doors(figure)
        kinds = dict.fromkeys(range(2, len(section.heads) + 3), COUNT if section.name == "taps" else MONEY)
        _dress(sheet, head=1, kinds={**kinds, len(section.heads) + 3: PART})
        if section.total:
            for cell in sheet[sheet.max_row]:
                cell.font = BOLD
        for cell in (one for row in sheet.iter_rows(min_row=2) for one in row if one.hyperlink is not None):
            cell.font = Font(name="Calibri", size=11, bold=cell.font.bold, underline="single", color="14532D")
        sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells(section: Section, line: Line, says: Says) -> list[Cell]:
    taps = line.cells[0].rows.what is What.TAPS
    amounts: list[Cell] = [one.value if taps else _yuan(one.value) for one in line.cells]
    before: Cell = line.last_year if taps else _yuan(line.last_year)
    change: Cell = ""
    if line.last_year > 0:
        change = round(Decimal(line.cells[0].value - line.last_year) / line.last_year, 3)
    part: list[Cell] = [share(section, line)] if section.name == "taps" else []
    return [says.line(section, line), *amounts, before, change, *part]


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)


def _dress(sheet: Worksheet, head: int, kinds: dict[int, str]) -> None:
    """Heads, kinds of numbers, widths; printed on one page across."""
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    for cell in sheet[head]:
        side = "left" if cell.column == 1 else "right"
        cell.font, cell.fill = BOLD, HEAD
        cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    for row in sheet.iter_rows(min_row=head + 1):
        for cell in row:
            if cell.column in kinds and not isinstance(cell.value, str):
                cell.number_format = kinds[cell.column]
    widths = sheet.column_dimensions
    for column in range(1, sheet.max_column + 1):
        widths[get_column_letter(column)].width = 30 if column == 1 else 17
