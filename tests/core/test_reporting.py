"""Periods, ages and sections of a report, without a database."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardsvc.core.report_sections import made
from cardsvc.core.reporting import (
    AGES,
    Age,
    Charged,
    Every,
    Money,
    Period,
    Rows,
    Stood,
    Sums,
    Taps,
    What,
    age_on,
    period_of,
    since_of,
    year_before,
)
from cardsvc.core.words import LANGUAGES
from cardsvc.documents.report_chart import course
from cardsvc.documents.report_words import Says, change

DAY = date(2026, 11, 25)
DAYS = st.dates(date(2001, 1, 1), date(2100, 12, 31))


def charged(item: str, payer: str, price: int, waiver: int = 0, waiver_for: str = "") -> Charged:
    return Charged(
        item, payer, "transport", "guided", waiver_for, "treasury" if waiver else "", price, waiver, price - waiver
    )


OURS = Sums(
    as_of=DAY,
    charged=(
        charged("urn", "family", 20_000),
        charged("urn", "police", 5_000),
        charged("transport", "family", 23_000, 23_000, "resident"),
    ),
    money=(
        Money("cash", "1010", "pay", 500, 0),
        Money("cash", "", "refund", 0, 200),
        Money("qr", "", "suspense", 9, 9),
    ),
    stood=(
        Stood("deposit", Age.CURRENT, 700),
        Stood("receivable/police", Age.OVER_90, 5_000),
        Stood("suspense", Age.CURRENT, 9),
    ),
    taps=(Taps("transport", True, 9), Taps("transport", False, 1), Taps("", False, 0)),
    earned={"2026-11": 48_000},
)
THEIRS = Sums(as_of=date(2025, 11, 25), charged=(charged("urn", "family", 10_000), charged("hall", "family", 1)))
PERIOD = period_of(Every.HALF_YEAR, DAY)


@pytest.mark.parametrize(
    ("every", "first", "last"),
    [
        (Every.DAY, DAY, DAY),
        (Every.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        (Every.HALF_YEAR, date(2026, 7, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_the_one_in_which_a_day_lies(every: Every, first: date, last: date) -> None:
    assert period_of(every, DAY) == Period(first, last)


@given(DAYS, st.sampled_from(Every))
def test_periods_follow_each_other_and_the_year_before_is_of_the_same_kind(day: date, every: Every) -> None:
    period = period_of(every, day)
    assert period.first <= day <= period.last
    assert period_of(every, period.last + timedelta(days=1)).first == period.last + timedelta(days=1)
    before = year_before(period)
    assert before.first.year == period.first.year - 1
    if every is not Every.DAY:
        assert before == period_of(every, before.first)


def test_a_leap_day_is_held_against_the_28th() -> None:
    assert year_before(Period(date(2028, 2, 29), date(2028, 2, 29))) == Period(date(2027, 2, 28), date(2027, 2, 28))


@given(st.integers(0, 4_000))
def test_every_age_has_its_days_and_no_other(days: int) -> None:
    age = age_on(DAY - timedelta(days=days), DAY)
    first, last = since_of(age, DAY)
    assert first <= DAY - timedelta(days=days) <= last
    assert [low for low, _ in AGES.values()][1:] == [high + 1 for _, high in AGES.values() if high is not None]
    assert all(one[0] < two[0] for one, two in pairwise(AGES.values()))


def test_a_section_adds_up_and_asks_for_the_rows_that_it_counts() -> None:
    report = made(PERIOD, OURS, THEIRS)
    sections = {one.name: one for one in report.sections}
    items = sections["items"]
    assert items.heads == ("price", "waiver", "payer.family", "payer.police")
    assert {one.names[0]: ([cell.value for cell in one.cells], one.last_year) for one in items.lines} == {
        "hall": ([0, 0, 0, 0], 1),
        "transport": ([23_000, 23_000, 0, 0], 0),
        "urn": ([25_000, 0, 20_000, 5_000], 10_000),
    }
    assert items.total is not None and [one.value for one in items.total.cells] == [48_000, 23_000, 20_000, 5_000]
    assert items.lines[2].cells[3].rows == Rows(What.DUE, item="urn", payer="police")
    assert [one.names for one in sections["waivers"].lines] == [("resident", "treasury")]
    assert {one.names[0]: one.cells[1].value for one in sections["reasons"].lines}["refund"] == 200
    assert [one.names[0] for one in sections["held"].lines] == ["deposit", "suspense"]
    assert sections["receivables"].lines[0].cells[3].value == 5_000
    assert [one.names[0] for one in sections["taps"].lines] == ["transport"]
    assert report.course == (("11", 48_000, 0),)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_in_a_report_has_words(language: str) -> None:
    says = Says("en" if language == "en" else "zh_CN", {"urn": {"zh_CN": "骨灰盒", "en": "Urn"}}, {"1010": "朱某"})
    for section in made(PERIOD, OURS, THEIRS).sections:
        assert says.title(section) and all(says.head(one) for one in section.heads)
        for line in (*section.lines, *((section.total,) if section.total else ())):
            assert says.line(section, line)
            assert all("." not in says.line(section, line) and says.figure(one) for one in line.cells)


def test_a_change_needs_something_to_change_from() -> None:
    assert [change(*one) for one in ((110, 100), (90, 100), (100, 100), (5, 0), (100_001, 100_000))] == [
        *("+10.0%", "-10.0%", "0.0%", "—", "0.0%")
    ]


def test_the_chart_draws_both_years_and_runs_nothing() -> None:
    drawn = course((("01", 5, 10), ("02", 0, -3)), "<script>")
    assert drawn.count('class="now"') == drawn.count('class="before"') == 2
    assert "<script>" not in drawn and 'height="0.0"' in drawn
