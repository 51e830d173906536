"""An .xlsx file from outside, opened only after it is known to be small and harmless: text in cells and nothing else.

The whole file is looked through before any of it is parsed; what could run, reach out or unpack without end is named
and refused.
"""

import re
import zipfile
import zlib
from datetime import datetime
from enum import StrEnum
from io import BytesIO

from openpyxl import load_workbook

MOST_BYTES = 2_000_000
MOST_UNPACKED = 16_000_000
MOST_PARTS = 200
MOST_MARKS = 500_000
"""Opening brackets of XML in all parts: what a parser would make objects of."""
MOST_ROWS = 1_000
MOST_COLUMNS = 60
MOST_TEXT = 1_000
RUNS = re.compile(r"vbaProject|macrosheets|dialogsheets|activeX|ctrlProps|webextensions|\.bin$", re.IGNORECASE)
REACHES = re.compile(r"externalLinks|connections\.xml|queryTables|embeddings|oleObject|xl/model/", re.IGNORECASE)
HARMLESS = re.compile(r"printerSettings\d*\.bin$")
FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")


class Unsafe(StrEnum):
    """Why a file is not opened."""

    NOT_XLSX = "not_xlsx"
    TOO_LARGE = "too_large"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    LINKS = "links"
    FORMULAS = "formulas"
    MERGED = "merged"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"


MARKS = (
    (re.compile(rb"<!(?:DOCTYPE|ENTITY)|\x00"), Unsafe.NOT_XLSX),
    (re.compile(rb"macroEnabled", re.IGNORECASE), Unsafe.MACROS),
    (re.compile(rb"TargetMode\s*=\s*[\"']External|<(?:\w+:)?oleObject\b|<(?:\w+:)?ddeLink\b"), Unsafe.LINKS),
    (re.compile(rb"<(?:\w+:)?mergeCell\b"), Unsafe.MERGED),
)


def rows(raw: bytes) -> list[tuple[str, ...]] | Unsafe:
    """The cells of the first sheet as text, row by row from the first one; or why the file is not opened."""
    parts = looked_through(raw)
    if isinstance(parts, Unsafe):
        return parts
    try:
        # Only what was looked through is parsed: an entry that holds more than it says is not unpacked a second time.
        workbook = load_workbook(_packed(parts), read_only=True, keep_links=False)
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()  # a file may claim any size: only what is there counts
        found: list[tuple[str, ...]] = []
        for cells in sheet.iter_rows():
            texts = [_text(cell.value) for cell in cells]
            while texts and not texts[-1]:
                texts.pop()
            if len(texts) > MOST_COLUMNS:
                return Unsafe.TOO_MANY_COLUMNS
            if len(found) >= MOST_ROWS:
                return Unsafe.TOO_MANY_ROWS
            found.append(tuple(texts))
    except Exception:  # the library throws whatever broken XML makes of it; there is nothing to mend here but the file
        return Unsafe.NOT_XLSX
    while found and not found[-1]:
        found.pop()
    return found


def looked_through(raw: bytes) -> dict[str, bytes] | Unsafe:
    """The XML parts of the file, not parsed, at most `MOST_UNPACKED` bytes together; or why it is not opened."""
    if len(raw) > MOST_BYTES:
        return Unsafe.TOO_LARGE
    try:
        with zipfile.ZipFile(BytesIO(raw)) as packed:
            why = _named_wrong(packed.infolist())
            return why or _marked(packed)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, RuntimeError):
        return Unsafe.NOT_XLSX


def _packed(parts: dict[str, bytes]) -> BytesIO:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as packed:
        for name, part in parts.items():
            packed.writestr(zipfile.ZipInfo(name), part)
    return whole


def _named_wrong(parts: list[zipfile.ZipInfo]) -> Unsafe | None:
    names = [one.filename for one in parts]
    if any(one.flag_bits & 1 for one in parts):
        return Unsafe.ENCRYPTED
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        return Unsafe.UNPACKS_TOO_LARGE
    if any(RUNS.search(name) and not HARMLESS.search(name) for name in names):
        return Unsafe.MACROS
    if any(REACHES.search(name) for name in names):
        return Unsafe.LINKS
    plain = all(one.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in parts)
    there = {"[Content_Types].xml", "xl/workbook.xml"} <= set(names) and len(set(names)) == len(names)
    return None if plain and there else Unsafe.NOT_XLSX


def _marked(packed: zipfile.ZipFile) -> dict[str, bytes] | Unsafe:
    parts: dict[str, bytes] = {}
    marks = 0
    for one in packed.infolist():
        if not one.filename.endswith((".xml", ".rels")):
            continue
        with packed.open(one) as opened:
            # A length keeps the unpacking within it, whatever the entry really holds.
            part = parts[one.filename] = opened.read(one.file_size + 1)
        marks += part.count(b"<")
        if marks > MOST_MARKS:
            return Unsafe.TOO_MANY_ROWS
        for mark, why in MARKS:
            if mark.search(part):
                return why
        if one.filename.startswith("xl/worksheets/") and FORMULA.search(part):
            return Unsafe.FORMULAS
    return parts


def _text(value: object) -> str:
    """What a person would have typed into the cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()[:MOST_TEXT]
