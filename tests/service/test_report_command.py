"""`cardsvc report`: a file for other programs or for paper, and what it says when it is asked for nonsense."""

import random
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from cardsvc.__main__ import app
from cardsvc.vault import keystore
from tests.support.home import Service


def report(out: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["report", "--out", str(out), *more])


def test_a_report_is_written_as_spreadsheet_and_on_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = Service(f"sqlite:///{tmp_path / 'onecard.db'}")
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_DSN", service.context.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")
    november = ("--from", "2026-11-01", "--to", "2026-11-30")

    sheet, paper = report(tmp_path / "r.xlsx", *november, "--english"), report(tmp_path / "r.pdf", *november)
    wrong = [
        report(tmp_path / "r.docx", *november),
        report(tmp_path / "x.pdf", "--from", "2026-13-01", "--to", "x"),
        report(tmp_path / "x.pdf", "--from", "2024-01-01", "--to", "2026-11-30"),
        report(tmp_path / "x.pdf", "--from", "2026-11-30", "--to", "2026-11-01"),
    ]
    monkeypatch.setenv("ONECARD_OFFICE_URL", "https://onecard.example")
    linked = report(tmp_path / "linked.xlsx", *november)
    service.close()

    assert (sheet.exit_code, paper.exit_code) == (0, 0), (sheet.output, paper.output)
    assert load_workbook(tmp_path / "r.xlsx").worksheets[0]["B2"].value == "2026-11-01 to 2026-11-30"
    assert "ONECARD_OFFICE_URL" in load_workbook(tmp_path / "r.xlsx").worksheets[0]["A4"].value
    assert linked.exit_code == 0 and load_workbook(tmp_path / "linked.xlsx").worksheets[0]["A4"].value is None
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF-")
    assert [one.exit_code for one in wrong] == [2, 2, 2, 2] and not (tmp_path / "x.pdf").exists()
