"""The legacy profile: known by its ATR, good for a UID, and for nothing else."""

import pytest

from cardsvc.core.card.apdu import native
from cardsvc.core.card.errors import CardForeign
from cardsvc.core.card.image import Identity
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.script import run
from cardsvc.core.ids import CardNo
from cardsvc.core.profiles import desfire_ev2
from cardsvc.core.profiles.mifare_classic import PROFILE
from cardsvc.core.virtual_card.legacy import LegacyCard
from tests.core.card.desk import HOME, blank, chance

UID = bytes.fromhex("9E2B4C07")


@pytest.mark.parametrize(
    ("atr", "known"),
    [
        ("3B8F8001804F0CA000000306030001000000006A", True),
        ("3B8F8001804F0CA0000003060300020000000069", True),
        ("3B8F8001804F0CA0000003060300030000000068", False),  # Ultralight
        ("3B8F8001804F0CA000000306110001000000006A", False),  # another standard than ISO 14443 A part 3
        ("3B8F8001804F0CA000000399030001000000006A", False),  # another registered provider
        ("3B8180018080", False),
        ("3B8F8001804F0CA00000030603000100000000", False),
    ],
)
def test_a_classic_is_known_by_its_answer_to_reset(atr: str, known: bool) -> None:
    assert PROFILE.recognises(bytes.fromhex(atr)) is known


@pytest.mark.parametrize("card", [LegacyCard(UID), LegacyCard(UID, kilobytes=4), LegacyCard(bytes(range(7)))])
def test_a_virtual_legacy_card_answers_its_uid_and_nothing_else(card: LegacyCard) -> None:
    assert PROFILE.recognises(card.atr)
    assert run(PROFILE.identify(), card.transmit) == card.uid
    for ins in range(256):
        assert card.transmit(native(ins, bytes(3)).to_bytes())[:-2] == b""
    with pytest.raises(CardForeign):
        run(desfire_ev2.PROFILE.claims(), card.transmit)


def test_nothing_is_opened_read_or_written() -> None:
    card = LegacyCard(UID)
    with pytest.raises(CardForeign):
        run(PROFILE.claims(), card.transmit)
    with pytest.raises(CardForeign):
        run(PROFILE.open(SoftwareKey(bytes(16)), 1, bytes(16)), card.transmit)
    with pytest.raises(CardForeign):
        run(PROFILE.personalise({}, 1, Identity(1, HOME, CardNo("WZC-000001"), None, 1), chance(1)), card.transmit)


def test_a_uid_copy_has_the_uid_and_not_the_answer_to_reset_of_a_family_card() -> None:
    family_card = blank(1)
    copy = LegacyCard(family_card.uid)

    assert run(PROFILE.identify(), copy.transmit) == run(desfire_ev2.PROFILE.identify(), family_card.transmit)
    assert not desfire_ev2.PROFILE.recognises(copy.atr)
