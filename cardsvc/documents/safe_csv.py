"""A .csv file from outside: known to be text, in UTF-8 or GB18030, before a line of it is read, a line at a time."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cardsvc.documents.safe_xlsx import Limits, Unsafe, UnsafeFile
from cardsvc.documents.sheet_cells import PIECE

ALPHABETS = ("utf-8-sig", "gb18030")
"""GB18030 is what spreadsheets write in China; it holds GBK and GB 2312."""
FIELD_TOO_LARGE = re.compile(r"field larger")


@dataclass(frozen=True, slots=True)
class Text:
    """How a file is written, and about how many lines it has."""

    alphabet: str
    between: str
    lines: int


def each_row(file: BinaryIO, limits: Limits, text: Text) -> Iterator[tuple[int, list[str]]]:
    """The rows that say something: number from 1, and cells. Raises UnsafeFile."""
    file.seek(0)
    reading = io.TextIOWrapper(file, text.alphabet, newline="")
    try:
        for number, row in enumerate(csv.reader(reading, delimiter=text.between), 1):
            cells = [one.strip()[: limits.text] for one in row]
            while cells and not cells[-1]:
                cells.pop()
            if not cells:
                continue
            if number > limits.rows:
                raise UnsafeFile(Unsafe.TOO_MANY_ROWS)
            if len(cells) > limits.columns:
                raise UnsafeFile(Unsafe.TOO_MANY_COLUMNS)
            yield number, cells
    except csv.Error as error:
        raise UnsafeFile(Unsafe.CELL_TOO_LARGE if FIELD_TOO_LARGE.search(str(error)) else Unsafe.NOT_TEXT) from None
    finally:
        reading.detach()


def looked_through(file: BinaryIO, limits: Limits) -> Text:
    """How the file is written. Raises UnsafeFile when it is too large or no text."""
    if file.seek(0, 2) > limits.size:
        raise UnsafeFile(Unsafe.TOO_LARGE)
    for alphabet in ALPHABETS:
        try:
            return _written_in(file, alphabet)
        except UnicodeDecodeError:
            continue
    raise UnsafeFile(Unsafe.NOT_TEXT)


def _written_in(file: BinaryIO, alphabet: str) -> Text:
    file.seek(0)
    decoder, lines, head = codecs.getincrementaldecoder(alphabet)(), 1, ""
    while piece := file.read(PIECE):
        if b"\0" in piece:
            raise UnsafeFile(Unsafe.NOT_TEXT)
        said = decoder.decode(piece)
        lines += said.count("\n")
        head = head or said
    decoder.decode(b"", True)
    first = head.partition("\n")[0]
    return Text(alphabet, max(",;\t", key=first.count), lines)
