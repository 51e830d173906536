"""Files that could run, reach out, unpack without end or hide something are refused, with a reason in words."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from cardsvc.core.records import Wrong
from cardsvc.core.uploads import UploadState
from cardsvc.core.words import LANGUAGES, say
from cardsvc.documents import record_sheet
from cardsvc.documents.record_template import template
from cardsvc.documents.safe_xlsx import RECORDS, Unsafe, UnsafeFile
from tests.support.home import Service
from tests.support.importing import HEADS, checked, committed, faults, kept, things
from tests.support.sample_module import MODULE, PART, THING
from tests.support.sheets import MAIN, sheet

GOOD = sheet([HEADS, *things(3)])


def saved(change: Callable[[Any], object]) -> bytes:
    """A file by another program, with something done to its sheet."""
    workbook = Workbook()
    active: Any = workbook.active
    for row in (HEADS, *things(3)):
        active.append(row)
    change(active)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def packed(raw: bytes, **more: bytes) -> bytes:
    """The file with parts added or put in place of its own; `__` in a name is a slash."""
    out, added = io.BytesIO(), {name.replace("__", "/"): part for name, part in more.items()}
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in added:
                new.writestr(name, old.read(name))
        for name, part in added.items():
            new.writestr(name, part)
    return out.getvalue()


def bomb() -> bytes:
    """230 MB of nothing in a few hundred kilobytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/styles.xml", "w") as part:
            for _ in range(230):
                part.write(b" " * 1_000_000)
    return out.getvalue()


def lying() -> bytes:
    """A bomb whose entry says that it is small."""
    lied, size = bytearray(bomb()), (230_000_000).to_bytes(4, "little")
    while (at := lied.find(size)) >= 0:
        lied[at : at + 4] = (1_000).to_bytes(4, "little")
    return bytes(lied)


def million_rows() -> bytes:
    begin, row = f'<worksheet xmlns="{MAIN}"><sheetData><row>{CELLS}</row>', "<row><c><v>1</v></c><c><v>2</v></c></row>"
    return sheet((), begin + row * 1_000_000 + "</sheetData></worksheet>")


def locked(whole: bool) -> bytes:
    """As an encrypted workbook begins, and an .xls of the old kind."""
    name = "EncryptedPackage" if whole else "Workbook"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000) + name.encode("utf-16-le") + bytes(2_000)


CELLS = '<c t="inlineStr"><is><t>county</t></is></c><c t="inlineStr"><is><t>name</t></is></c>'
ROWS_TWICE = f'<row r="5">{CELLS}</row><row r="2">{CELLS}</row>'
HOSTILE: dict[str, tuple[Callable[[], bytes], Unsafe]] = {
    "a formula": (lambda: saved(lambda one: one.cell(3, 3, "=1+1")), Unsafe.FORMULAS),
    "a formula that reaches out": (
        lambda: saved(lambda one: one.cell(3, 3, '=WEBSERVICE("http://x.invalid")')),
        Unsafe.FORMULAS,
    ),
    "a hyperlink": (lambda: saved(lambda one: setattr(one["B2"], "hyperlink", "http://x.invalid/")), Unsafe.LINKS),
    "an external link": (lambda: packed(GOOD, xl__externalLinks__one=b"<x/>"), Unsafe.LINKS),
    "an embedded object": (lambda: packed(GOOD, xl__embeddings__one=b"x"), Unsafe.LINKS),
    "macros": (lambda: packed(GOOD, **{"xl__vbaProject.bin": b"x"}), Unsafe.MACROS),
    "merged cells": (lambda: saved(lambda one: one.merge_cells("A2:B2")), Unsafe.MERGED),
    "a bomb": (bomb, Unsafe.UNPACKS_TOO_LARGE),
    "a bomb that lies": (lying, Unsafe.NOT_XLSX),
    "a row far down": (lambda: saved(lambda one: one.cell(1_048_576, 1, "x")), Unsafe.TOO_MANY_ROWS),
    "too many columns": (lambda: saved(lambda one: one.cell(2, 300, "x")), Unsafe.TOO_MANY_COLUMNS),
    "entities": (
        lambda: packed(GOOD, **{"xl__styles.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'}),
        Unsafe.NOT_XLSX,
    ),
    "another alphabet": (lambda: packed(GOOD, **{"xl__styles.xml": "<a/>".encode("utf-16")}), Unsafe.NOT_XLSX),
    "encrypted": (lambda: locked(True), Unsafe.ENCRYPTED),
    "an old .xls": (lambda: locked(False), Unsafe.NOT_XLSX),
    "a broken zip": (lambda: GOOD[: len(GOOD) // 2], Unsafe.NOT_XLSX),
    "broken XML": (lambda: sheet((), f'<worksheet xmlns="{MAIN}"><sheetData><row>'), Unsafe.NOT_XLSX),
    "another zip": (lambda: packed(b"PK\x05\x06" + bytes(18), a=b"b"), Unsafe.NOT_XLSX),
    "a huge cell": (lambda: sheet([HEADS, ["330302", "名" * 1_000_000]]), Unsafe.CELL_TOO_LARGE),
    "rows upside down": (
        lambda: sheet((), f'<worksheet xmlns="{MAIN}"><sheetData>{ROWS_TWICE}</sheetData></worksheet>'),
        Unsafe.NOT_XLSX,
    ),
    "nothing but headings": (lambda: sheet([HEADS]), Unsafe.EMPTY),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, Unsafe.NOT_TEXT),
    "a text with NULs": (lambda: b"county,name\n330302,a\x00b\n", Unsafe.NOT_TEXT),
    "a text of no alphabet": (lambda: b"county,name\n330302,\xff\xff\n", Unsafe.NOT_TEXT),
    "a text of UTF-16": (lambda: "county,name\n".encode("utf-16"), Unsafe.NOT_TEXT),
    "a text with a huge cell": (lambda: b"county,name\n330302," + b"a" * 200_000, Unsafe.CELL_TOO_LARGE),
    "a text with a quote that never ends": (
        lambda: b'county,name\n330302,"a' + b"\n330302,b" * 30_000,
        Unsafe.CELL_TOO_LARGE,
    ),
    "a text with too many columns": (lambda: b"county,name\n" + b"," * 300 + b"x\n", Unsafe.TOO_MANY_COLUMNS),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_reason_and_takes_little_memory(bureau: Service, name: str) -> None:
    make, why = HOSTILE[name]
    raw = make()
    tracemalloc.start()

    upload = checked(bureau, raw)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (upload.state, upload.found.unsafe) == (UploadState.FAULTY, why)
    for language in LANGUAGES:
        assert say(language, f"unsafe.{upload.found.unsafe}")
    assert kept(bureau) == []
    assert peak < 20_000_000 + 5 * len(raw), peak


@pytest.mark.parametrize("make", [million_rows, lambda: b"county,name\n" + b"330302,b\n" * 60_000])
def test_a_file_with_too_many_rows_is_read_no_further(make: Callable[[], bytes]) -> None:
    raw = make()
    tracemalloc.start()

    with pytest.raises(UnsafeFile) as refused:
        for _ in record_sheet.read(io.BytesIO(raw), THING, RECORDS).lines:
            pass

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.why is Unsafe.TOO_MANY_ROWS
    assert peak < 20_000_000, peak


def test_a_file_that_is_too_large_is_not_even_kept(bureau: Service) -> None:
    with pytest.raises(AssertionError, match="too_large"):
        checked(bureau, bytes(RECORDS.size + 1))


def test_a_file_of_another_program_is_read_as_it_is_shown_there(bureau: Service) -> None:
    """Dates are numbers with a format there, texts stand in a table of their own, some with how they sound."""

    def filled(active: Any) -> None:
        active.cell(2, 6, date(2026, 6, 30)).number_format = "yyyy/m/d"
        active.cell(3, 6, 46203).number_format = 'yyyy"年"m"月"d"日"'
        active.cell(4, 6, datetime(2026, 6, 30)).number_format = "[$-F800]dddd, mmmm dd, yyyy"
        active.cell(2, 5, 0.1 + 0.2)
        active.cell(3, 5, 1_234_567.5).number_format = "#,##0.00"
        active.cell(4, 8, True)

    upload = checked(bureau, saved(filled))

    assert faults(upload) == []
    committed(bureau, upload)
    rows = kept(bureau)
    assert {one.values["day"] for one in rows} == {date(2026, 6, 30)}
    assert [one.values["fen"] for one in rows] == [30, 123_456_750, 350]
    assert rows[2].values["good"] is True


def test_a_number_that_a_spreadsheet_has_rounded_is_named(bureau: Service) -> None:
    upload = checked(bureau, saved(lambda one: one.cell(2, 10, 330302194001010010)))
    assert faults(upload) in ([], [(2, "id_no", Wrong.ID_NO)])
    rounded = checked(bureau, saved(lambda one: one.cell(2, 10, 3.30302194001010e17)))
    assert faults(rounded) == [(2, "id_no", Wrong.ID_NO)]


def test_the_template_says_what_is_expected_and_is_read_back(bureau: Service) -> None:
    records = {one.name: one for one in MODULE.records}
    for language in LANGUAGES:
        raw = template(THING, records, {"330302": say(language, "county.330302"), "330303": "龙湾区"}, language)
        workbook = load_workbook(io.BytesIO(raw))
        first: Any = workbook.worksheets[0]
        heads = [cell.value for cell in first[2]]
        assert heads[1].endswith("[name]")
        assert len(heads) == len(THING.typed) + 1
        assert all(cell.value for cell in first[1])
        assert len(first.data_validations.dataValidation) == 4
        row = {
            "county": say(language, "county.330302"),
            "name": "甲",
            "kind": "样A",
            "good": say(language, "yes_no.yes"),
        }
        for at, head in enumerate(heads, 1):
            first.cell(3, at, row.get(head.rpartition("[")[2].rstrip("]")))
        out = io.BytesIO()
        workbook.save(out)
        assert faults(checked(bureau, out.getvalue())) == []
        assert template(PART, records, {"330302": "x"}, language)
