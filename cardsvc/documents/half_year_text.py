"""The half-year report as a text document (.docx): chapters, a table for each line of work, numbered pages."""

import io
from collections.abc import Container, Iterable
from datetime import datetime

from docx import Document
from docx.document import Document as Text
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph

from cardsvc.core.indicated import Chapters, Part
from cardsvc.core.local_time import local
from cardsvc.core.reporting import Period
from cardsvc.core.words import Language, say
from cardsvc.documents.figure_words import Doors, FigureWords

HEADS = {"name": Cm(4.9), "now": Cm(3.3), "target": Cm(2.1), "done": Cm(1.7), "last_year": Cm(3.2), "change": Cm(3.4)}
WITHOUT_TARGETS = {"name": Cm(7), "now": Cm(4), "last_year": Cm(4), "change": Cm(3.6)}
"""The columns of a table with their widths."""
DEEP = RGBColor(0x14, 0x53, 0x2D)


def write(period: Period, chapters: Chapters, at: datetime, language: Language, doors: Doors | None) -> bytes:
    """The document, A4 upright; withheld figures are **, as everywhere. `doors` are the addresses of figures' rows.

    None where nobody knows the office's address, which the first page says.
    """
    words, text = FigureWords(language), Document()
    title = say(language, "figure.half_year")
    _dress(text, title, at)
    text.add_heading(title, 0).alignment = WD_ALIGN_PARAGRAPH.CENTER
    under = text.add_paragraph(words.period(period))
    under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if doors is None:
        text.add_paragraph(say(language, "figure.no_links")).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for chapter, parts in chapters.items():
        text.add_heading(words.chapter(chapter), 1)
        for part in parts:
            text.add_heading(part.label.said(language), 2)
            _table(text, part, words, doors)
    if not chapters:
        text.add_paragraph(say(language, "figure.empty"))
    if any(one.withheld or one.before_withheld for parts in chapters.values() for part in parts for one in part.told):
        text.add_paragraph(say(language, "figure.withheld_note"))
    text.add_paragraph(say(language, "figure.as_of", at=f"{local(at):%Y-%m-%d %H:%M}"))
    _number_pages(text, language)
    out = io.BytesIO()
    text.save(out)
    return out.getvalue()


def _table(text: Text, part: Part, words: FigureWords, doors: Doors | None) -> None:
    heads = HEADS if any(one.said.target is not None for one in part.told) else WITHOUT_TARGETS
    table = text.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, heads.values(), strict=True):
        column.width = width
    _fill(table.rows[0], [say(words.language, f"figure.{head}") for head in heads], bold=range(len(heads)))
    _keep(table.rows[0], "w:tblHeader")  # the heads stand on every page that the table reaches
    for told in part.told:
        note = told.said.noted(words.language)
        cells = {
            "name": told.indicator.label.said(words.language)
            + (say(words.language, "figure.noted", note=note) if note else ""),
            "now": words.now(told),
            "target": words.target(told),
            "done": words.done(told),
            "last_year": words.before(told),
            "change": words.change(told),
        }
        row = table.add_row()
        _fill(row, [cells[head] for head in heads], bold=(1,))
        _keep(row, "w:cantSplit")
        if doors is not None and (door := doors(part, told)):
            _link(row.cells[list(heads).index("now")], door)


def _fill(row: _Row, said: Iterable[str], bold: Container[int]) -> None:
    for at, (cell, text) in enumerate(zip(row.cells, said, strict=True)):
        _write(cell, text, bold=at in bold, right=at > 0)


def _write(cell: _Cell, said: str, *, bold: bool, right: bool) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(said)
    run.bold, run.font.size = bold, Pt(9.5)
    paragraph.paragraph_format.space_after = Pt(0)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _link(cell: _Cell, address: str) -> None:
    """Make what a cell says a link."""
    paragraph = cell.paragraphs[0]
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    for run in paragraph.runs:
        run.font.underline, run.font.color.rgb = True, DEEP
        link.append(run._r)
    paragraph._p.append(link)


def _keep(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _dress(text: Text, title: str, at: datetime) -> None:
    page = text.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.2)
    page.top_margin = page.bottom_margin = Cm(2)
    for name in ("Normal", "Title", "Heading 1", "Heading 2"):
        style = text.styles[name]
        style.font.name = "Calibri"
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "SimSun")
        if name != "Normal":
            style.font.color.rgb = DEEP
    about = text.core_properties
    about.title, about.author, about.comments, about.created, about.modified = title, "", "", at, at


def _number_pages(text: Text, language: Language) -> None:
    """The page's number in the footer."""
    before, _, after = say(language, "figure.page").partition("{page}")
    paragraph = text.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(before)
    _field(paragraph, "PAGE")
    paragraph.add_run(after)


def _field(paragraph: Paragraph, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(OxmlElement("w:r"))
    paragraph._p.append(field)
