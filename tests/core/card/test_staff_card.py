"""A staff card: an identity and nothing else."""

import pytest

from cardsvc.core.card.errors import CardRefused
from cardsvc.core.card.image import Identity
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.script import Script, run
from cardsvc.core.ids import CardNo
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card.card import VirtualCard
from tests.core.card.desk import HOME, chance, keys


def read(key_no: int) -> Script[Identity]:
    session = yield from PROFILE.open(SoftwareKey(keys(8)[key_no]), key_no, bytes(16))
    return (yield from PROFILE.read_identity(session))


def test_a_staff_card_holds_an_identity_that_the_read_key_opens() -> None:
    card = VirtualCard(bytes([4, 8, 3, 4, 5, 6, 7]), chance(8))
    identity = Identity(1, HOME, CardNo("WZS-000001"), None, 1)
    run(PROFILE.personalise_staff(keys(8), 1, identity, chance(9)), card.transmit)

    assert run(read(2), card.transmit) == identity
    for key_no in (0, 1):
        card.field_off()
        with pytest.raises(CardRefused):
            run(read(key_no), card.transmit)
