"""`cardsvc staff`: for the first people, and for the day when nobody can sign in; each act in the audit log."""

import random
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cardsvc.__main__ import app
from cardsvc.vault import keystore
from tests.support.desk import Desk
from tests.support.home import Service


def staff(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["staff", *arguments])
    assert result.exit_code == code, (arguments, result.output)
    return result.output


def test_people_come_change_and_leave_without_the_console(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_DSN", service.context.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")
    desk = Desk(service, "1016")

    first = staff("add", "2001", "--name", "温良", "--roles", "crew, checker").splitlines()[0].split()[-1]
    assert "first password" in staff("reset", "2001") and first not in staff("list")
    staff("roles", "2001", "--roles", "administrator")
    staff("leave", "1016")

    assert desk.get("work").status_code == 303
    assert "1016" in next(line for line in staff("list").splitlines() if "left" in line)
    assert "first password" in staff("reset", "1016")
    assert "left" not in staff("list")
    for wrong in (("leave", "9999"), ("reset", "9999"), ("add", "2001", "--name", "温", "--roles", "crew")):
        staff(*wrong, code=1)
    staff("roles", "2001", "--roles", "king", code=2)
    with service.context.engine.connect() as connection:
        ask = text("SELECT what FROM audit_link WHERE what LIKE 'staff %command line' ORDER BY log_no")
        logged = list(connection.execute(ask).scalars())
    assert logged == [
        "staff added: crew, checker in all counties at the command line",
        "staff password reset at the command line",
        "staff roles: administrator in all counties (before: crew, checker in all counties) at the command line",
        "staff left at the command line",
        "staff came back: auditor in all counties at the command line",
    ]
