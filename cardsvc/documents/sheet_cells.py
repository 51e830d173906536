"""The cells of an .xlsx file's first sheet as text, a piece at a time: never the whole sheet in memory, nothing run.

Only for parts that safe_xlsx has looked through. What a cell shows in a spreadsheet decides what it says: a number in
a date's format is a date (ECMA-376 part 1, 18.8.30 and 18.3.1.4).
"""

import posixpath
import re
import zipfile
from array import array
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

PIECE = 1 << 18
EAST_ASIAN_DATES = frozenset({*range(27, 37), *range(50, 59)})
"""Formats of dates and times that Chinese spreadsheets use by number (ECMA-376 part 1, 18.8.30)."""
PLACE = re.compile(r"([A-Z]{1,3})[0-9]+")
WHOLE = re.compile(r"-?[0-9]+")
Start = Callable[[str, Mapping[str, str]], None]


class FormulaFound(Exception):
    """A cell has a formula."""


def first_sheet(packed: zipfile.ZipFile, most_text: int) -> Iterator[tuple[int, list[str]]]:
    """Each row that is there: its number, from 1, and its cells, at most `most_text` characters of each.

    Raises FormulaFound; ValueError, LookupError or ExpatError for what is no spreadsheet.
    """
    links = _Links(packed)
    strings, dates = _Strings(), _Dates()
    if links.strings:
        _parse(packed, links.strings, strings.start, strings.end, strings.text)
    if links.styles:
        _parse(packed, links.styles, dates.start)
    epoch = CALENDAR_MAC_1904 if links.since_1904 else CALENDAR_WINDOWS_1900
    cells = _Cells(strings, dates.styles, epoch, most_text)
    with packed.open(links.sheet) as part:
        parser = _parser(cells.start, cells.end, cells.text)
        while piece := part.read(PIECE):
            parser.Parse(piece)
            yield from cells.taken()
        parser.Parse(b"", True)
        yield from cells.taken()


def _parser(start: Start, end: Callable[[str], None] | None, text: Callable[[str], None] | None) -> expat.XMLParserType:
    parser = expat.ParserCreate("UTF-8", " ")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(_local(name), attributes)
    parser.EndElementHandler = (lambda name: end(_local(name))) if end is not None else None
    parser.CharacterDataHandler = text
    return parser


def _parse(
    packed: zipfile.ZipFile,
    name: str,
    start: Start,
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    parser = _parser(start, end, text)
    with packed.open(name) as part:
        while piece := part.read(PIECE):
            parser.Parse(piece)
        parser.Parse(b"", True)


def _local(name: str) -> str:
    """An element's name without its namespace."""
    return name.rpartition(" ")[2]


class _Links:
    """Where the parts of the workbook are."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.since_1904 = False
        self.sheet = self.strings = self.styles = ""
        self._sheets: list[str] = []
        self._targets: dict[str, tuple[str, str]] = {}
        _parse(packed, "xl/workbook.xml", self._workbook)
        _parse(packed, "xl/_rels/workbook.xml.rels", self._relation)
        found = dict(self._targets.values())
        self.strings, self.styles = found.get("sharedStrings", ""), found.get("styles", "")
        self.sheet = next(
            self._targets[one][1] for one in (*self._sheets, "") if self._targets.get(one, ("",))[0] == "worksheet"
        )
        if any(one and not one.endswith(".xml") for one in (self.sheet, self.strings, self.styles)):
            raise ValueError("a part that was not looked through")

    def _workbook(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            self._sheets += [value for key, value in attributes.items() if key.endswith(" id")]

    def _relation(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "Relationship":
            target = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).removeprefix("/")
            self._targets[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)


class _Strings:
    """The texts that cells name by number, one after another in one piece of memory."""

    def __init__(self) -> None:
        self._whole, self._ends, self._now = bytearray(), array("Q"), ""
        self._reads = self._sounds = False

    def __getitem__(self, number: int) -> str:
        begin = self._ends[number - 1] if number else 0
        return self._whole[begin : self._ends[number]].decode()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """`rPh` says how a text sounds: it is no part of it."""
        self._sounds = self._sounds or name == "rPh"
        self._reads = name == "t" and not self._sounds

    def text(self, text: str) -> None:
        """A text, or a part of it."""
        if self._reads:
            self._whole += text.encode()

    def end(self, name: str) -> None:
        """A string ends with its `si`."""
        self._reads = False
        self._sounds = self._sounds and name != "rPh"
        if name == "si":
            self._ends.append(len(self._whole))


class _Dates:
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        self.styles: set[int] = set()
        self._formats: dict[int, str] = dict(BUILTIN_FORMATS)
        self._in, self._number = "", 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Formats, then the styles of cells."""
        if name in ("cellStyleXfs", "cellXfs", "dxfs"):
            self._in = name
        elif name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "xf" and self._in == "cellXfs":
            number = int(attributes.get("numFmtId", "0"))
            if number in EAST_ASIAN_DATES or is_date_format(self._formats.get(number, "General")):
                self.styles.add(self._number)
            self._number += 1


class _Cells:
    """The rows of a sheet."""

    def __init__(self, strings: _Strings, dates: set[int], epoch: datetime, most_text: int) -> None:
        self._strings, self._dates, self._epoch, self._most = strings, dates, epoch, most_text
        self._done: list[tuple[int, list[str]]] = []
        self._number, self._row = 0, list[str]()
        self._kind, self._style, self._column = "", 0, -1
        self._said: list[str] = []
        self._in_cell = self._reads = self._sounds = False

    def taken(self) -> list[tuple[int, list[str]]]:
        """The rows that ended since they were last taken."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """A row, a cell, what is in it."""
        if name == "c":
            self._in_cell, self._said = True, []
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            place = PLACE.fullmatch(attributes.get("r", ""))
            self._column = _index(place[1]) if place is not None else self._column + 1
        elif self._in_cell:
            if name == "f":
                raise FormulaFound
            self._sounds = self._sounds or name == "rPh"
            self._reads = name in ("v", "t") and not self._sounds
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row, self._column = [], -1

    def text(self, text: str) -> None:
        """What a cell says, or a part of it."""
        if self._reads:
            self._said.append(text)

    def end(self, name: str) -> None:
        """A cell is placed in its row; a row is done."""
        self._reads = False
        self._sounds = self._sounds and name != "rPh"
        if name == "c":
            self._in_cell = False
            said = self._meant("".join(self._said)).strip()[: self._most]
            if said:
                self._row += [""] * (self._column + 1 - len(self._row))
                self._row[self._column] = said
        elif name == "row":
            self._done.append((self._number, self._row))

    def _meant(self, said: str) -> str:
        """What a person would have typed into the cell."""
        match self._kind:
            case "s":
                return self._strings[int(said)] if said else ""
            case "b":
                return "yes" if said == "1" else "no"
            case "n" if said and self._style in self._dates:
                return _date(said, self._epoch)
            case "n" if said and not WHOLE.fullmatch(said):
                return _number(said)
            case "d":
                return said.removesuffix("T00:00:00")
            case _:
                return said


def _index(letters: str) -> int:
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - 64
    return number - 1


def _number(said: str) -> str:
    """As the spreadsheet shows it: fifteen digits."""
    try:
        number = float(said)
        return str(int(number)) if number.is_integer() else f"{number:.15g}"
    except (ValueError, OverflowError):
        return said


def _date(said: str, epoch: datetime) -> str:
    try:
        found = from_excel(float(said), epoch)
    except (ValueError, OverflowError):
        return said
    if isinstance(found, timedelta):
        return str(found)
    text: str = found.isoformat()
    return text.removesuffix("T00:00:00")
