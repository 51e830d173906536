"""Statistics of what was billed: months, changes, and rows that add up to their total."""

from datetime import date

import pytest

from cardsvc.core.turnover import Compared, Sums, compared, last_day, month_of, months_of_year, total, year_before


def due(fen: int) -> Sums:
    return Sums(1, fen, 0, fen)


@pytest.mark.parametrize(
    ("now", "before", "change"),
    [
        (200, 100, 100),
        (50, 100, -50),
        (100, 100, 0),
        (1005, 1000, 1),
        (995, 1000, -1),
        (1004, 1000, 0),
        (-100, 100, -200),
    ],
)
def test_the_change_is_in_whole_per_cent(now: int, before: int, change: int) -> None:
    assert Compared("x", due(now), due(before)).change == change


@pytest.mark.parametrize("before", [0, -100])
def test_where_nothing_was_there_is_no_change(before: int) -> None:
    assert Compared("x", due(100), due(before)).change is None


def test_a_month_is_what_is_written_as_one() -> None:
    assert month_of("2026-11") == date(2026, 11, 1)
    assert [month_of(one) for one in ("", "2026", "2026-13", "0001-01", "9999-12", "2026-11-01", "x")] == [None] * 7


def test_months_end_and_go_back_a_year() -> None:
    assert [last_day(date(2028, number, 1)).day for number in (1, 2, 12)] == [31, 29, 31]
    assert year_before(date(2028, 2, 1)) == date(2027, 2, 1)
    assert len(months_of_year(date(2028, 2, 1))) == 12


def test_every_key_of_either_year_has_a_row_and_the_rows_are_the_total() -> None:
    rows = compared({"a": due(5), "b": due(7)}, {"b": due(1), "c": due(2)})

    assert [one.key for one in rows] == ["b", "a", "c"]
    assert (total(rows).now, total(rows).before) == (Sums(2, 12, 0, 12), Sums(2, 3, 0, 3))
