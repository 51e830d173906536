"""An .xlsx file from outside, opened only after it is known to be small and harmless: text in cells and nothing else.

The whole file is looked through before any of it is parsed; what could run, reach out or unpack without end is named
and refused.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO
from xml.parsers.expat import ExpatError

from cardsvc.documents.sheet_cells import PIECE, FormulaFound, first_sheet


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may have: bytes, bytes unpacked, opening brackets of XML, rows, columns, characters of a cell."""

    size: int
    unpacked: int
    marks: int
    rows: int
    columns: int
    text: int


PRICES = Limits(size=2_000_000, unpacked=16_000_000, marks=500_000, rows=1_000, columns=60, text=1_000)
"""A price list."""
RECORDS = Limits(size=20_000_000, unpacked=200_000_000, marks=25_000_000, rows=50_100, columns=200, text=5_000)
"""Rows of a module's record: 50,000 and what stands above them."""
MOST_PARTS = 200
MOST_RUN = 300_000
"""Bytes of XML without an opening bracket: a cell that a spreadsheet holds has at most 32,767 characters."""
RUNS = re.compile(r"vbaProject|macrosheets|dialogsheets|activeX|ctrlProps|webextensions|\.bin$", re.IGNORECASE)
REACHES = re.compile(r"externalLinks|connections\.xml|queryTables|embeddings|oleObject|xl/model/", re.IGNORECASE)
HARMLESS = re.compile(r"printerSettings\d*\.bin$")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an encrypted file begins, and one of the time before .xlsx."""
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, LookupError, OSError, RuntimeError, ExpatError)


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
    CELL_TOO_LARGE = "cell_too_large"
    EMPTY = "empty"  # no rows
    NOT_TEXT = "not_text"  # a .csv that is no text in an alphabet that we know
    FAILED = "failed"  # it was opened, and the service failed at it
    KILLS = "kills"  # whoever worked on it was not heard of again, time after time
    INCOMPLETE = "incomplete"  # fewer checked rows are there than were read


class UnsafeFile(Exception):
    """A file turns out, while it is read, to be one that is not opened; `why`."""

    def __init__(self, why: Unsafe) -> None:
        super().__init__(why)
        self.why = why


MARKS = (
    ((b"<!DOCTYPE", b"<!ENTITY", b"\0"), re.compile(rb"<!(?:DOCTYPE|ENTITY)|\0"), Unsafe.NOT_XLSX),
    ((b"TargetMode",), re.compile(rb"TargetMode\s*=\s*[\"']External"), Unsafe.LINKS),
    ((b"oleObject", b"ddeLink"), re.compile(rb"<(?:\w+:)?(?:oleObject|ddeLink)\b"), Unsafe.LINKS),
    ((b"mergeCell",), re.compile(rb"<(?:\w+:)?mergeCell\b"), Unsafe.MERGED),
)
"""What no part may have: texts of which one stands there, then the pattern, which alone takes ten times longer."""
MACROS = re.compile(rb"macroEnabled", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked through and may be opened; `rows` is about how many it has."""

    file: BinaryIO
    limits: Limits
    rows: int


def rows(raw: bytes, limits: Limits = PRICES) -> list[tuple[str, ...]] | Unsafe:
    """The cells of the first sheet as text, row by row from the first one; or why the file is not opened."""
    found: list[tuple[str, ...]] = []
    try:
        for number, cells in each_row(looked_through(BytesIO(raw), limits)):
            found += [()] * (number - 1 - len(found))
            found.append(tuple(cells))
    except UnsafeFile as error:
        return error.why
    return found


def each_row(looked: Looked) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that say something: number from 1, and cells as text. Raises UnsafeFile."""
    limits = looked.limits
    try:
        # An entry that holds more than it says is unpacked no further the second time than it was looked through.
        with zipfile.ZipFile(looked.file) as packed:
            last = 0
            for number, cells in first_sheet(packed, limits.text):
                if not cells:
                    continue
                if number > limits.rows:
                    raise UnsafeFile(Unsafe.TOO_MANY_ROWS)
                if len(cells) > limits.columns:
                    raise UnsafeFile(Unsafe.TOO_MANY_COLUMNS)
                if number <= last:
                    raise UnsafeFile(Unsafe.NOT_XLSX)
                last = number
                yield number, cells
    except FormulaFound:
        raise UnsafeFile(Unsafe.FORMULAS) from None
    except BROKEN:
        raise UnsafeFile(Unsafe.NOT_XLSX) from None


def looked_through(file: BinaryIO, limits: Limits) -> Looked:
    """Look at every part of a file. Raises UnsafeFile when it is not to be opened."""
    if file.seek(0, 2) > limits.size:
        raise UnsafeFile(Unsafe.TOO_LARGE)
    file.seek(0)
    if file.read(len(COMPOUND)) == COMPOUND:
        raise UnsafeFile(Unsafe.ENCRYPTED if ENCRYPTED in file.read() else Unsafe.NOT_XLSX)
    try:
        with zipfile.ZipFile(file) as packed:
            why = _named_wrong(packed.infolist(), limits)
            if why is not None:
                raise UnsafeFile(why)
            return Looked(file, limits, _marked(packed, limits))
    except BROKEN:
        raise UnsafeFile(Unsafe.NOT_XLSX) from None


def _named_wrong(parts: list[zipfile.ZipInfo], limits: Limits) -> Unsafe | None:
    names = [one.filename for one in parts]
    if any(one.flag_bits & 1 for one in parts):
        return Unsafe.ENCRYPTED
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > limits.unpacked:
        return Unsafe.UNPACKS_TOO_LARGE
    if any(RUNS.search(name) and not HARMLESS.search(name) for name in names):
        return Unsafe.MACROS
    if any(REACHES.search(name) for name in names):
        return Unsafe.LINKS
    plain = all(one.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for one in parts)
    there = {"[Content_Types].xml", "xl/workbook.xml"} <= set(names) and len(set(names)) == len(names)
    return None if plain and there else Unsafe.NOT_XLSX


def _marked(packed: zipfile.ZipFile, limits: Limits) -> int:
    marks = rows = 0
    for one in packed.infolist():
        if not one.filename.endswith((".xml", ".rels")):
            continue
        for elements in _elements(packed, one):
            marks += elements.count(b"<")
            if marks > limits.marks:
                raise UnsafeFile(Unsafe.TOO_MANY_ROWS)
            for texts, mark, why in MARKS:
                if any(text in elements for text in texts) and mark.search(elements):
                    raise UnsafeFile(why)
            if one.filename == "[Content_Types].xml" and MACROS.search(elements):
                raise UnsafeFile(Unsafe.MACROS)
            if one.filename.startswith("xl/worksheets/"):
                rows += elements.count(b"<row ") + elements.count(b"<row>")
    return rows


def _elements(packed: zipfile.ZipFile, one: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces, cut where elements begin."""
    rest = b""
    with packed.open(one) as part:
        while piece := part.read(PIECE):
            whole = rest + piece
            cut = max(whole.rfind(b"<"), 0)
            rest = whole[cut:]
            if len(rest) > MOST_RUN:
                raise UnsafeFile(Unsafe.CELL_TOO_LARGE)
            if cut:
                yield whole[:cut]
    yield rest
