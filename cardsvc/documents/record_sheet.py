"""Rows of a module's record as a file from outside, .xlsx or .csv: which column is which, and the rows as texts.

A heading is ``标签 [name]``, the name alone, or the label in either language, in any order; what stands above the
headings is not read. Texts that were made harmless for spreadsheets are read as what they were.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import BinaryIO

from openpyxl.utils import get_column_letter

from cardsvc.core.records import Fault, Record, Wrong
from cardsvc.core.words import LANGUAGES, Language, say
from cardsvc.documents import safe_csv, safe_xlsx
from cardsvc.documents.plain_sheet import bare
from cardsvc.documents.safe_xlsx import COMPOUND, Limits

COUNTY = "county"
ABOVE = 20
"""The headings are in one of so many rows."""
NAMED = re.compile(r".*\[(\w+)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file: its number, its texts by column, and letters of the columns that have a text but no name."""

    row: int
    texts: dict[str, str]
    nameless: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: its row of headings and their faults, about how many rows, and the rows below."""

    row: int
    faults: tuple[Fault, ...]
    unread: tuple[str, ...]
    total: int
    lines: Iterator[Line]


def read(file: BinaryIO, record: Record, limits: Limits) -> Sheet:
    """Look through a file and find its columns; its rows are read as they are asked for.

    Raises UnsafeFile, also while rows are asked for.
    """
    file.seek(0)
    head = file.read(len(COMPOUND))
    if head.startswith(b"PK") or head == COMPOUND:
        looked = safe_xlsx.looked_through(file, limits)
        total, rows = looked.rows, safe_xlsx.each_row(looked)
    else:
        text = safe_csv.looked_through(file, limits)
        total, rows = text.lines, safe_csv.each_row(file, limits, text)
    meant = _meanings(record)
    above: list[tuple[int, list[str]]] = []
    for number, cells in rows:
        if _are_headings(cells, meant):
            names = [_name(one, meant) for one in cells]
            faults = tuple(_faults(record, cells, names))
            computed = {one.name for one in record.columns} - {one.name for one in record.typed}
            unread = tuple(dict.fromkeys(one for one in names if one in computed))
            columns = [one if one not in computed else None for one in names]
            return Sheet(number, faults, unread, max(total - number, 0), _lines(rows, columns))
        above.append((number, cells))
        if len(above) == ABOVE:
            break
    needed = (one.name for one in record.typed if one.needed)
    missing = tuple(Fault(one, Wrong.COLUMN_MISSING) for one in (COUNTY, *needed))
    return Sheet(1, missing, (), total, _lines(chain[tuple[int, list[str]]](), []))


def heading(record: Record, name: str, language: Language) -> str:
    """The heading of a column."""
    return f"{label(record, name, language)} [{name}]"


def label(record: Record, name: str, language: Language) -> str:
    """What a column is called."""
    return say(language, "records.county") if name == COUNTY else record.column(name).label.said(language)


def _meanings(record: Record) -> dict[str, str]:
    """The column that a heading's text means; "" where it would mean two."""
    meant: dict[str, str] = {}
    for name in (COUNTY, *(one.name for one in record.columns)):
        for said in {label(record, name, one).casefold() for one in LANGUAGES}:
            meant[said] = "" if said in meant else name
    return meant | {name: name for name in (COUNTY, *(one.name for one in record.columns))}


def _name(text: str, meant: dict[str, str]) -> str:
    """The column of a heading; "" for one that is none of ours."""
    named = NAMED.fullmatch(text.strip())
    return meant.get(named[1] if named is not None else text.strip().casefold(), "")


def _are_headings(cells: Sequence[str], meant: dict[str, str]) -> bool:
    """Two known headings, and as many known as unknown ones: a title above them may be the label of a column."""
    filled = [one for one in cells if one]
    known = sum(1 for one in filled if _name(one, meant))
    return known >= 2 and 2 * known >= len(filled)


def _faults(record: Record, cells: Sequence[str], names: Sequence[str]) -> Iterator[Fault]:
    for text, name in zip(cells, names, strict=True):
        if text and not name:
            yield Fault(text[:40], Wrong.COLUMN_UNKNOWN)
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            yield Fault(name, Wrong.TWICE)
    for one in record.typed:
        if one.needed and one.name not in names:
            yield Fault(one.name, Wrong.COLUMN_MISSING)


def _lines(rows: Iterator[tuple[int, list[str]]], columns: Sequence[str | None]) -> Iterator[Line]:
    """The rows below the headings; a column of None is left aside, one of "" has no name."""
    for number, cells in rows:
        texts: dict[str, str] = {}
        nameless = []
        for at, said in enumerate(cells):
            name = columns[at] if at < len(columns) else ""
            if name:
                texts[name] = bare(said)
            elif said and name is not None:
                nameless.append(get_column_letter(at + 1))
        yield Line(number, texts, tuple(nameless))
