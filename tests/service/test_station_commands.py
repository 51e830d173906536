"""A station let in, looked at and wiped with nothing but the two commands."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cardsvc.__main__ import app as cardsvc
from cardsvc.api.app import Surface
from cardsvc.commands.ground import context_of
from cardsvc.core.ids import StaffNo
from cardsvc.handlers import own_account
from cardsvc.settings import Settings
from cardsvc.surfaces import create_service
from cardsvc.virtual_reader.stack import free_port
from terminal.__main__ import app as terminal
from tests.support.serving import Served

BOTH = ["--first", "1", "--first-password", "first password", "--second", "2", "--second-password", "second password"]


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """On a disk: a station's own program keeps its journal nowhere else."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def founded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ONECARD_PASSPHRASE", "a passphrase of a test")
    names = ["--name-zh", "馆", "--name-en", "Home", "--phone", "0", "--name", "一"]
    done(cardsvc, "init", *names, "--staff-no", "1", "--password", "first password")
    said = done(cardsvc, "staff", "add", "2", "--name", "二", "--roles", "duty_manager")
    context, first = context_of(Settings()), said.splitlines()[0].split()[-1]
    chosen = own_account.choose(context, StaffNo("2"), first, context.clock(), new="second password", pin="604913")
    assert chosen is None


@pytest.fixture
def address(founded: None) -> Iterator[str]:
    served = Served(create_service([Surface.STATIONS], context_of(Settings())), free_port())
    yield served.address
    served.close()


def done(app: object, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))  # type: ignore[arg-type]
    assert result.exit_code == code, (words[0], result.output, result.exception)
    return result.output


def test_both_ends_print_the_same_words_and_two_people_let_the_station_in_and_go(address: str, tmp_path: Path) -> None:
    folder = str(tmp_path / "station")
    code = done(cardsvc, "enrol", "cashier-1", "cashier", "--number", "5").split()[-1]
    printed = done(terminal, "enrol", "--service", address, "--folder", folder, "--code", code)
    words = printed.strip().splitlines()[-1].split(": ", 1)[1]
    assert words.count("·") == 5

    same = ["--second", "1", "--second-password", "first password"]
    done(cardsvc, "approve", "cashier-1", "--words-agree", *BOTH[:4], *same, code=1)
    wrong = [*BOTH[:-1], "wrong"]
    done(cardsvc, "approve", "cashier-1", "--words-agree", *wrong, code=1)
    assert words in done(cardsvc, "approve", "cashier-1", "--words-agree", *BOTH)

    code = done(cardsvc, "enrol", "cashier-1", "cashier", "--number", "5").split()[-1]
    done(terminal, "enrol", "--service", address, "--folder", folder, "--code", code, code=1)
    done(terminal, "enrol", "--service", address, "--folder", folder, "--code", code, "--anew")
    assert words not in done(cardsvc, "approve", "cashier-1", "--words-agree", *BOTH)
    done(cardsvc, "station", "out-of-service", "cashier-1", *BOTH)
    done(cardsvc, "station", "stolen", "cashier-1", *BOTH, code=1)

    done(terminal, "wipe", "--folder", folder)
    assert not (tmp_path / "station" / "station.json").exists()
    assert list((tmp_path / "station").glob("journal-*.db"))
    done(terminal, "wipe", "--folder", folder, code=1)
    assert "whole" in done(cardsvc, "verify")
