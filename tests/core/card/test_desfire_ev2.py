"""The default profile against the virtual card: one tap is all or nothing, and only for the card that was read."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cardsvc.core.card import desfire
from cardsvc.core.card.channel import Mode, Talk, secured
from cardsvc.core.card.errors import CardError, CardForeign, CardForged, CardGone, CardRefused
from cardsvc.core.card.image import CardImage, CardState, Identity, TrailEntry, check_trail
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_BIND, KEY_MASTER, KEY_READ, KEY_TAP
from cardsvc.core.card.script import Script, run
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.misbehaving import Fault, ForeignCard, Misbehaving
from cardsvc.core.virtual_card.store import dump, load
from tests.core.card.desk import blank, bound, chance, key_of, keys, look, tap


def apdus_of_a_tap() -> int:
    card = Misbehaving(bound(1), {})
    run(tap(1, 9), card.transmit)
    return card.exchange


APDUS = apdus_of_a_tap()


def test_a_blank_card_is_bound_and_tapped_and_carries_its_chain_of_custody() -> None:
    card = blank(1)
    image = look(card, 1)
    assert image.identity is not None
    assert (image.identity.case_no, image.state and image.state.counter, image.trail) == (None, 0, ())

    card = bound(1)
    for seq in range(2, 40):
        run(tap(1, seq), card.transmit)

    image = look(card, 1)
    assert image.identity is not None
    assert image.state is not None
    assert (image.identity.case_no, image.state.counter) == ("WZ-2026-000001", 39)
    assert [entry.key.seq for entry in image.trail] == [36, 37, 38, 39]
    check_trail(image, key_of)


def test_a_tap_costs_about_ten_exchanges() -> None:
    assert APDUS <= 12


@pytest.mark.parametrize("fault", [Fault.GONE_BEFORE, Fault.GONE_AFTER, Fault.EMPTY])
@pytest.mark.parametrize("at", range(APDUS))
def test_a_torn_tap_is_wholly_there_or_not_at_all(at: int, fault: Fault) -> None:
    before = look(bound(1), 1)
    card = Misbehaving(bound(1), {at: fault})

    with pytest.raises(CardGone):
        run(tap(1, 9), card.transmit)

    card.field_off()
    card.plan = {}
    after = look(card, 1)
    committed = at == APDUS - 1 and fault is not Fault.GONE_BEFORE
    assert after.state is not None
    assert before.state is not None
    assert after.state.counter == before.state.counter + committed
    assert (after == before) is not committed
    check_trail(after, key_of)


@pytest.mark.parametrize("at", range(1, APDUS))
def test_a_card_swapped_for_another_valid_one_is_never_written(at: int) -> None:
    other = bound(2)
    before = look(other, 2)
    other.field_off()
    card = Misbehaving(bound(1), {at: Fault.SWAP}, other)

    with pytest.raises((CardRefused, CardForged, CardForeign)):
        run(tap(1, 9), card.transmit)

    card.field_off()
    assert look(card, 2) == before


@pytest.mark.parametrize("at", range(2, APDUS))
def test_a_changed_answer_is_noticed(at: int) -> None:
    card = Misbehaving(bound(1), {at: Fault.CORRUPT})

    with pytest.raises((CardRefused, CardForged)):
        run(tap(1, 9), card.transmit)


@pytest.mark.parametrize("fault", [Fault.ENDLESS, Fault.HUGE])
@pytest.mark.parametrize("at", range(APDUS))
def test_an_endless_or_huge_answer_is_bounded(at: int, fault: Fault) -> None:
    with pytest.raises(CardError):
        run(tap(1, 9), Misbehaving(bound(1), {at: fault}).transmit)


def test_a_copy_of_the_uid_without_the_keys_gets_nowhere() -> None:
    copy = VirtualCard(bound(1).uid, chance(7))

    with pytest.raises(CardForeign):
        look(copy, 1)


def test_a_foreign_card_is_foreign() -> None:
    with pytest.raises(CardForeign):
        look(ForeignCard(), 1)


def test_another_cards_keys_do_not_open_this_one() -> None:
    with pytest.raises(CardRefused) as refused:
        look(bound(1), 2)

    assert refused.value.status == 0x91AE


RIGHTS = [
    *((0, key, key in (KEY_TAP, KEY_BIND), key == KEY_BIND) for key in range(4)),
    *((1, key, key in (KEY_TAP, KEY_BIND), key in (KEY_TAP, KEY_BIND)) for key in range(4)),
]


@pytest.mark.parametrize(("file_no", "key_no", "reads", "writes"), RIGHTS)
def test_each_key_may_do_what_its_rights_say_and_nothing_else(
    file_no: int, key_no: int, reads: bool, writes: bool
) -> None:
    def attempt(talk: Talk[object]) -> bool:
        def script() -> Script[None]:
            session = yield from PROFILE.open(SoftwareKey(keys(1)[key_no]), key_no, bytes(16))
            yield from secured(talk, session)

        try:
            run(script(), bound(1).transmit)
        except CardRefused as refused:
            assert refused.status in (0x919D, 0x91AE)
            return False
        return True

    assert attempt(desfire.read_data(file_no, 64)) == reads
    assert attempt(desfire.write_data(file_no, bytes(64))) == writes


@pytest.mark.parametrize("key_no", [KEY_TAP, KEY_READ, KEY_BIND])
def test_only_the_master_key_changes_keys_and_files(key_no: int) -> None:
    for talk in (desfire.change_key(1, bytes(16), 1, old=keys(1)[1]), desfire.create_backup_file(9, 0xEEEE, 16)):

        def script(talk: Talk[None] = talk) -> Script[None]:
            session = yield from PROFILE.open(SoftwareKey(keys(1)[key_no]), key_no, bytes(16))
            yield from secured(talk, session)

        with pytest.raises(CardRefused) as refused:
            run(script(), bound(1).transmit)
        assert refused.value.status == 0x91AE


def test_the_factory_keys_are_gone_after_personalisation() -> None:
    for key_no in range(4):
        with pytest.raises(CardRefused):
            run(PROFILE.open(SoftwareKey(bytes(16)), key_no, bytes(16)), blank(1).transmit)


def test_nothing_can_be_read_without_authentication() -> None:
    card = bound(1)
    run(desfire.select(bytes.fromhex("013CF5")), card.transmit)

    answer = card.transmit(bytes.fromhex("90AD0000070000000040000000"))

    assert answer == bytes.fromhex("91AE")


def test_a_command_without_its_mac_ends_the_session() -> None:
    card = bound(1)

    def script() -> Script[None]:
        session = yield from PROFILE.open(SoftwareKey(keys(1)[KEY_TAP]), KEY_TAP, bytes(16))
        yield from secured(desfire.read_data(1, 64, Mode.PLAIN), session)

    with pytest.raises(CardRefused) as refused:
        run(script(), card.transmit)

    assert refused.value.status == 0x911E
    assert card.link is None


def changed(image: CardImage, **fields: object) -> CardImage:
    newest = replace(image.trail[-1], **fields)  # type: ignore[arg-type]
    return replace(image, trail=(*image.trail[:-1], newest))


def test_a_forged_trail_is_found() -> None:
    card = bound(1)
    for seq in (2, 3):
        run(tap(1, seq), card.transmit)
    image = look(card, 1)
    check_trail(image, key_of)

    for forged in (
        changed(image, step=9),
        changed(image, before=bytes(16)),
        changed(image, station=8),
        replace(image, uid=bytes(7)),
        replace(image, trail=image.trail[:-1]),
        replace(image, trail=(image.trail[0], image.trail[2])),
    ):
        with pytest.raises(CardForged):
            check_trail(forged, key_of)


def test_a_card_survives_its_process() -> None:
    card = bound(1)
    image = look(card, 1)

    again = load(dump(card), chance(5))

    assert look(again, 1) == image


@settings(max_examples=500, deadline=None)
@given(st.lists(st.binary(max_size=64) | st.binary(max_size=40).map(lambda data: b"\x90" + data), max_size=8))
def test_no_bytes_make_the_card_crash(apdus: list[bytes]) -> None:
    card = bound(1)
    for apdu in apdus:
        assert len(card.transmit(apdu)) >= 2
    card.field_off()

    assert look(card, 1).state is not None


@settings(max_examples=300, deadline=None)
@given(st.binary(min_size=64, max_size=64), st.binary(min_size=112, max_size=112))
def test_any_content_is_read_or_called_forged(file: bytes, entry: bytes) -> None:
    for unpack, raw in ((Identity.unpack, file), (CardState.unpack, file), (TrailEntry.unpack, entry)):
        try:
            unpack(raw)
        except CardForged:
            continue


def test_the_master_key_is_for_the_vault_only() -> None:
    with pytest.raises(CardRefused):
        look(bound(1), 1, KEY_MASTER)
