"""The vault on a PKCS#11 token (SoftHSM2): keys that cannot be read out do the same work as those in the file."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.facts import StationKind as At
from cardsvc.vault import keystore
from cardsvc.vault.keystore import SoftwareVault
from cardsvc.vault.opening import TokenPlace, open_token
from cardsvc.vault.sealed_file import Content
from cardsvc.vault.vault import Vault, VaultError, card_keys

if TYPE_CHECKING:
    from tests.support.softhsm import SoftHsm

pytestmark = pytest.mark.softhsm
CHANCE = random.Random(4).randbytes
UID = bytes.fromhex("04782E21801D80")


def with_two_versions() -> Content:
    return keystore.with_new_masters(keystore.new_content(CHANCE), CHANCE)


@pytest.fixture
def both(softhsm: "SoftHsm") -> Iterator[tuple[SoftwareVault, Vault]]:
    """The same keys in a file and on a token."""
    from cardsvc.vault.token_vault import TokenVault, take_over

    content = with_two_versions()
    token = softhsm.token()
    yield SoftwareVault(content), TokenVault(take_over(content, token), token)
    token.close()


@pytest.fixture
def made(softhsm: "SoftHsm") -> Iterator[Vault]:
    """A vault whose keys were made on the token."""
    from cardsvc.vault.token_vault import TokenVault, make_keys

    token = softhsm.token()
    make_keys(token)
    yield TokenVault(keystore.personal_content(CHANCE), token)
    token.close()


def test_the_same_masters_give_the_same_card_keys_and_signatures(both: tuple[SoftwareVault, Vault]) -> None:
    file, token = both

    for seed in range(20):
        uid = random.Random(seed).randbytes(7)
        for version in (1, 2):
            assert card_keys(token, uid, version) == card_keys(file, uid, version)
    assert token.sign(b"checkpoint") == file.sign(b"checkpoint")
    assert token.fingerprints() == file.fingerprints()
    assert (token.public_key, token.sealing_key) == (file.public_key, file.sealing_key)
    assert token.show(file.hide("王", "a/b/c", bytes(12)), "a/b/c") == "王"
    assert token.blind("word", "王") == file.blind("word", "王")


def test_the_tokens_cmac_is_that_of_the_standard(softhsm: "SoftHsm") -> None:
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")  # NIST SP 800-38B, example key
    token = softhsm.token()
    for number in range(4):
        token.take_master(1, number, key)

    for length in (0, 1, 15, 16, 17, 31, 32, 40, 64, 100):
        assert token.cmac(1, 2, bytes(range(length))) == SoftwareKey(key).cmac(bytes(range(length)))
    token.close()


@pytest.mark.parametrize("origin", ["made", "both"])
def test_no_key_on_the_token_can_be_read_or_used_for_anything_else(origin: str, request: pytest.FixtureRequest) -> None:
    from pkcs11 import Attribute, ObjectClass
    from pkcs11.exceptions import AttributeSensitive, PKCS11Error

    given = request.getfixturevalue(origin)
    vault = given[1] if origin == "both" else given
    session = vault._token._session
    secret = list(session.get_objects({Attribute.CLASS: ObjectClass.SECRET_KEY}))
    private = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))

    assert (len(secret), len(private)) == (8 if origin == "both" else 4, 1)
    for key in (*secret, *private):
        with pytest.raises(AttributeSensitive):
            key[Attribute.VALUE]
        assert (key[Attribute.SENSITIVE], key[Attribute.EXTRACTABLE]) == (True, False)
        for attribute, value in ((Attribute.EXTRACTABLE, True), (Attribute.SENSITIVE, False)):
            with pytest.raises(PKCS11Error):
                key[attribute] = value
        if origin == "made":
            assert key[Attribute.NEVER_EXTRACTABLE]
            assert key[Attribute.ALWAYS_SENSITIVE]
    for key in secret:
        for use in ("ENCRYPT", "DECRYPT", "WRAP", "UNWRAP", "DERIVE"):
            assert not key[Attribute[use]], use


def test_a_key_that_can_be_read_out_is_refused(softhsm: "SoftHsm") -> None:
    from pkcs11 import Attribute, KeyType

    place = softhsm.place()
    token = open_token(place)
    leaky = {Attribute.EXTRACTABLE: True, Attribute.SENSITIVE: False, Attribute.SIGN: True}
    token._session.generate_key(KeyType.AES, 128, id=b"\x01\x00", label="onecard card", store=True, template=leaky)
    token.close()

    with pytest.raises(VaultError, match=r"card1\.0 can be read out of the token"):
        open_token(place)


def test_the_next_version_is_made_beside_the_first_also_after_an_attempt_that_was_cut_off(made: Vault) -> None:
    from cardsvc.vault.token_vault import make_next

    before = card_keys(made, UID, 1)
    token = made._token  # type: ignore[attr-defined]
    token.take_master(2, 0, CHANCE(16))
    assert made.newest_version == 1, "a version counts when it is whole"
    make_next(token)

    assert list(made.versions) == [1, 2]
    assert card_keys(made, UID, 1) == before
    assert set(before.values()) & set(card_keys(made, UID, 2).values()) == set()
    with pytest.raises(VaultError, match="no card keys of version 3"):
        made.card_key(UID, 1, 3)


def test_keys_on_a_token_are_never_overwritten(made: Vault) -> None:
    from cardsvc.vault.token_vault import make_keys, take_over

    before = made.fingerprints()
    token = made._token  # type: ignore[attr-defined]
    for again in (lambda: make_keys(token), lambda: take_over(with_two_versions(), token)):
        with pytest.raises(VaultError, match="never overwritten"):
            again()

    assert made.fingerprints() == before


def test_a_token_without_our_keys_and_a_file_with_card_keys_are_refused(softhsm: "SoftHsm") -> None:
    from cardsvc.vault.token_vault import TokenVault, make_next

    token = softhsm.token()
    with pytest.raises(VaultError, match="the token has no keys of ours"):
        TokenVault(keystore.personal_content(CHANCE), token)
    with pytest.raises(VaultError, match="--take-over"):
        TokenVault(with_two_versions(), token)
    with pytest.raises(VaultError, match="the token has no card keys"):
        make_next(token)
    with pytest.raises(VaultError, match="set ONECARD_PKCS11_MODULE"):
        SoftwareVault(keystore.personal_content(CHANCE) | {"signing": CHANCE(32)})
    token.close()


def test_a_wrong_pin_an_unknown_token_and_a_missing_module_each_say_so(softhsm: "SoftHsm") -> None:
    place = softhsm.place()
    wrong = {
        "ONECARD_PKCS11_PIN is wrong": TokenPlace(place.module, place.label, "00000000"),
        "there is no token named elsewhere": TokenPlace(place.module, "elsewhere", place.pin),
        "/nowhere.so\\) does not do its work": TokenPlace("/nowhere.so", place.label, place.pin),
        "set ONECARD_PKCS11_TOKEN and ONECARD_PKCS11_PIN": TokenPlace(place.module, "", place.pin),
    }
    for says, there in wrong.items():
        with pytest.raises(VaultError, match=says) as refused:
            open_token(there)
        assert there.pin not in str(refused.value)
        assert there.pin not in repr(there)


def test_a_lost_session_is_a_fault_once_and_then_opened_anew(made: Vault) -> None:
    before = card_keys(made, UID, 1)
    made._token._session.close()  # type: ignore[attr-defined]

    with pytest.raises(VaultError, match="does not do its work: SessionHandleInvalid"):
        made.sign(b"x")

    assert card_keys(made, UID, 1) == before


def test_many_threads_share_one_token(both: tuple[SoftwareVault, Vault]) -> None:
    file, token = both

    def work(number: int) -> bool:
        uid = random.Random(number).randbytes(7)
        for turn in range(40):
            message = bytes([number, turn])
            same = token.card_key(uid, turn % 4, 1) == file.card_key(uid, turn % 4, 1)
            if not same or token.sign(message) != file.sign(message):
                return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(work, range(6))) == [True] * 6


def test_taps_at_stations_with_the_services_keys_on_a_token(made: Vault, tmp_path: Path) -> None:
    from tests.support.home import Service
    from tests.terminal.rig import Home
    from tests.terminal.way import WAY, booked, go

    service = Service(f"sqlite:///{tmp_path / 'service.db'}", made)
    home = Home(service, tmp_path)

    _, card = booked(home)
    go(home, card, *WAY[:5])

    assert all(bench.uplink.unsent == 0 for bench in home.benches.values())
    assert {At.BOOKING, At.TRANSPORT, At.COLD_STORAGE} <= home.benches.keys()
    home.close()
    service.close()
