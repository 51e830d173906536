"""What people type, read as they mean it."""

from datetime import date, datetime

import pytest

from cardsvc.core.local_time import CHINA
from cardsvc.core.records import Column, Kind, Label, Wrong
from cardsvc.naming.cells import masked, read, unnumbered


def column(kind: Kind) -> Column:
    return Column("any", Label("任意", "Any"), kind)


@pytest.mark.parametrize(
    "text",
    ["2026-06-03", "2026-6-3", "2026/6/3", "2026/06/03", "2026.6.3", "2026年6月3日", "20260603"],
)
def test_a_date_is_read_as_people_write_it(text: str) -> None:
    assert read(column(Kind.DATE), text) == date(2026, 6, 3)
    for after in (" 9:05", "T09:05", " 09:05:00"):
        assert read(column(Kind.MOMENT), text + after) == datetime(2026, 6, 3, 9, 5, tzinfo=CHINA), after


@pytest.mark.parametrize(
    "text", ["2026-06-03T09:05+08:00", "2026-06-03T01:05:00+00:00", "2026-06-03T01:05Z", "2026年6月3日9:05"]
)
def test_a_moment_is_read_with_its_zone(text: str) -> None:
    assert read(column(Kind.MOMENT), text) == datetime(2026, 6, 3, 9, 5, tzinfo=CHINA)


@pytest.mark.parametrize("text", ["2026-2-30", "2026-13-1", "26-6-3", "2026-6", "6/3/2026", "2026-6-3-1", "2026"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert read(column(Kind.DATE), text) is Wrong.NOT_A_DATE
    assert read(column(Kind.MOMENT), f"{text} 09:05") is Wrong.NOT_A_MOMENT


@pytest.mark.parametrize("text", ["1,5", "12,50", "1,2345", ",500", "1234,567", "1,,000"])
def test_a_comma_parts_thousands_and_nothing_else(text: str) -> None:
    assert read(column(Kind.NUMBER), text) is Wrong.NOT_A_NUMBER
    assert read(column(Kind.MONEY), text) is Wrong.NOT_AN_AMOUNT


def test_thousands_are_read() -> None:
    assert [read(column(Kind.NUMBER), one) for one in ("1,500", "12,345,678", "1500")] == [1_500, 12_345_678, 1_500]
    assert read(column(Kind.MONEY), "¥1,234.50") == 123_450


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800001234", "138****1234"), ("88001234", "****34"), ("8800-1234", "****34"), ("12349", "****49")],
)
def test_a_masked_telephone_number_cannot_be_rung(phone: str, shown: str) -> None:
    assert masked(Kind.PHONE, phone) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("330302194001010010 李.xlsx", "**** 李.xlsx"),
        ("３３０３０２１９４００１０１００１０.xlsx", "****.xlsx"),
        ("330302 1940 0101 0010.xlsx", "****.xlsx"),
        ("2026-11 33030219400101001x.xlsx", "2026-11 ****.xlsx"),
        ("330302400101001_13800000000x.csv", "****_****.csv"),
        ("20261126330302194001010010.xlsx", "****.xlsx"),
        ("低保 2026-06-30（3）20261126203331.xlsx", "低保 2026-06-30（3）20261126203331.xlsx"),
        ("330302-19400101-0010-2024.xlsx", "****.xlsx"),
        ("138 1234 5678 2024.xlsx", "****.xlsx"),
        ("330302 12 0577-88001234.xlsx", "330302 12 0577-88001234.xlsx"),
    ],
)
def test_a_name_keeps_what_is_no_number_of_anybody(name: str, shown: str) -> None:
    assert unnumbered(name) == shown
