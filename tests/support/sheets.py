"""Spreadsheets for tests of imports: made fast, row by row, as other programs write them."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{to}"/></Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def sheet(rows: Iterable[Sequence[str | int]], sheet_xml: str | None = None) -> bytes:
    """A file with one sheet of these rows; or with this XML for it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", RELATIONS.format(kind="officeDocument", to="xl/workbook.xml"))
        packed.writestr("xl/workbook.xml", WORKBOOK)
        packed.writestr("xl/_rels/workbook.xml.rels", RELATIONS.format(kind="worksheet", to="worksheets/sheet1.xml"))
        with packed.open("xl/worksheets/sheet1.xml", "w") as part:
            if sheet_xml is not None:
                part.write(sheet_xml.encode())
            else:
                part.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
                for row in rows:
                    part.write(f"<row>{''.join(map(_cell, row))}</row>".encode())
                part.write(b"</sheetData></worksheet>")
    return out.getvalue()


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else "<c/>"
