"""Anything may come from a card or a wire: refused with the module's own errors, and bounded (promise 19)."""

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from cardsvc.core.card.apdu import Response
from cardsvc.core.card.errors import CardError
from cardsvc.core.card.image import CardState, Identity, TrailEntry
from cardsvc.core.card.keys import SoftwareKey
from cardsvc.core.card.profile import KEY_TAP
from cardsvc.core.card.script import Limits, Script, run
from cardsvc.core.profiles.desfire_ev2 import PROFILE
from cardsvc.core.snapshot import SnapshotDelta
from cardsvc.core.virtual_card.card import VirtualCard
from cardsvc.core.virtual_card.misbehaving import Fault, Misbehaving
from cardsvc.core.wire import Record, SyncAnswer, SyncRequest
from tests.core.card.desk import bound, keys, tap

UNPACKS: tuple[Callable[[bytes], object], ...] = (
    Identity.unpack,
    CardState.unpack,
    TrailEntry.unpack,
    Response.parse,
)
SIZES = st.sampled_from([0, 1, 2, 63, 64, 65, 111, 112, 113, 240])
RAW = st.one_of(st.binary(max_size=300), SIZES.flatmap(lambda size: st.binary(min_size=size, max_size=size)))
SHAPES = [TypeAdapter(shape) for shape in (SyncRequest, Record, SnapshotDelta, SyncAnswer)]


@given(RAW)
def test_no_bytes_of_a_card_break_what_reads_them(raw: bytes) -> None:
    for unpack in UNPACKS:
        try:
            unpack(raw)
        except CardError:
            continue


@given(st.binary(max_size=300))
def test_the_virtual_card_answers_whatever_it_is_sent(apdu: bytes) -> None:
    assert len(VirtualCard(bytes(7), random.Random(1).randbytes).transmit(apdu)) >= 2


def whole() -> Script[object]:
    uid = yield from PROFILE.identify()
    session = yield from PROFILE.open(SoftwareKey(keys(1)[KEY_TAP]), KEY_TAP, bytes(16))
    return (yield from PROFILE.read(uid, session))


STATUS = st.sampled_from([b"\x90\x00", b"\x91\x00", b"\x91\xaf", b"\x91\xae", b"\x6a\x82", b""])
ANSWERS = st.lists(st.tuples(st.binary(max_size=260), STATUS).map(b"".join), max_size=40)


@given(ANSWERS)
def test_a_card_that_answers_anything_is_refused_and_never_breaks_the_station(answers: list[bytes]) -> None:
    said = iter(answers)
    with pytest.raises(CardError):
        run(whole(), lambda apdu: next(said, b""))


@given(st.integers(0, 20), st.binary(max_size=300))
def test_a_card_of_ours_that_answers_nonsense_once_is_refused(at: int, nonsense: bytes) -> None:
    card, count = bound(1), iter(range(100))
    try:
        run(tap(1, 2), lambda apdu: nonsense if next(count) == at else card.transmit(apdu))
    except CardError:
        return


@pytest.mark.parametrize("fault", [Fault.ENDLESS, Fault.HUGE])
def test_endless_chaining_and_huge_answers_are_cut_off(fault: Fault) -> None:
    for at in range(1, 10):
        card = Misbehaving(bound(1), {at: fault})
        with pytest.raises(CardError):
            run(tap(1, 2), card.transmit)
        assert card.exchange <= Limits().frames


def test_a_card_that_asks_to_go_on_for_ever_gets_64_frames() -> None:
    frames = iter(range(10_000))

    def transmit(apdu: bytes) -> bytes:
        next(frames)
        return bytes(7) + (b"\x90\x00" if apdu[:2] == b"\xff\xca" else b"\x91\xaf")

    with pytest.raises(CardError):
        run(whole(), transmit)
    assert next(frames) <= Limits().frames


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@given(st.one_of(st.binary(max_size=200), JSON.map(lambda value: json.dumps(value).encode())))
def test_no_bytes_of_the_wire_break_what_reads_them(raw: bytes) -> None:
    for shape in SHAPES:
        with pytest.raises(ValidationError):
            shape.validate_json(raw)


def test_deep_nesting_is_refused() -> None:
    for raw in (b"[" * 100_000, b'{"a":' * 100_000):
        for shape in SHAPES:
            with pytest.raises(ValidationError):
                shape.validate_json(raw)
