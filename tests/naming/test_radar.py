"""Names that look or sound alike always alert, others never: a property, a table, and a thousand bookings."""

import hashlib
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from cardsvc.core.ids import CaseNo
from cardsvc.core.radar import Echo, Signs, duplicate, hits
from cardsvc.core.terms import AlertWhy
from cardsvc.invented import GIVEN, SURNAMES
from cardsvc.naming.names import _VARIANTS, shape, simple, sounds
from cardsvc.naming.places import place
from cardsvc.naming.signs import signs_of

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
TRADITIONAL = OpenCC("s2t")
TWINS = {
    one: sorted({variant for variant in _VARIANTS if simple(variant) == simple(one)}) for one in _VARIANTS.values()
}
CHARACTERS = sorted({*GIVEN, *(one for one in "".join(SURNAMES)), *_VARIANTS.values()})
names = st.lists(st.sampled_from(CHARACTERS), min_size=2, max_size=4).map("".join)


def blind(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}/{value}".encode()).hexdigest()[:16]


def signs(name: str, id_no: str | None = None, address: str = "", at: datetime = NOON) -> Signs:
    return signs_of(blind, name, id_no, address, at)


def echo(number: int, of: Signs, *, ended: bool = False) -> Echo:
    return Echo(CaseNo(f"WZ-2026-{number:06d}"), of, ended)


def swapped(name: str, chance: random.Random) -> str:
    """The name with some characters in their traditional form or as a variant."""
    return "".join(chance.choice([one, TRADITIONAL.convert(one), *TWINS.get(one, ())]) for one in name)


@given(names, st.integers(0, 2**32))
def test_a_name_in_other_characters_always_alerts(name: str, seed: int) -> None:
    other = swapped(name, random.Random(seed))
    (hit,) = hits(signs(name), (echo(1, signs(other)),))
    assert hit.why is (AlertWhy.SAME_NAME if other == name else AlertWhy.LOOKS_ALIKE)


@given(names, names)
def test_unrelated_names_never_alert(name: str, other: str) -> None:
    related = shape(name) == shape(other) or sounds(name) & sounds(other)
    assert bool(hits(signs(name), (echo(1, signs(other)),))) == bool(related)


@pytest.mark.parametrize(
    ("name", "other", "why"),
    [
        ("王守义", "王守义", AlertWhy.SAME_NAME),
        ("王守义", "王 守 义", AlertWhy.SAME_NAME),
        ("王守义", "王守義", AlertWhy.LOOKS_ALIKE),
        ("陈喆", "陳哲", AlertWhy.LOOKS_ALIKE),
        ("萧红", "肖红", AlertWhy.LOOKS_ALIKE),
        ("阎锋", "闫鋒", AlertWhy.LOOKS_ALIKE),
        ("钟升", "鐘昇", AlertWhy.LOOKS_ALIKE),
        ("阎锋", "閆锋", AlertWhy.LOOKS_ALIKE),
        ("王守义", "汪守艺", AlertWhy.SOUNDS_ALIKE),
        ("单明", "山明", AlertWhy.SOUNDS_ALIKE),
        ("单明", "丹明", AlertWhy.SOUNDS_ALIKE),
        ("曾国安", "增国安", AlertWhy.SOUNDS_ALIKE),
        ("Anna Maria", "MARIA ANNA", AlertWhy.SOUNDS_ALIKE),
        ("Ｗａｎｇ", "wang", AlertWhy.LOOKS_ALIKE),
        ("王守义", "李长河", None),
        ("王守义", "王守信", None),
        ("王", "王守义", None),
        ("冼安", "西安", None),
        ("无", "无", None),
    ],
)
def test_what_is_alike(name: str, other: str, why: AlertWhy | None) -> None:
    assert [hit.why for hit in hits(signs(name), (echo(1, signs(other)),))] == ([why] if why else [])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("浙江省温州市鹿城区学院路 12 号", "鹿城区学院路12号", True),
        ("鹿城区學院路１２号", "鹿城区学院路12号", True),
        ("学院路七号", "学院路7号", True),
        ("学院路7号", "学院路8号", False),
    ],
)
def test_a_place_is_the_same_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert (place(one) == place(other)) is same


def test_the_same_case_twice_is_told_from_a_similar_one() -> None:
    mine = signs("王守义", "X1", "学院路 7 号")
    later = datetime(2026, 11, 3, 4, tzinfo=UTC)
    by_id = echo(1, signs("李长河", "x1", "别处"))
    by_name_and_place = echo(2, signs("王守义", None, "学院路7号", later))
    only_place = echo(3, signs("李长河", None, "学院路7号"))
    place_later = echo(4, signs("李长河", None, "学院路7号", later))
    over = echo(5, signs("王守义", "X1", "学院路7号"), ended=True)
    assert [
        one.case_no[-1] for one in (by_id, by_name_and_place, only_place, place_later, over) if duplicate(mine, (one,))
    ] == ["1", "2"]
    found = hits(mine, (only_place, place_later, over))
    assert [(hit.case_no[-1], hit.why) for hit in found] == [("3", AlertWhy.SAME_PLACE), ("5", AlertWhy.SAME_ID)]


def test_a_thousand_invented_bookings_give_the_expected_alerts() -> None:
    """Each booking against all before it: exactly those with an equal form or a shared reading alert, each once."""
    chance, expected, alerted = random.Random(1_000), 0, 0
    told: list[tuple[str, str, frozenset[str], Signs]] = []
    for number in range(1_000):
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2))))
        if number and chance.random() < 0.1:
            name = swapped(chance.choice(told)[0], chance)
        mine = signs(name)
        before = tuple(echo(at, theirs) for at, (*_, theirs) in enumerate(told))
        form, said = shape(name), sounds(name)
        alike = {at for at, (_, how, heard, _) in enumerate(told) if how == form or heard & said}
        found = hits(mine, before)
        assert {int(hit.case_no[-6:]) for hit in found} == alike
        expected, alerted = expected + len(alike), alerted + len(found)
        told.append((name, form, said, mine))
    assert alerted == expected > 100
