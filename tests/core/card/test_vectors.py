"""NXP's published exchanges, byte for byte (AN12343, AN10922, NIST SP 800-38B)."""

import json
from pathlib import Path
from typing import Any

import pytest

from cardsvc.core.card import channel, desfire
from cardsvc.core.card.channel import Session, authenticate, secured
from cardsvc.core.card.keys import SoftwareKey, diversify
from cardsvc.core.card.script import Script, replay
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.files import Access, CyclicFile, TransactionMacFile

VECTORS = Path(__file__).parents[2] / "vectors"
EV2: dict[str, dict[str, Any]] = {one["name"]: one for one in json.loads((VECTORS / "desfire_ev2.json").read_text())}


def exchanges(vector: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    return [(bytes.fromhex(one["command"]), bytes.fromhex(one["response"])) for one in vector["exchanges"]]


def signed_in(vector: dict[str, Any]) -> Script[Session]:
    auth = vector["auth"]
    return authenticate(SoftwareKey(bytes.fromhex(auth["key"])), auth["key_no"], bytes.fromhex(auth["rnd_a"]))


def within(vector: dict[str, Any]) -> Session:
    given = vector["session"]
    return Session(
        bytes.fromhex(given["ti"]),
        given["command_counter"],
        SoftwareKey(bytes.fromhex(given["ses_auth_enc_key"] or "00" * 16)),
        SoftwareKey(bytes.fromhex(given["ses_auth_mac_key"])),
        0,
    )


@pytest.mark.parametrize("one", json.loads((VECTORS / "aes_cmac.json").read_text()), ids=lambda one: one["name"])
def test_cmac(one: dict[str, str]) -> None:
    assert SoftwareKey(bytes.fromhex(one["key"])).cmac(bytes.fromhex(one["message"])).hex() == one["tag"].lower()


@pytest.mark.parametrize("one", json.loads((VECTORS / "an10922.json").read_text()), ids=lambda one: one["name"])
def test_key_diversification(one: dict[str, Any]) -> None:
    parts = {name: bytes.fromhex(value) for name, value in one["parts"].items()}

    key = diversify(
        SoftwareKey(bytes.fromhex(one["master_key"])), parts["uid"], parts["aid"], parts["system_identifier"]
    )

    assert key.hex() == one["diversified_key"].lower()


def test_a_short_diversification_input_is_refused_rather_than_padded_otherwise() -> None:
    with pytest.raises(ValueError, match="17 to 32"):
        diversify(SoftwareKey(bytes(16)), bytes(7), bytes(3), b"short")


@pytest.mark.parametrize(
    "name", ["AuthenticateEV2First, default key 0", "AuthenticateEV2First, then GetCardUID (response enciphered)"]
)
def test_authentication_makes_the_published_session_keys(name: str) -> None:
    vector = EV2[name]

    session = replay(signed_in(vector), exchanges(vector)[:2])

    probe = bytes(16)
    for made, published in ((session.enc, "ses_auth_enc_key"), (session.mac, "ses_auth_mac_key")):
        assert made.encrypt(probe) == SoftwareKey(bytes.fromhex(vector["auth"][published])).encrypt(probe)
    assert session.ti.hex() == vector["auth"]["ti"].lower()


def test_card_uid_comes_enciphered() -> None:
    vector = EV2["AuthenticateEV2First, then GetCardUID (response enciphered)"]

    def talk() -> Script[bytes]:
        session = yield from signed_in(vector)
        uid, _ = yield from secured(desfire.read_card_uid(), session)
        return uid

    assert replay(talk(), exchanges(vector)).hex() == vector["plain"]["uid"].lower()


def test_data_is_written_and_read_enciphered() -> None:
    vector = EV2["WriteData and ReadData in CommMode.Full"]

    def talk() -> channel.Talk[bytes]:
        yield from desfire.write_data(0, bytes.fromhex(vector["plain"]["written"]))
        return (yield from desfire.read_data(0, 48))

    read, session = replay(secured(talk(), within(vector)), exchanges(vector))

    assert read.hex() == vector["plain"]["read"]
    assert session.counter == 2


def test_data_is_written_and_read_with_a_mac() -> None:
    vector = EV2["WriteData and ReadData in CommMode.MAC"]

    def talk() -> channel.Talk[bytes]:
        yield from desfire.write_data(0, b"\x22" * 25, channel.Mode.MAC)
        return (yield from desfire.read_data(0, 48, channel.Mode.MAC))

    read, _ = replay(secured(talk(), within(vector)), exchanges(vector))

    assert read == b"\x22" * 25 + bytes(23)


def test_records_are_read_enciphered() -> None:
    vector = EV2["ReadRecords in CommMode.Full"]
    header = bytes.fromhex(vector["exchanges"][0]["command"])[5:12]
    newest, count = int.from_bytes(header[1:4], "little"), int.from_bytes(header[4:7], "little")

    read, _ = replay(secured(desfire.read_records(header[0], newest, count), within(vector)), exchanges(vector))

    assert read.hex() == vector["plain"]["read"]


def test_another_key_is_changed() -> None:
    vector = EV2["ChangeKey of key 1 (another key), authenticated with key 0"]
    plain = {name: bytes.fromhex(value) for name, value in vector["plain"].items()}

    def talk() -> Script[None]:
        session = yield from signed_in(vector)
        change = desfire.change_key(1, plain["new_key"], plain["new_version"][0], old=plain["old_key"])
        yield from secured(change, session)

    replay(talk(), exchanges(vector))


def test_the_authenticated_key_is_changed_and_its_answer_has_no_mac() -> None:
    vector = EV2["ChangeKey of the authenticated key (no MAC in the answer)"]

    def talk() -> Script[None]:
        session = yield from signed_in(vector)
        command = bytes.fromhex(vector["exchanges"][2]["command"])
        clear = session.enc.decrypt(command[6:38], channel.command_iv(session))
        yield from secured(desfire.change_key(0, clear[:16], clear[16]), session)

    replay(talk(), exchanges(vector))


def test_the_virtual_card_gives_the_published_transaction_mac() -> None:
    vector = EV2["WriteRecord (enciphered), CommitReaderID, CommitTransaction with Transaction MAC"]
    setup, auth = vector["setup"], vector["auth"]
    chance = [bytes.fromhex(auth["rnd_b"]), bytes.fromhex(auth["ti"])]
    card = VirtualCard(bytes.fromhex(setup["uid"]), lambda length: chance.pop(0))
    app = card.add_application(b"\x00\x00\x01", keys=2)
    app.keys[1] = bytes.fromhex(auth["key"])
    full = channel.Mode.FULL
    app.files[setup["record_file"]] = CyclicFile(Access(0x1111, full), setup["record_size"], setup["max_records"])
    app.files[setup["tmac_file"]] = TransactionMacFile(
        Access(0x1F11, full), bytes.fromhex(setup["tmac_key"]), counter=setup["tmc_before"],
        reader_id=bytes.fromhex(setup["previous_reader_id"]),
    )  # fmt: skip
    card.transmit(bytes.fromhex("905A0000030000010000"[:18]))

    answers = [(command, card.transmit(command)) for command, _ in exchanges(vector)]

    assert answers[2:] == exchanges(vector)[2:]
