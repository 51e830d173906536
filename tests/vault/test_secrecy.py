"""No key is ever shown: not in a representation, a log, an exception or what a command prints."""

import base64
import logging
import os
import random
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cardsvc.core.card.errors import CardError
from cardsvc.core.card.script import run
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.vault import keystore, sealed_file
from cardsvc.vault.keystore import SoftwareVault
from cardsvc.vault.vault import Vault, VaultError, card_keys
from tests.core.card.desk import bound
from tests.support.home import Service
from tests.terminal.rig import Home
from tests.terminal.way import WAY, booked, go
from tests.vault.conftest import PASSPHRASE, Cardsvc

if TYPE_CHECKING:
    from tests.support.softhsm import SoftHsm

CHANCE = random.Random(6).randbytes
CONTENT = keystore.with_new_data_key(keystore.with_new_masters(keystore.new_content(CHANCE), CHANCE), CHANCE)


def spellings(key: bytes) -> tuple[str, ...]:
    """How a key would look in a text, its first half too."""
    half = key[: len(key) // 2]
    whole = (key.hex(), half.hex(), half.hex(" "), base64.b64encode(key).decode()[:10], repr(half)[2:-1])
    return tuple(one.lower() for one in whole)


def leaks(text: str, keys: Iterable[bytes]) -> list[str]:
    lower = text.lower()
    return [spelled for key in keys for spelled in spellings(key) if spelled in lower]


def test_the_search_finds_a_key_in_every_spelling() -> None:
    key = bytes(range(0x80, 0x90))
    for text in (key.hex().upper(), f"{key!r}", base64.b64encode(key).decode(), key.hex(" "), str([key])):
        assert leaks(f"key {text}!", [key])


def said(act: Callable[[], object]) -> str:
    """Everything that an exception tells, its chain and its notes included."""
    try:
        act()
    except (VaultError, CardError, ValueError, KeyError) as error:
        return "".join(traceback.format_exception(error)) + repr(error)
    raise AssertionError("no exception")


def test_neither_representations_nor_exceptions_show_a_key(tmp_path: Path) -> None:
    vault = SoftwareVault(CONTENT)
    uid = bound(1).uid
    both = {version: card_keys(vault, uid, version) for version in vault.versions}
    path = tmp_path / "vault.json"
    sealed_file.create(path, PASSPHRASE, CONTENT, CHANCE)
    lame = {name: key for name, key in CONTENT.items() if name != "card2.1"}
    hidden = vault.hide("王", "a/b/c", bytes(12))

    texts = [
        repr(vault),
        str(vault.__dict__),
        repr(vault.fingerprints()),
        path.read_text(),
        said(lambda: SoftwareVault(lame)),
        said(lambda: SoftwareVault({**CONTENT, "card1.0": CONTENT["card1.0"][:8]})),
        said(lambda: vault.card_key(uid, 1, 9)),
        said(lambda: vault.card_key(uid[:3] * 20, 1, 1)),
        said(lambda: vault.show(hidden, "a/b/d")),
        said(lambda: vault.show(b"zz" + hidden, "a/b/c")),
        said(lambda: sealed_file.read(path, "wrong")),
        said(lambda: sealed_file.create(path, PASSPHRASE, CONTENT, CHANCE)),
        said(lambda: run(PROFILE.rekey(both, 2, CHANCE), bound(1).transmit)),
    ]

    every = [*CONTENT.values(), *(key for keys in both.values() for key in keys.values())]
    assert leaks("\n".join(texts), every) == []
    assert PASSPHRASE not in "\n".join(texts)


def works(vault: Vault, folder: Path) -> list[bytes]:
    """Taps at stations; gives the keys of the card that was tapped."""
    service = Service(f"sqlite:///{folder / 'service.db'}", vault)
    home = Home(service, folder)
    _, card = booked(home)
    go(home, card, *WAY[:4])
    home.close()
    service.close()
    return [key for version in vault.versions for key in card_keys(vault, card.uid, version).values()]


def test_no_log_of_service_and_stations_shows_a_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    cards = works(SoftwareVault(CONTENT), tmp_path)

    assert leaks(caplog.text, [*CONTENT.values(), *cards]) == []


@pytest.mark.softhsm
def test_no_log_shows_a_key_or_the_pin_with_a_token(
    softhsm: "SoftHsm", tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from cardsvc.vault.token_vault import TokenVault, take_over

    caplog.set_level(logging.DEBUG)
    place = softhsm.place()
    from cardsvc.vault.opening import open_token

    token = open_token(place)
    vault = TokenVault(take_over(CONTENT, token), token)

    cards = works(vault, tmp_path)

    texts = [caplog.text, repr(vault), repr(token), repr(token.masters(1)), repr(place)]
    assert leaks("\n".join(texts), [*CONTENT.values(), *cards]) == []
    assert not [text for text in texts if place.pin in text]
    token.close()


def test_no_command_prints_a_key(cardsvc: Cardsvc, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "vault.json"
    sealed_file.create(path, PASSPHRASE, CONTENT, CHANCE)
    commands = (("show",), ("rotate-cards",), ("rotate-data",), ("backup", str(tmp_path / "copy.json")))

    output = "".join(cardsvc("key", *command).output for command in commands)

    assert leaks(output + caplog.text, sealed_file.read(path, PASSPHRASE).values()) == []
    assert PASSPHRASE not in output + caplog.text


def test_a_fault_that_nobody_foresaw_prints_no_local_value(tmp_path: Path) -> None:
    """A typer traceback can show locals; ours must not. The data folder is a file: the copy cannot be written."""
    path = tmp_path / "vault.json"
    sealed_file.create(path, PASSPHRASE, CONTENT, CHANCE)
    (tmp_path / "vault.json.new").mkdir()
    environment = {**os.environ, "ONECARD_DATA": str(tmp_path), "ONECARD_PASSPHRASE": PASSPHRASE}
    command = [sys.executable, "-m", "cardsvc", "key", "rotate-cards"]

    broken = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)

    assert "Traceback" in broken.stderr
    assert leaks(broken.stdout + broken.stderr, sealed_file.read(path, PASSPHRASE).values()) == []
    assert PASSPHRASE not in broken.stdout + broken.stderr
