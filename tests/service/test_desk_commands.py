"""Cards at the desk's reader: a chip made, its keys rolled over, a card of staff, a legacy card adopted."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from cardsvc.__main__ import app
from cardsvc.api import entering
from cardsvc.api.access import Signed
from cardsvc.commands import cards as commands
from cardsvc.commands.ground import context_of
from cardsvc.core.card.errors import CardRefused
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_READ, KEY_TAP
from cardsvc.core.card.script import run
from cardsvc.core.ids import CardNo, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.legacy import LegacyCard
from cardsvc.settings import Settings
from cardsvc.store import cards
from tests.service.test_card_commands import Feeder, chip, shop, told
from tests.support.home import booking_form

__all__ = ["shop"]
Lay = Callable[[VirtualCard | LegacyCard], None]


@pytest.fixture
def lay(monkeypatch: pytest.MonkeyPatch) -> Lay:
    """What lies on the desk's reader for the next command."""

    def on(card: VirtualCard | LegacyCard) -> None:
        monkeypatch.setattr(commands, "PcscReader", lambda wanted: Feeder(card))  # type: ignore[arg-type]

    return on


def opens(shop: Settings, card: VirtualCard, key_no: int, version: int) -> bool:
    key = SoftwareKey(context_of(shop).vault.card_key(card.uid, key_no, version))
    try:
        run(PROFILE.open(key, key_no, bytes(16)), card.transmit)
    except CardRefused:
        return False
    finally:
        card.field_off()
    return True


def test_a_card_gets_the_newest_keys_when_it_is_at_the_desk(shop: Settings, lay: Lay) -> None:
    card = chip(9)
    lay(card)
    assert told("issue").output.splitlines()[-1] == "issued WZC-000003"
    assert CliRunner().invoke(app, ["key", "rotate-cards"]).exit_code == 0
    assert opens(shop, card, KEY_TAP, 1)

    done = told("upgrade", "--by", "1001", typed="10011001\n")

    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1] == "WZC-000003 has keys of version 2"
    assert opens(shop, card, KEY_TAP, 2) and not opens(shop, card, KEY_TAP, 1)
    context = context_of(shop)
    with context.engine.connect() as connection:
        assert cards.key_versions(connection, context.home_id)[2] == 1


def test_a_card_of_staff_is_made_by_who_manages_staff(shop: Settings, lay: Lay) -> None:
    card = chip(8)
    lay(card)
    assert told("staff", "1004", "--by", "1001", typed="10011001\n").exit_code == 1

    done = told("staff", "1004", "--by", "1017", typed="10171017\n")

    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "WZS-000001 is the card of 1004")
    assert opens(shop, card, KEY_READ, 1)


def test_a_legacy_card_is_adopted_for_an_open_case(shop: Settings, lay: Lay) -> None:
    context = context_of(shop)
    signed = Signed(StaffNo("1001"), "林某", (Role.CALL_DESK,), None, "")
    case_no = entering.book(context, signed, booking_form())
    assert isinstance(case_no, str)
    lay(LegacyCard(bytes.fromhex("9E2B4C07")))

    done = told("adopt", case_no, "--by", "1001", typed="10011001\n")

    assert (done.exit_code, done.output.splitlines()[-1]) == (0, f"WZC-000003 serves {case_no}")
    with context.engine.connect() as connection:
        held = cards.held(connection, context.home_id, CardNo("WZC-000003"))
    assert held is not None and (held.case_no, held.state) == (case_no, "bound")
