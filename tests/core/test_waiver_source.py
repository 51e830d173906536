"""What a waiver stands on: written once, read for ever, said in both languages."""

import pytest

from cardsvc.core.waiver_source import GivenBy, Source, category_of, read, written
from cardsvc.core.waiver_words import source_words

TABLE = (GivenBy.TABLE, "3")


@pytest.mark.parametrize(
    ("text", "source", "whole"),
    [
        ("resident booking 2026-11-01 table:3", Source("resident", day="2026-11-01", rule=TABLE), True),
        ("resident WP-1 list:2026-1", Source("resident", "WP-1", rule=(GivenBy.LIST, "2026-1")), True),
        ("low_income DB-7 table:3", Source("low_income", "DB-7", rule=TABLE), True),
        ("veteran YF-2 veterans 2026-11-01 table:3", Source("veteran", "YF-2", "veterans", "2026-11-01", TABLE), True),
        ("resident table:3", Source("resident", rule=TABLE), False),
        # As lines were written before they named their rule.
        ("resident", Source("resident"), False),
        ("low_income DB-7", Source("low_income", "DB-7"), False),
        ("veteran YF-2 veterans 2026-11-01", Source("veteran", "YF-2", "veterans", "2026-11-01"), False),
    ],
)
def test_a_source_is_read_as_it_was_written(text: str, source: Source, whole: bool) -> None:
    assert (read(text), written(source), source.is_whole) == (source, text, whole)
    assert category_of(text) == source.category


def test_a_source_is_said_with_its_proof_and_its_rule() -> None:
    booked = "resident booking 2026-11-01 table:3"

    assert source_words("zh_CN", booked) == "本市户籍居民 （2026-11-01 预约登记所述） · 减免表第 3 版"
    assert source_words("en", booked) == (
        "Resident of the city (as told at booking on 2026-11-01) · waiver table, version 3"
    )
    assert source_words("zh_CN", "low_income DB-7 list:2026-1") == "低保 DB-7 · 价目表 2026-1"
    assert (source_words("en", None), category_of(None)) == ("", "")
