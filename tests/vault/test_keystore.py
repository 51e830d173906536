"""The vault's file: versions, data keys, and that no accident loses or overwrites a key."""

import json
import random
from pathlib import Path

import pytest

from cardsvc.core.card.keys import SoftwareKey, diversify
from cardsvc.core.profiles.desfire_ev2 import AID, SYSTEM
from cardsvc.vault import keystore, sealed_file
from cardsvc.vault.keystore import SoftwareVault
from cardsvc.vault.opening import open_vault
from cardsvc.vault.vault import LAST_VERSION, VaultError, card_keys

CHANCE = random.Random(3).randbytes
UID = bytes.fromhex("04782E21801D80")
NONCE = bytes(12)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    keystore.make(tmp_path / "vault.json", "secret", CHANCE)
    return tmp_path / "vault.json"


def files(path: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in path.parent.iterdir()}


def test_what_was_made_can_be_opened_again(path: Path) -> None:
    opened = open_vault(path, "secret")

    assert opened.versions == (1,)
    assert open_vault(path, "secret").fingerprints() == opened.fingerprints()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_cards_key_is_diversified_from_the_master_of_its_number_and_version(path: Path) -> None:
    content = sealed_file.read(path, "secret")
    content = keystore.with_new_masters(content, CHANCE)
    vault = SoftwareVault(content)

    for version in (1, 2):
        for number in range(4):
            master = SoftwareKey(content[f"card{version}.{number}"])
            expected = diversify(master, UID, AID, SYSTEM + bytes([number]))
            assert vault.card_key(UID, number, version) == expected
    every = [key for version in (1, 2) for key in card_keys(vault, UID, version).values()]
    assert len(set(every)) == 8


def test_two_versions_are_valid_at_once_and_new_cards_get_the_newest(path: Path) -> None:
    content = sealed_file.read(path, "secret")
    before = SoftwareVault(content)
    after = SoftwareVault(keystore.with_new_masters(content, CHANCE))

    assert (after.versions, after.newest_version) == ((1, 2), 2)
    assert after.card_key(UID, 1, 1) == before.card_key(UID, 1, 1)
    with pytest.raises(VaultError, match="no card keys of version 3: restore"):
        after.card_key(UID, 1, 3)


def test_a_new_data_key_hides_and_the_older_one_still_shows(path: Path) -> None:
    content = sealed_file.read(path, "secret")
    old = SoftwareVault(content)
    hidden = old.hide("王小雨", "staff/1/name", NONCE)
    new = SoftwareVault(keystore.with_new_data_key(content, CHANCE))

    again = new.hide(new.show(hidden, "staff/1/name"), "staff/1/name", NONCE)

    assert (hidden[:2], again[:2]) == (b"d1", b"d2")
    assert new.show(again, "staff/1/name") == "王小雨"
    assert new.blind("word", "王") == old.blind("word", "王")
    with pytest.raises(VaultError, match="data key that this vault does not have"):
        old.show(again, "staff/1/name")
    with pytest.raises(VaultError, match="moved or changed"):
        new.show(again, "staff/2/name")


def test_versions_and_data_keys_end_before_they_would_repeat() -> None:
    content = dict(keystore.new_content(CHANCE))
    for _ in range(34):
        content = dict(keystore.with_new_data_key(content, CHANCE))
    with pytest.raises(VaultError, match="dz is the last data key"):
        keystore.with_new_data_key(content, CHANCE)
    content |= {f"card{LAST_VERSION}.{number}": bytes([number] * 16) for number in range(4)}
    with pytest.raises(VaultError, match="255 is the last key version"):
        keystore.with_new_masters(content, CHANCE)


def test_a_wrong_passphrase_a_missing_file_and_a_changed_file_are_told_apart(path: Path) -> None:
    before = files(path)
    with pytest.raises(VaultError, match="the passphrase does not open"):
        open_vault(path, "wrong")
    with pytest.raises(VaultError, match="is missing: make one with `cardsvc init`, or restore it"):
        open_vault(path.with_name("other.json"), "secret")
    with pytest.raises(VaultError, match="exists: keys are never overwritten"):
        keystore.make(path, "secret", CHANCE)
    with pytest.raises(VaultError, match="the passphrase does not open"):
        sealed_file.replace(path, "wrong", {}, CHANCE)
    assert files(path) == before

    whole = path.read_bytes()
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 0x01]) + whole[at + 1 :]
        path.write_bytes(changed)
        try:
            assert open_vault(path, "secret").versions == (1,), "read as another vault"
        except VaultError as error:
            assert "was changed or is damaged" in str(error) or "passphrase does not open" in str(error)
    for cut in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(VaultError, match="was changed or is damaged: restore it from its backup"):
            open_vault(path, "secret")


def test_a_changed_key_is_called_damage_and_not_a_wrong_passphrase(path: Path) -> None:
    kept = json.loads(path.read_text())
    kept["sealed"] = ("0" if kept["sealed"][0] != "0" else "1") + kept["sealed"][1:]
    path.write_text(json.dumps(kept))

    with pytest.raises(VaultError, match="was changed or is damaged"):
        open_vault(path, "secret")


@pytest.mark.parametrize("name", ["signing", "sealing", "blind", "d1", "card1.0"])
def test_a_key_that_is_missing_is_named(name: str) -> None:
    content = {one: key for one, key in keystore.new_content(CHANCE).items() if one != name}

    with pytest.raises(VaultError, match=name):
        SoftwareVault(content)


def test_the_old_file_stays_beside_the_new_one(path: Path) -> None:
    first = path.read_bytes()
    kept = []
    for _ in range(2):
        content = keystore.with_new_masters(sealed_file.read(path, "secret"), CHANCE)
        kept.append(sealed_file.replace(path, "secret", content, CHANCE))

    assert [one.name for one in kept] == ["vault.json.1", "vault.json.2"]
    assert kept[0].read_bytes() == first
    assert [open_vault(one, "secret").versions for one in (*kept, path)] == [(1,), (1, 2), (1, 2, 3)]


@pytest.mark.parametrize("call", ["touch", "open", "replace"])
@pytest.mark.parametrize("name", ["vault.json.1.new", "vault.json.new"])
def test_a_write_that_fails_leaves_the_old_file_whole(
    path: Path, name: str, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()
    content = keystore.with_new_masters(sealed_file.read(path, "secret"), CHANCE)

    usual = getattr(Path, call)

    def full(self: Path, *given: object, **named: object) -> object:
        if self.name == name:
            raise OSError(28, "No space left on device")
        return usual(self, *given, **named)

    with monkeypatch.context() as broken, pytest.raises(OSError, match="No space left"):
        broken.setattr(Path, call, full)
        sealed_file.replace(path, "secret", content, CHANCE)

    assert path.read_bytes() == before
    sealed_file.replace(path, "secret", content, CHANCE)
    assert open_vault(path, "secret").versions == (1, 2)


def test_a_vault_of_before_there_were_versions_opens_as_version_1(path: Path) -> None:
    content = sealed_file.read(path, "secret")
    old = {name.replace("card1.", "card"): key for name, key in content.items()}
    older = path.with_name("older.json")
    sealed_file.create(older, "secret", old, CHANCE)
    parts = json.loads(older.read_text())
    del parts["checksum"]
    older.write_text(json.dumps(parts))

    assert open_vault(older, "secret").fingerprints() == open_vault(path, "secret").fingerprints()


def test_a_backup_opens_and_never_overwrites(path: Path) -> None:
    target = path.with_name("copy.json")
    sealed_file.copy(path, "secret", target)

    assert open_vault(target, "secret").fingerprints() == open_vault(path, "secret").fingerprints()
    with pytest.raises(VaultError, match="a backup is never overwritten"):
        sealed_file.copy(path, "secret", target)
    with pytest.raises(VaultError, match="is not a folder"):
        sealed_file.copy(path, "secret", path / "nowhere" / "copy.json")
    with pytest.raises(VaultError, match="the passphrase does not open"):
        sealed_file.copy(path, "wrong", path.with_name("second.json"))
