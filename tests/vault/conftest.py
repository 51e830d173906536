"""Tokens in software, and the commands with an environment of their own."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from cardsvc.__main__ import app

if TYPE_CHECKING:
    from tests.support.softhsm import SoftHsm

PASSPHRASE = "four horses cross the river"
Cardsvc = Callable[..., Result]


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> "SoftHsm":
    """SoftHSM2 with a folder of its own."""
    from tests.support.softhsm import SoftHsm

    return SoftHsm(tmp_path_factory.mktemp("softhsm"))


@pytest.fixture
def cardsvc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cardsvc:
    """Runs `cardsvc`; the data are in `tmp_path`, and what is given by keyword is in the environment."""
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path))
    monkeypatch.setenv("ONECARD_PASSPHRASE", PASSPHRASE)

    def run(*arguments: str, **environment: str) -> Result:
        env = {f"ONECARD_{name.upper()}": value for name, value in environment.items()}
        return CliRunner().invoke(app, arguments, env=env)

    return run
