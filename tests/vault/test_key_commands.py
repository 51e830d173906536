"""Keys by hand: `cardsvc key ...`, and the starts that are refused."""

import logging
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cardsvc.vault import sealed_file
from cardsvc.vault.opening import open_vault
from tests.vault.conftest import PASSPHRASE, Cardsvc

if TYPE_CHECKING:
    from tests.support.softhsm import SoftHsm

FOUND = (
    "init",
    "--name-zh",
    "测试馆",
    "--name-en",
    "Test Home",
    "--phone",
    "0577-1",
    "--staff-no",
    "1",
    "--name",
    "王",
)


@pytest.fixture
def founded(cardsvc: Cardsvc, tmp_path: Path) -> Path:
    """A home of production, founded as the handbook says; gives its vault's file."""
    made = cardsvc(*FOUND, "--password", "ten letters or more")
    assert made.exit_code == 0, made.output
    return tmp_path / "vault.json"


def test_keys_are_shown_by_version_and_fingerprint_only(cardsvc: Cardsvc, founded: Path) -> None:
    shown = cardsvc("key", "show")

    assert shown.exit_code == 0
    assert "card keys: versions 1; new cards get 1" in shown.stdout
    names = [line.split()[0] for line in shown.stdout.splitlines()[1:]]
    assert names == ["card1", "signing", "sealing", "d1", "blind"]
    for key in sealed_file.read(founded, PASSPHRASE).values():
        assert key.hex() not in shown.output


def test_rotation_adds_a_version_and_says_what_to_do_next(cardsvc: Cardsvc, founded: Path) -> None:
    before = open_vault(founded, PASSPHRASE).fingerprints()

    cards, data = cardsvc("key", "rotate-cards"), cardsvc("key", "rotate-data")

    assert "version 2 is the newest of 1, 2. Restart the service" in cards.stdout
    assert "there is a new data key. Restart the service" in data.stdout
    after = open_vault(founded, PASSPHRASE).fingerprints()
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {"card2", "d2"}
    assert open_vault(founded.with_name("vault.json.1"), PASSPHRASE).fingerprints() == before


def test_a_backup_is_made_and_seen_to_open(cardsvc: Cardsvc, founded: Path) -> None:
    target = founded.with_name("backup.json")

    first, second = cardsvc("key", "backup", str(target)), cardsvc("key", "backup", str(target))

    assert (first.exit_code, second.exit_code) == (0, 1)
    assert open_vault(target, PASSPHRASE).fingerprints() == open_vault(founded, PASSPHRASE).fingerprints()


@pytest.mark.parametrize("command", [("show",), ("rotate-cards",), ("rotate-data",), ("backup", "/tmp/never.json")])
def test_a_vault_that_does_not_open_stops_every_command_and_nothing_changes(
    cardsvc: Cardsvc, founded: Path, command: tuple[str, ...]
) -> None:
    before = {one.name: one.read_bytes() for one in founded.parent.glob("vault*")}

    wrong = cardsvc("key", *command, passphrase="wrong")
    none = cardsvc("key", *command, passphrase="")
    elsewhere = cardsvc("key", *command, data=str(founded.parent / "elsewhere"))

    assert [one.exit_code for one in (wrong, none, elsewhere)] == [1, 1, 1]
    assert "the passphrase does not open" in wrong.stderr
    assert "set ONECARD_PASSPHRASE" in none.stderr
    assert "is missing: make one with `cardsvc init`, or restore it" in elsewhere.stderr
    assert {one.name: one.read_bytes() for one in founded.parent.glob("vault*")} == before
    assert not (founded.parent / "elsewhere").exists()


@pytest.mark.parametrize("command", [FOUND, ("key", "show"), ("serve",), ("key", "rotate-cards")])
def test_the_demos_passphrase_is_refused_in_production(
    cardsvc: Cardsvc, tmp_path: Path, command: tuple[str, ...]
) -> None:
    password = ("--password", "ten letters or more") if command is FOUND else ()
    refused = cardsvc(*command, *password, passphrase="demo")

    assert refused.exit_code == 1
    assert "refusing: this is the demo's passphrase" in refused.stderr
    assert not (tmp_path / "vault.json").exists()


def test_a_home_whose_cards_have_a_version_that_the_vault_lacks_is_not_served(cardsvc: Cardsvc, founded: Path) -> None:
    from cardsvc.core.ids import HomeId
    from cardsvc.store import cards
    from cardsvc.store.engine import open_engine

    row = {"home_id": "WZ", "card_no": "WZC-000001", "uid": "04010203040506", "profile": "desfire_ev2", "issue_no": 1}
    engine = open_engine(f"sqlite:///{founded.parent / 'onecard.db'}")
    with engine.begin() as connection:
        cards.add(connection, row | {"key_version": 2, "state": "pool", "counter": 0, "changed_log_no": 1})
        assert cards.key_versions(connection, HomeId("WZ")) == {2: 1}
    engine.dispose()

    with socket.create_server(("127.0.0.1", 0)) as taken:  # so that a start that is not refused ends too
        refused = cardsvc("serve", "--port", str(taken.getsockname()[1]))

    assert refused.exit_code == 1
    assert "1 cards have keys of version 2, which the vault lacks. Restore its newest backup" in refused.stderr


def test_keys_in_a_file_are_warned_of_at_every_start_in_production_and_once(
    cardsvc: Cardsvc, founded: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for demo, count in (("false", 1), ("true", 0)):
        caplog.clear()
        cardsvc("key", "show", demo=demo)
        warned = [one.getMessage() for one in caplog.records if "THE KEYS OF THIS HOME ARE IN A FILE" in one.message]
        assert len(warned) == count
        assert all("`cardsvc key make-token`" in one for one in warned)


@pytest.mark.softhsm
def test_a_home_is_founded_on_a_token(
    cardsvc: Cardsvc, softhsm: "SoftHsm", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = softhsm.place()
    token = {"pkcs11_module": place.module, "pkcs11_token": place.label, "pkcs11_pin": place.pin}
    early = cardsvc(*FOUND, "--password", "ten letters or more", **token)
    assert early.exit_code == 1

    made = cardsvc("key", "make-token", **token)
    founded = cardsvc(*FOUND, "--password", "ten letters or more", **token)
    rotated = cardsvc("key", "rotate-cards", **token)
    again = cardsvc("key", "make-token", **token)

    assert (made.exit_code, founded.exit_code, again.exit_code) == (0, 0, 1), made.output + founded.output
    assert "version 2 is the newest of 1, 2" in rotated.stdout
    assert set(sealed_file.read(tmp_path / "vault.json", PASSPHRASE)) == {"sealing", "d1", "blind"}
    assert "has keys already" in again.stderr
    assert "set ONECARD_PKCS11_MODULE" in cardsvc("key", "make-token").stderr
    assert not [one for one in caplog.records if "IN A FILE" in one.message]
    for result in (early, made, founded, rotated, again):
        assert place.pin not in result.output


@pytest.mark.softhsm
def test_a_home_moves_from_its_file_to_a_token(cardsvc: Cardsvc, founded: Path, softhsm: "SoftHsm") -> None:
    cardsvc("key", "rotate-cards")
    before = open_vault(founded, PASSPHRASE).fingerprints()
    place = softhsm.place()
    token = {"pkcs11_module": place.module, "pkcs11_token": place.label, "pkcs11_pin": place.pin}
    assert "--take-over" in cardsvc("key", "make-token", **token).stderr

    moved = cardsvc("key", "make-token", "--take-over", **token)

    assert moved.exit_code == 0, moved.output
    assert open_vault(founded, PASSPHRASE, place).fingerprints() == before
    assert set(sealed_file.read(founded, PASSPHRASE)) == {"sealing", "d1", "blind"}
    assert "vault.json.2 still has them" in moved.stdout
    assert "the vault has no" in cardsvc("key", "show").stderr
