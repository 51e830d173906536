"""A card's keys go from one version to the next, and a rekey that was torn is taken up again."""

import pytest

from cardsvc.core.card.channel import secured
from cardsvc.core.card.desfire import key_version
from cardsvc.core.card.errors import CardError, CardForeign, CardForged, CardGone, CardRefused, CardUnknown
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_BIND, KEY_MASTER, KEY_READ, KEY_TAP, Keys, fixed_keys
from cardsvc.core.card.script import Script, run
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card.misbehaving import Fault, ForeignCard, Misbehaving
from tests.core.card.desk import Answering, bound, chance, keys, look

NEW = {number: bytes([0xB0 + number] * 16) for number in range(4)}
BOTH: dict[int, Keys] = {1: keys(1), 2: NEW}
EVERY = (KEY_MASTER, KEY_TAP, KEY_READ, KEY_BIND)


def rekey(card: Answering) -> None:
    run(PROFILE.rekey(BOTH, 2, chance(9)), card.transmit)


def apdus_of_a_rekey() -> int:
    card = Misbehaving(bound(1), {})
    rekey(card)
    return card.exchange


APDUS = apdus_of_a_rekey()


def proven(card: Answering) -> list[int]:
    """The version of each key, each proved by authenticating with that version's key."""

    def script(key_no: int, key: bytes) -> Script[int]:
        session = yield from PROFILE.open(SoftwareKey(key), key_no, bytes(16))
        version, _ = yield from secured(key_version(key_no), session)
        return version

    found = []
    for key_no in EVERY:
        for held in BOTH.values():
            try:
                found.append(run(script(key_no, held[key_no]), card.transmit))
            except CardRefused as refused:
                assert refused.status == 0x91AE
    return found


def test_a_card_goes_to_the_next_version_and_keeps_its_content() -> None:
    card = bound(1)
    before = look(card, 1)
    assert proven(card) == [1, 1, 1, 1]

    rekey(card)

    assert proven(card) == [2, 2, 2, 2]
    with pytest.raises(CardRefused):
        look(card, 1)
    run(PROFILE.rekey(BOTH, 1, chance(9)), card.transmit)
    assert look(card, 1) == before


def test_a_rekey_of_a_card_that_has_the_version_changes_nothing() -> None:
    card = bound(1)
    rekey(card)
    changes = card.changes

    rekey(card)

    assert card.changes == changes


@pytest.mark.parametrize("fault", [Fault.GONE_BEFORE, Fault.GONE_AFTER, Fault.EMPTY])
@pytest.mark.parametrize("at", range(APDUS))
def test_a_torn_rekey_is_taken_up_again(at: int, fault: Fault) -> None:
    torn = bound(1)
    with pytest.raises(CardGone):
        rekey(Misbehaving(torn, {at: fault}))
    torn.field_off()
    assert len(proven(torn)) == 4, "a key is neither old nor new"

    rekey(torn)

    assert proven(torn) == [2, 2, 2, 2]


@pytest.mark.parametrize("second", range(APDUS))
@pytest.mark.parametrize("first", range(APDUS))
def test_a_rekey_torn_twice_is_taken_up_again(first: int, second: int) -> None:
    card = bound(1)
    for at in (first, second):
        try:
            rekey(Misbehaving(card, {at: Fault.GONE_AFTER}))
        except CardGone:
            card.field_off()

    rekey(card)

    assert proven(card) == [2, 2, 2, 2]


@pytest.mark.parametrize("at", range(APDUS))
def test_after_a_changed_answer_it_is_done_or_says_no_and_the_card_is_not_lost(at: int) -> None:
    card = bound(1)
    try:
        rekey(Misbehaving(card, {at: Fault.CORRUPT}))
    except CardError:
        rekey(card)

    assert proven(card) == [2, 2, 2, 2]


@pytest.mark.parametrize("at", range(1, APDUS))
def test_a_card_swapped_for_another_is_not_rekeyed(at: int) -> None:
    other = bound(2)
    before = look(other, 2)
    card = Misbehaving(bound(1), {at: Fault.SWAP}, other)

    with pytest.raises((CardRefused, CardForged, CardForeign)):
        rekey(card)

    other.field_off()
    assert look(other, 2) == before


def test_a_card_that_says_yes_and_keeps_its_master_key_is_noticed() -> None:
    card = bound(1)

    def lies(apdu: bytes) -> bytes:
        changes_master = apdu[1] == 0xC4 and apdu[5] == KEY_MASTER
        return b"\x91\x00" if changes_master else card.transmit(apdu)

    with pytest.raises(CardRefused, match="authentication error"):
        run(PROFILE.rekey(BOTH, 2, chance(9)), lies)


def test_a_version_that_the_vault_no_longer_has_is_named() -> None:
    card = bound(1)

    with pytest.raises(CardUnknown, match="key 0 has version 1"):
        run(PROFILE.rekey({2: NEW}, 2, chance(9)), card.transmit)


def test_a_foreign_card_is_not_rekeyed() -> None:
    with pytest.raises(CardForeign):
        run(PROFILE.rekey(BOTH, 2, chance(9)), ForeignCard().transmit)
    with pytest.raises(CardForeign, match="cannot be changed"):
        run(fixed_keys(BOTH, 2, chance(9)), bound(1).transmit)
