"""A list as a file: what its address asks for, harmless to open, numbers masked, and read back as the same rows."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from cardsvc.core.uploads import UploadState
from cardsvc.core.words import LANGUAGES, Language
from cardsvc.rows import keeping
from cardsvc.store import tables as t
from tests.modules.conftest import CLERK, COUNTY, begun
from tests.modules.test_rows import add
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service
from tests.support.importing import checked, committed, faults, kept, where
from tests.support.sample_module import PART, THING

BY_TWO = {"second_staff_no": "1051", "second_password": "10511051"}
FORMULA = '=HYPERLINK("http://x.invalid","x")'


def filled(bureau: Service) -> Desk:
    """Rows with every kind of value, with texts that look like formulas, and rows that link to them."""
    desk = Desk(bureau, CLERK)
    add(desk, note=FORMULA)
    add(desk, name=FORMULA, county="330324", kind="", place="-27.99412, 120.65513", phone="+86 13800000000", note="'-5")
    add(desk, name="-样品 三", at="2026-06-30 09:30:15", good="no", fen="0.05", note="一\r\n二 ''=x")
    bare = dict.fromkeys(
        ("kind", "count", "fen", "day", "at", "good", "place", "code", "id_no", "phone", "account"), ""
    )
    add(desk, name="@光", **bare, note="", shown="")
    for n, row in enumerate(kept(bureau)):
        add(desk, "part", county=row.county, thing=row.id, title=f"=部件{n}", weight=str(n) if n else "")
    return desk


def in_english(desk: Desk, language: Language) -> None:
    desk.http.get(f"/office/language?to={language}&back=/office/")


def cells(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_exported_is_imported_to_the_same_rows(
    bureau: Service, tmp_path: Path, language: Language, kind: str
) -> None:
    desk = filled(bureau)
    in_english(desk, language)
    files = {
        one.name: desk.post(f"modules/sample/{one.name}/export", why="audit", **BY_TWO, **{"as": kind}).content
        for one in (THING, PART)
    }
    (tmp_path / "other").mkdir()
    for other in begun(f"sqlite:///{tmp_path / 'other' / 'onecard.db'}"):
        for one in (THING, PART):
            upload = checked(other, files[one.name], record=one, name=f"x.{kind}")
            assert faults(upload) == []
            assert committed(other, upload).state is UploadState.DONE
        assert told(other) == told(bureau)


def told(bureau: Service) -> list[Any]:
    """All that the rows say, in clear; links by what they lead to."""
    vault, names = bureau.context.vault, {one.id: one.values["name"] for one in kept(bureau)}
    things = [
        (
            row.county,
            {
                one.name: keeping.clear(vault, where(bureau), row, one.name) if one.secret else row.values[one.name]
                for one in THING.columns
            },
        )
        for row in kept(bureau)
    ]
    parts = [(one.county, {**one.values, "thing": names[str(one.values["thing"])]}) for one in kept(bureau, PART)]
    return sorted(things, key=str) + sorted(parts, key=str)


def test_no_cell_of_a_file_is_a_formula_and_numbers_are_masked(bureau: Service) -> None:
    desk = filled(bureau)

    answer = desk.get("modules/sample/thing/export.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="sample-thing-2026-11-01.csv"'
    raw = answer.content.decode("utf-8-sig")
    assert ID_NO not in raw
    assert "330***********0010" in raw
    assert not [one for row in cells(answer) for one in row if one[:1] in ("=", "+", "@") or one[:2] == "-样"]

    sheet: Any = load_workbook(io.BytesIO(desk.get("modules/sample/thing/export.xlsx").content)).worksheets[0]
    assert {cell.data_type for row in sheet for cell in row} <= {"s", "n", "d", "inlineStr"}
    assert ID_NO not in str([[cell.value for cell in row] for row in sheet])
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == ["县（市、区） [county]", "样Name [name]", "样Kind [kind]"]
    assert sheet.freeze_panes == "A2"


def test_a_file_has_the_rows_that_the_list_shows(bureau: Service) -> None:
    desk = filled(bureau)

    def names(query: str, desk: Desk = desk) -> list[str]:
        return [row[1] for row in cells(desk.get(f"modules/sample/thing/export.csv?{query}"))[1:]]

    assert len(names("")) == 4
    assert names("county=330324") == [f"'{FORMULA}"]
    assert names("f.good=no") == ["'-样品 三"]
    assert names("q=@") == ["'@光"]
    assert names("county=330302", Desk(bureau, COUNTY)) == [f"'{FORMULA}"], "their own county alone"


def test_full_numbers_are_for_who_may_see_them_and_says_why_and_are_logged(bureau: Service) -> None:
    desk = filled(bureau)
    auditor = Desk(bureau, "1016")
    assert "330***********0010" in auditor.get("modules/sample/thing/export.csv").text
    assert auditor.post("modules/sample/thing/export", why="audit", **{"as": "csv"}).status_code == 403
    assert desk.post("modules/sample/thing/export", why="curious", **{"as": "csv"}).status_code == 422
    assert "export" in desk.get("modules/sample/thing").text
    with bureau.context.engine.begin() as connection:
        connection.execute(text("DELETE FROM module_grant WHERE staff_no = '1053'"))
    assert Desk(bureau, COUNTY).get("modules/sample/thing/export.csv").status_code == 404

    for second in ({}, {"second_staff_no": CLERK, "second_password": CLERK * 2}, {**BY_TWO, "second_password": "x"}):
        assert desk.post("modules/sample/thing/export", why="audit", **second, **{"as": "csv"}).status_code in (
            401,
            403,
            409,
        )

    answer = desk.post("modules/sample/thing/export", why="audit", **BY_TWO, **{"as": "csv"})

    assert ID_NO in answer.text
    with bureau.context.engine.connect() as connection:
        said = [one for one in connection.execute(t.audit_link.select()) if one.what.startswith("revealed all")]
    assert [(one.what, one.staff_no) for one in said] == [
        ("revealed all of a list of sample/thing for audit with 1051", CLERK)
    ]


def test_a_link_is_named_where_that_names_it_for_the_county_that_links(bureau: Service) -> None:
    desk = Desk(bureau, COUNTY)
    own = add(Desk(bureau, CLERK), county="330300", name="市本级样品")
    add(desk, "part", county="330324", thing=own, title="部件")

    assert [row[1] for row in cells(desk.get("modules/sample/part/export.csv"))[1:]] == ["市本级样品"]
