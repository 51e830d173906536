"""`cardsvc limits`: shows, sets, refuses with what is wrong."""

import random
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cardsvc.__main__ import app
from cardsvc.vault import keystore
from tests.support.home import Service

pytestmark = pytest.mark.one_engine


def limits(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["limits", *arguments])


def test_limits_are_shown_set_and_refused_with_a_reason(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keystore.make(tmp_path / "vault.json", "a passphrase of a test", random.Random(1).randbytes)
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_DSN", service.context.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")

    before, changed, after = limits("show"), limits("set", "most_unsent", "5000"), limits("show")
    wrong, unknown = limits("set", "most_unsent", "7"), limits("set", "nothing", "7")

    assert (before.exit_code, changed.exit_code, after.exit_code) == (0, 0, 0)
    assert "most_unsent              10000" in before.output
    assert changed.output == after.output
    assert "most_unsent               5000  rows that may wait to be sent" in after.output
    assert (wrong.exit_code, unknown.exit_code) == (2, 2)
    assert "greater than or equal to 100" in wrong.output
    assert "one of amber_after_s" in unknown.output
