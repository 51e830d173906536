"""The half-year report: a page, a text document and a spreadsheet; for whom, and what another program reads in them."""

import io
import os
import random
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from cardsvc.__main__ import app
from cardsvc.commands.ground import plugged
from cardsvc.core.figures import Chapter, Count, Indicator, Sum, Unit
from cardsvc.core.indicated import Relation, Said
from cardsvc.core.records import Label
from cardsvc.core.reporting import Period
from cardsvc.handlers import set_figures
from cardsvc.rows.half_year import reported
from cardsvc.vault import keystore
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.modules.test_rows import add
from tests.support import sample_module, tools
from tests.support.desk import Desk
from tests.support.granting import grant
from tests.support.home import Service

HALF = Period(date(2026, 1, 1), date(2026, 6, 30))
PATH = "modules/half-year"
KNOWN = (
    Indicator("things", Label("样品数", "Things"), Unit.COUNT, Count("thing"), Chapter.ELDER_CARE),
    Indicator("amount", Label("金额", "Amounts"), Unit.YUAN, Sum("thing", "fen"), Chapter.OTHER),
    Indicator("hidden", Label("不公布之数", "Hidden"), Unit.COUNT, Count("thing", {"good": True}), Chapter.OTHER),
)


@pytest.fixture
def office(bureau: Service) -> Service:
    """Three things of the half-year: four are the target, the amount is over 900 yuan, one figure is withheld."""
    module = replace(sample_module.MODULE, indicators=KNOWN)
    bureau.context = replace(bureau.context, modules={"sample": module})
    desk = Desk(bureau, LEADER)
    for number in range(3):
        add(desk, name=f"样{number}", fen="331.17")
    said = {
        "things": Said(target=4_00),
        "amount": Said(relation=Relation.OVER, bound=900_00),
        "hidden": Said(withheld=True),
    }
    assert set_figures.handle(bureau.context, module, HALF, said, LEADER, bureau.clock.now) == 3
    return bureau


def test_the_page_has_the_chapters_with_targets_and_doors(office: Service) -> None:
    page = Desk(office, LEADER).get(PATH).text

    assert "第二部分 养老服务" in page and "第三部分 殡葬改革" in page and "第四部分 其他工作" in page
    assert "75.0%" in page and "¥900.00 余" in page and "¥993.51" in page
    assert "/office/modules/sample/thing?from=2026-01-01&amp;to=2026-06-30" in page
    reports = "/office/reports/rows?what=taps&amp;first=2026-01-01&amp;last=2026-06-30&amp;step=load"
    assert reports in page and reports in Desk(office, "1016").get(PATH).text
    assert "what=taps" not in Desk(office, CLERK).get(PATH).text
    assert "f.good=yes&amp;from=2026" not in page, "behind a withheld figure there is no door"


def test_everybody_reads_the_modules_that_they_work_in_and_nobody_what_is_withheld(office: Service) -> None:
    assert Desk(office, "1001").get(PATH).status_code == 403
    assert Desk(office, COUNTY).get(PATH).status_code == 403, "the report is the whole city's"
    clerk = Desk(office, CLERK).get(PATH).text
    assert "样品数" in clerk and "殡葬服务" not in clerk
    grant(office, CLERK, [])
    assert "样品数" not in Desk(office, CLERK).get(PATH).text
    for who in (LEADER, "1016"):
        desk = Desk(office, who)
        sheet = load_workbook(io.BytesIO(desk.get(f"{PATH}.xlsx?day=2026-01-01").content)).worksheets[0]
        hidden = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "不公布之数")
        assert hidden[3] == hidden[4] == hidden[8] == "**", hidden
        text = Document(io.BytesIO(desk.get(f"{PATH}.docx?day=2026-01-01").content))
        rows = [[cell.text for cell in row.cells] for table in text.tables for row in table.rows]
        assert next(row for row in rows if row[0] == "不公布之数")[1] == "**"
        page = desk.get(PATH).text
        assert page.count("class=withheld>**</b>") == 1


def test_the_files_are_in_the_language_of_who_asks(office: Service) -> None:
    desk = Desk(office, LEADER)
    desk.http.cookies.set("language", "en")

    answer = desk.get(f"{PATH}.docx?span=year&day=2026-01-01")

    assert 'filename="half-year-2026-01-01-2026-12-31.docx"' in answer.headers["content-disposition"]
    text = Document(io.BytesIO(answer.content))
    assert [one.text for one in text.paragraphs][:2] == [
        "Half-year report of civil affairs",
        "2026-01-01 to 2026-12-31",
    ]
    assert "Chapter 2: Elder care" in [one.text for one in text.paragraphs]
    assert "PAGE" in text.sections[0].footer.paragraphs[0]._p.xml


def test_each_figure_of_both_files_leads_to_its_rows_and_a_withheld_one_nowhere(office: Service) -> None:
    desk = Desk(office, LEADER)
    text = Document(io.BytesIO(desk.get(f"{PATH}.docx?day=2026-01-01").content))
    sheet = load_workbook(io.BytesIO(desk.get(f"{PATH}.xlsx?day=2026-01-01").content)).worksheets[0]

    rows = [row for table in text.tables for row in table.rows[1:]]
    links = {row.cells[0].text: [link.address for link in row.cells[1].paragraphs[0].hyperlinks] for row in rows}
    lines = {str(row[1].value): row for row in sheet.iter_rows(min_row=4) if row[1].value is not None}
    for name, cells in lines.items():
        written = [str(cells[3].hyperlink.target)] if cells[3].hyperlink is not None else []
        assert written == links[name] and len(written) == (name != "不公布之数"), name
        for address in written:
            assert address.startswith("http://testserver/office/"), address
            assert desk.http.get(address).status_code == 200, address
    assert links["样品数"] == ["http://testserver/office/modules/sample/thing?from=2026-01-01&to=2026-06-30"]


def test_a_change_is_a_number_in_the_spreadsheet(office: Service) -> None:
    desk = Desk(office, LEADER)
    for number in range(2):
        add(desk, name=f"去年{number}", day="2025-03-01", fen="100")
    sheet = load_workbook(io.BytesIO(desk.get(f"{PATH}.xlsx?day=2026-01-01").content)).worksheets[0]

    lines = {row[1].value: row for row in sheet.iter_rows(min_row=4) if row[1].value is not None}
    assert (lines["样品数"][8].value, lines["金额"][8].value) == (50, 396.8)
    assert lines["样品数"][8].number_format == '+0.0"%";-0.0"%";0.0"%"'


def test_what_is_noted_of_a_figure_is_read_in_the_language_of_the_report(office: Service) -> None:
    module = office.context.modules["sample"]
    noted = {
        "things": Said(target=4_00, note="市本级", note_en="city level"),
        "amount": Said(relation=Relation.OVER, bound=900_00, note="截至六月"),
    }
    assert set_figures.handle(office.context, module, HALF, noted, LEADER, office.clock.now) == 2
    desk = Desk(office, LEADER)

    def files() -> tuple[str, list[object]]:
        text = Document(io.BytesIO(desk.get(f"{PATH}.docx?day=2026-01-01").content))
        sheet = load_workbook(io.BytesIO(desk.get(f"{PATH}.xlsx?day=2026-01-01").content)).worksheets[0]
        names = " ".join(row.cells[0].text for table in text.tables for row in table.rows)
        return names, [row[9].value for row in sheet.iter_rows(min_row=4) if row[9].value]

    names, remarks = files()
    assert "样品数（市本级）" in names and "city level" not in names
    assert remarks == ["市本级", "截至六月"]
    desk.http.cookies.set("language", "en")
    names, remarks = files()
    assert "Things (city level)" in names and "市本级" not in names
    assert remarks == ["city level", "截至六月"], "what has no English note has the Chinese one"


def test_what_the_bureau_noted_of_its_half_year_is_in_both_languages() -> None:
    notes = [(one.note, one.note_en) for one in reported() if one.note or one.note_en]

    assert len(notes) == 13
    assert all(any("一" <= sign <= "龥" for sign in note) and note_en.isascii() and note_en for note, note_en in notes)


def test_a_period_that_cannot_be_is_the_last_half_year(office: Service) -> None:
    for asked in ("?span=days&from=2026-12-01&to=2026-01-01", "?day=x", "?day=9999-99-99", "?span=century"):
        assert "2026-01-01 至 2026-06-30" in Desk(office, LEADER).get(f"{PATH}{asked}").text, asked


def half_year(out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["half-year", "--out", str(out), *more])


def links(file: Path) -> set[str]:
    """The addresses that lead from figures to rows."""
    if file.suffix == ".xlsx":
        cells = [cell for row in load_workbook(file).worksheets[0].iter_rows() for cell in row]
        return {str(cell.hyperlink.target) for cell in cells if cell.hyperlink is not None}
    rows = [row for table in Document(str(file)).tables for row in table.rows]
    return {link.address for row in rows for link in row.cells[1].paragraphs[0].hyperlinks}


def test_the_command_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    for name, value in (("DATA", str(tmp_path)), ("DSN", service.context.engine.url.render_as_string())):
        monkeypatch.setenv(f"ONECARD_{name}", value)
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")
    loaded = CliRunner().invoke(app, ["demo-data", "--half-year"])
    again = CliRunner().invoke(app, ["demo-data", "--half-year"])
    days = ("--from", "2026-01-01", "--to", "2026-06-30")

    text, sheet = half_year(tmp_path / "r.docx", *days), half_year(tmp_path / "r.xlsx", *days, "--english")
    wrong = [half_year(tmp_path / "r.pdf", *days), half_year(tmp_path / "x.docx", "--from", "2026-13-01")]
    wrong.append(half_year(tmp_path / "x.docx", "--from", "2026-06-30", "--to", "2026-01-01"))
    monkeypatch.setenv("ONECARD_OFFICE_URL", "https://onecard.example/")
    linked = [half_year(tmp_path / f"linked.{kind}", *days) for kind in ("docx", "xlsx")]
    monkeypatch.setenv("ONECARD_OFFICE_URL", "https://onecard.example/office/")
    wrong.append(half_year(tmp_path / "x.docx", *days))
    service.context = replace(service.context, modules=plugged())
    desk = Desk(service, LEADER)
    paths = [one.removeprefix("https://onecard.example") for one in sorted(links(tmp_path / "linked.xlsx"))]
    followed = {one: desk.http.get(one).status_code for one in paths[::9]}
    service.close()

    assert loaded.exit_code == 0, loaded.output
    assert again.exit_code == 1, "into rows that are there nothing is loaded"
    assert (text.exit_code, sheet.exit_code) == (0, 0), (text.output, sheet.output)
    assert load_workbook(tmp_path / "r.xlsx").worksheets[0]["A2"].value.startswith("2026-01-01 to 2026-06-30")
    assert "ONECARD_OFFICE_URL" in load_workbook(tmp_path / "r.xlsx").worksheets[0]["A2"].value
    assert "ONECARD_OFFICE_URL" in Document(str(tmp_path / "r.docx")).paragraphs[2].text
    assert links(tmp_path / "r.docx") == links(tmp_path / "r.xlsx") == set()
    assert [one.exit_code for one in linked] == [0, 0], [one.output for one in linked]
    assert "ONECARD" not in load_workbook(tmp_path / "linked.xlsx").worksheets[0]["A2"].value
    assert links(tmp_path / "linked.docx") == links(tmp_path / "linked.xlsx")
    assert all(one.startswith("https://onecard.example/office/") for one in links(tmp_path / "linked.xlsx"))
    assert len(followed) > 5 and set(followed.values()) == {200}, followed
    assert [one.exit_code for one in wrong] == [2, 2, 2, 2] and not (tmp_path / "x.docx").exists()


def test_another_program_opens_both_files(office: Service, tmp_path: Path, night: bool) -> None:
    why = tools.libreoffice_missing()
    if why is not None and not night:
        pytest.skip(why)
    assert why is None, why
    desk = Desk(office, LEADER)
    for kind in ("docx", "xlsx"):
        file = tmp_path / f"r.{kind}"
        file.write_bytes(desk.get(f"{PATH}.{kind}?day=2026-01-01").content)
        own = f"-env:UserInstallation=file://{tmp_path / 'office'}"
        done = subprocess.run(
            ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)],
            capture_output=True,
            text=True,
            timeout=240,
            env={**os.environ, "HOME": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr
        read = subprocess.run(
            ["pdftotext", "-layout", str(tmp_path / "r.pdf"), "-"],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        (tmp_path / "r.pdf").unlink()
        for said in ("民政工作半年报告", "样品数", "¥900.00 余", "**", "75.0"):
            assert said in read, (kind, said, read)
