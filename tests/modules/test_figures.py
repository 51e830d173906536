"""Figures: counted exactly, told with their targets, withheld from everybody, each with the list of its rows."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import text

from cardsvc.core.figures import (
    FILLED,
    Chapter,
    Count,
    Counted,
    Growth,
    Indicator,
    Mean,
    Per,
    Sum,
    Unit,
    When,
    figure_wrong,
    leaves,
)
from cardsvc.core.indicated import Relation, Said, Span, Told, last_half_year, span_of
from cardsvc.core.records import Label
from cardsvc.core.reporting import Period
from cardsvc.core.withholding import Marked, not_told
from cardsvc.documents.figure_words import FigureWords
from cardsvc.handlers import set_figures
from cardsvc.modules import Module
from cardsvc.rows.counting import Counter, rounded, rows_address
from cardsvc.rows.figuring import Figures
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.modules.test_rows import add
from tests.support import sample_module
from tests.support.desk import Desk
from tests.support.home import ID_NO, Service

HALF = Period(date(2026, 1, 1), date(2026, 6, 30))
OTHER_ID_NO = "330302194001010029"
SHARE = Per(Count("thing", {"kind": "a"}), Count("thing"), times=100)


def indicator(name: str, figure: Counted, unit: Unit = Unit.COUNT, *, fewer: bool = False) -> Indicator:
    return Indicator(name, Label(f"指标{name}", f"Figure {name}"), unit, figure, Chapter.OTHER, fewer)


FIGURES: dict[str, tuple[Counted, Any]] = {
    "within": (Count("thing"), 4),
    "by_then": (Count("thing", when=When.BY_THEN), 6),
    "of_a_kind": (Count("thing", {"kind": "a"}), 3),
    "several": (Count("thing", {"kind": ("a", "b")}), 4),
    "filled": (Count("thing", {"id_no": FILLED}, When.BY_THEN), 5),
    "empty": (Count("thing", {"kind": None}, When.BY_THEN), 1),
    "good": (Count("thing", {"good": True}), 4),
    "people": (Count("thing", {"id_no": FILLED}, When.BY_THEN, distinct="id_no"), 2),
    "money": (Sum("thing", "fen"), 1_00 + 2_00 + 3_00 + 4_00),
    "share": (SHARE, Decimal("75.0")),
    "each": (Per(Sum("thing", "count"), Count("thing")), Decimal("2.8")),  # 11 / 4 = 2.75
    "mean": (Mean((SHARE, Per(Count("thing"), Count("thing", when=When.BY_THEN), times=100))), Decimal("70.8")),
    "growth": (Growth(Count("thing"), decimals=0), Decimal("4")),
    "by_nothing": (Per(Count("thing"), Count("thing", {"state": "agreed"})), None),
    "of_nothing": (Mean((SHARE, Per(Count("thing"), Count("thing", {"state": "agreed"})))), None),
    "after_nothing": (Growth(Count("thing", {"kind": "b"})), None),
    "nothing": (Sum("thing", "fen", {"state": "agreed"}), 0),
}
THINGS = (
    {"name": "一", "day": "2026-01-01", "fen": "1", "count": "1", "county": "330302"},
    {"name": "二", "day": "2026-06-30", "fen": "2", "count": "2", "county": "330302", "id_no": OTHER_ID_NO},
    {"name": "三", "day": "2026-03-31", "fen": "3", "count": "3", "county": "330324"},
    {"name": "四", "day": "2026-03-01", "fen": "4", "count": "5", "county": "330324", "kind": "b"},
    {"name": "五", "day": "2024-05-01", "fen": "9", "county": "330302", "id_no": "", "kind": ""},
    {"name": "六", "day": "2025-06-30", "fen": "9", "county": "330302"},
    {"name": "七", "day": "2026-07-01", "fen": "9", "county": "330302", "kind": "", "id_no": ""},
)


def module_with(*indicators: Indicator) -> Module:
    return replace(sample_module.MODULE, indicators=indicators)


def use(service: Service, *indicators: Indicator) -> Module:
    module = module_with(*indicators)
    service.context = replace(service.context, modules={"sample": module})
    return module


@pytest.fixture
def counted(bureau: Service) -> Service:
    """An office with seven things: four of the half-year, one a year before, one after, one earlier."""
    desk = Desk(bureau, LEADER)
    for one in THINGS:
        add(desk, **one)
    return bureau


def value(service: Service, figure: Counted, county: str | None = None, only: str | None = None) -> Any:
    with service.context.engine.connect() as connection:
        counter = Counter(connection, service.context.home_id, sample_module.MODULE, only)
        return counter.value(figure, HALF, county)


def told(service: Service, module: Module, period: Period = HALF, only: str | None = None) -> dict[str, Told]:
    with service.context.engine.connect() as connection:
        figures = Figures(connection, service.context.home_id, module, period, only)
        return {one.indicator.name: one for one in figures.every()}


def say(service: Service, module: Module, period: Period = HALF, **said: Said) -> Any:
    return set_figures.handle(service.context, module, period, said, LEADER, service.clock.now)


def test_every_kind_of_figure_is_counted_as_it_is_declared(counted: Service) -> None:
    assert {name: value(counted, figure) for name, (figure, _) in FIGURES.items()} == {
        name: wanted for name, (_, wanted) in FIGURES.items()
    }


def test_a_county_is_counted_alone_and_all_counties_together_are_the_city(counted: Service) -> None:
    assert [value(counted, Count("thing"), one) for one in ("330302", "330324", "330381", None)] == [2, 2, 0, 4]
    assert value(counted, Sum("thing", "fen"), "330324") == 7_00
    assert value(counted, Count("thing"), only="330324") == 2
    assert value(counted, Count("thing"), "330302", only="330324") == 0
    # The same person has rows in two counties: once in each, and once in the city.
    people = FIGURES["people"][0]
    assert [value(counted, people, one) for one in ("330302", "330324", None)] == [2, 1, 2]


def test_the_list_behind_a_figure_has_exactly_its_rows(counted: Service) -> None:
    desk = Desk(counted, LEADER)
    for name, (figure, wanted) in FIGURES.items():
        if isinstance(figure, Count) and not figure.distinct:
            page = desk.get(rows_address(sample_module.MODULE, figure, HALF).removeprefix("/office/")).text
            shown = re.findall(r'href="/office/modules/sample/thing/[0-9a-f]{32}"', page)
            assert len(shown) == wanted, name


def test_halves_are_rounded_up() -> None:
    assert [str(rounded(Fraction(part, 100), 1)) for part in (5, 25, 24, 1234, -5)] == [
        "0.1",
        "0.3",
        "0.2",
        "12.3",
        "-0.1",
    ]
    assert str(rounded(Fraction(1, 2), 0)) == "1"


def test_a_figure_is_told_against_its_target_and_the_year_before(counted: Service) -> None:
    module = use(
        counted,
        indicator("within", Count("thing")),
        indicator("money", Sum("thing", "fen"), Unit.YUAN, fewer=True),
        indicator("share", SHARE, Unit.PERCENT),
    )
    assert say(counted, module, within=Said(target=8_00), money=Said(target=20_00)) == 2

    now = told(counted, module)
    within, money = now["within"], now["money"]
    assert (within.now, within.before, str(within.done), str(within.change)) == (4, 1, "50.0", "300.0")
    assert (within.better, money.better) == (True, False)
    assert (str(money.done), str(money.change)) == ("50.0", "11.1")
    assert now["share"].change == Decimal("-25.0")
    words = FigureWords("en")
    assert words.change(now["share"]) == "▼ down 25.0 points" and words.change(now["within"]) == "▲ up 300.0%"
    assert words.now(now["money"]) == "¥10.00" and words.target(now["money"]) == "¥20.00"
    assert told(counted, module, only="330302")["within"].said == Said(), "a county has no target"


def test_a_round_number_is_told_while_the_rows_bear_it_out(counted: Service) -> None:
    module = use(counted, indicator("within", Count("thing")), indicator("stood", Count("thing", when=When.BY_THEN)))
    assert say(counted, module, within=Said(None, Relation.OVER, 3_00), stood=Said(None, Relation.NEARLY, 5_00)) == 2

    over, nearly = told(counted, module).values()
    assert (FigureWords("zh_CN").now(over), FigureWords("en").now(over)) == ("3 余", "over 3")
    assert "4" in FigureWords("en").aside(over)
    assert not nearly.holds and FigureWords("en").now(nearly) == "6"


def test_a_withheld_figure_and_what_would_betray_it_have_no_number(counted: Service) -> None:
    whole, part = Count("thing", when=When.BY_THEN), Count("thing", {"kind": "a"}, When.BY_THEN)
    module = use(
        counted,
        indicator("whole", whole),
        indicator("part", part),
        indicator("share", Per(part, whole, times=100), Unit.PERCENT),
        indicator("released", Per(Count("thing"), whole, times=100), Unit.PERCENT),
        indicator("other", Count("thing")),
    )
    assert say(counted, module, whole=Said(withheld=True), released=Said(withheld=False)) == 2

    now = told(counted, module)
    assert [name for name, one in now.items() if one.withheld] == ["whole", "part", "share"]
    assert all((one.now, one.change, one.done) == (None, None, None) for one in now.values() if one.withheld)
    day_less = Period(HALF.first, date(2026, 6, 29))
    year = Period(HALF.first, date(2026, 12, 31))
    assert all(told(counted, module, period)["whole"].withheld for period in (day_less, year))
    year_later = Period(date(2027, 1, 1), date(2027, 6, 30))
    assert say(counted, module, year_later, whole=Said(withheld=False)) == 1
    later = told(counted, module, year_later)["whole"]
    assert not later.withheld and later.before_withheld and later.before is None and later.change is None
    assert told(counted, module, only="330302")["whole"].withheld, "nor does a county tell it"
    for who in (LEADER, CLERK, COUNTY, "1016"):
        page = Desk(counted, who).get("modules/sample/statistics?day=2026-01-01").text
        row = re.search(r"<tr>\s*<td[^>]*>指标whole</td>.*?</tr>", page, re.DOTALL)
        assert row is not None and "**" in row[0] and ">6<" not in row[0] and "kind" not in row[0], who


NOTED = {"note.within": "截至六月", "note_en.within": "by June"}


def test_what_is_said_of_figures_is_told_to_the_log_and_only_by_who_may(counted: Service) -> None:
    module = use(counted, indicator("within", Count("thing")))
    desk, address = Desk(counted, LEADER), "modules/sample/statistics/set?day=2026-01-01"
    assert "指标within" in desk.get(address).text
    form = {"target.within": "342", "relation.within": "over", "bound.within": "3", "published.within": "told"}

    done = desk.post(address, **form, **NOTED)

    assert done.status_code == 303
    assert told(counted, module)["within"].said == Said(342_00, Relation.OVER, 3_00, False, "截至六月", "by June")
    assert desk.post(address, **{**form, "target.within": "a"}).status_code in (409, 422)
    assert desk.post(address, **{**form, "bound.within": ""}).status_code in (409, 422)
    assert desk.post(address, **form, **NOTED).headers["location"].endswith("saved=0")
    for who in (CLERK, COUNTY, "1016"):
        assert Desk(counted, who).post(address, **form).status_code == 403, who
    with counted.context.engine.connect() as connection:
        links = connection.execute(text("SELECT subject FROM audit_link WHERE what = 'figure set'")).scalars().all()
    assert links == [
        "sample.within 2026-01-01..2026-06-30: target None > 34200, relation exact > over, bound None > 300,"
        " withheld None > False, note None > 截至六月, note_en None > by June"
    ]


def test_a_county_clerk_sees_the_figures_of_their_county_alone(counted: Service) -> None:
    use(counted, indicator("within", Count("thing")))
    page = Desk(counted, COUNTY).get("modules/sample/statistics?day=2026-01-01&county=330302").text

    assert "<b>2</b>" in page and "<b>4</b>" not in page and 'id="counties"' not in page
    city = Desk(counted, LEADER).get("modules/sample/statistics?day=2026-01-01").text
    assert "<b>4</b>" in city and "鹿城区" in city and "county=330324" in city


def test_what_nobody_may_see_is_not_found(counted: Service) -> None:
    assert Desk(counted, "1001").get("modules/sample/statistics").status_code == 403
    assert Desk(counted, LEADER).get("modules/none/statistics").status_code == 404
    assert Desk(counted, LEADER).get("modules/sample").headers["location"] == "/office/modules/sample/thing"


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Count("none"), "no record"),
        (Count("thing", {"nothing": 1}), "no column"),
        (Count("thing", {"kind": "z"}), "never z"),
        (Count("thing", {"id_no": ID_NO}), "secret"),
        (Sum("thing", "name"), "no number"),
        (Count("part"), "not dated"),
        (Per(Count("thing"), Count("thing", distinct="x")), "no column"),
    ],
)
def test_a_figure_that_cannot_be_counted_is_refused_at_start(figure: Counted, said: str) -> None:
    records = {one.name: one for one in sample_module.MODULE.records}

    assert said in (figure_wrong(indicator("f", figure), records) or "")
    assert all(figure_wrong(indicator("f", one), records) is None for one, _ in FIGURES.values())


def test_the_leaves_of_a_figure_are_its_counts_and_sums() -> None:
    assert len(list(leaves(FIGURES["mean"][0]))) == 4


def test_periods_are_those_of_the_calendar() -> None:
    assert last_half_year(date(2026, 11, 26)) == HALF and last_half_year(date(2026, 6, 30)).last == date(2025, 12, 31)
    assert span_of(Span.YEAR, date(2026, 5, 1)) == (date(2026, 1, 1), date(2026, 12, 31))
    assert span_of(Span.DAYS, HALF.first) == (HALF.first, HALF.first)


def test_only_what_is_undecided_follows_its_parts() -> None:
    every = (indicator("whole", Count("thing")), indicator("share", SHARE))
    assert not_told(every, marks(whole=True)) == {"whole", "share"}
    assert not_told(every, marks(whole=True, share=False)) == {"whole"}
    assert not_told(every, marks(share=True)) == {"share"}


def marks(**withheld: bool) -> Marked:
    return Marked({name: (Said(withheld=one),) for name, one in withheld.items()})


def test_a_growth_since_a_withheld_year_is_withheld() -> None:
    growth = Growth(Count("thing"), times=100)
    every = (
        indicator("whole", Count("thing")),
        indicator("growth", growth),
        indicator("inside", Mean((growth, SHARE))),
        indicator("of_a_part", Growth(Count("thing", {"kind": "a"}))),
        indicator("of_another", Growth(Sum("thing", "fen"))),
    )
    assert not_told(every, marks(), marks(whole=True)) == {"growth", "inside", "of_a_part"}
    assert not_told(every, marks(growth=False), marks(whole=True)) == {"inside", "of_a_part"}
    share = (indicator("share", SHARE), indicator("growth", Growth(SHARE)))
    assert not_told(share, marks(), marks(share=True)) == {"growth"}


def test_neither_this_year_s_growth_nor_the_last_one_s_tells_a_withheld_number(counted: Service) -> None:
    module = use(counted, indicator("within", Count("thing")), indicator("growth", Growth(Count("thing"))))
    assert told(counted, module)["growth"].now == 4
    then = Period(date(2025, 1, 1), date(2025, 6, 30))

    assert say(counted, module, then, within=Said(withheld=True)) == 1

    now = told(counted, module)
    assert (now["within"].now, now["within"].before, now["within"].change) == (4, None, None)
    assert now["growth"].withheld and now["growth"].now is None and now["growth"].before is None
    later = told(counted, module, Period(date(2027, 1, 1), date(2027, 6, 30)))["growth"]
    assert not later.withheld and later.before_withheld and later.before is None


def test_what_stood_stays_withheld_until_the_bureau_gives_out_a_later_one(counted: Service) -> None:
    stood = Count("thing", when=When.BY_THEN)
    module = use(
        counted,
        indicator("stood", stood),
        indicator("part", Count("thing", {"kind": "a"}, When.BY_THEN)),
        indicator("within", Count("thing")),
    )
    assert say(counted, module, stood=Said(withheld=True), within=Said(withheld=True)) == 2
    next_day = Period(date(2026, 7, 1), date(2026, 7, 1))
    second = Period(date(2026, 7, 1), date(2026, 12, 31))
    third = Period(date(2027, 1, 1), date(2027, 6, 30))

    def hidden(period: Period) -> list[str]:
        return [name for name, one in told(counted, module, period).items() if one.withheld]

    assert all(hidden(one) == ["stood", "part"] for one in (next_day, second, third))
    assert hidden(Period(date(2025, 7, 1), date(2025, 12, 31))) == []
    assert say(counted, module, second, stood=Said(withheld=False)) == 1
    assert [hidden(one) for one in (next_day, second, third)] == [["stood", "part"], [], []]
    one_day = Period(date(2028, 6, 30), date(2028, 6, 30))
    day_before = Period(date(2028, 6, 29), date(2028, 6, 29))
    assert say(counted, module, one_day, stood=Said(withheld=True)) == 1
    assert hidden(day_before) == ["stood", "part"]
    assert say(counted, module, day_before, stood=Said(withheld=False)) == 1
    assert hidden(day_before) == []


def test_what_is_left_of_a_told_whole_is_not_one_withheld_part() -> None:
    whole, a, b = Count("thing"), Count("thing", {"kind": "a"}), Count("thing", {"kind": "b"})
    none, good = Count("thing", {"kind": None}), Count("thing", {"good": True})
    every = [indicator("whole", whole), indicator("a", a), indicator("b", b), indicator("none", none)]
    share = indicator("share", Per(none, whole))
    records = sample_module.MODULE.records

    assert not_told([*every, share], marks(a=True), records=records) == {"a", "none", "share"}
    assert not_told(every[:3], marks(a=True), records=records) == {"a"}, "rows without a kind are not told"
    assert not_told(every, marks(a=True, none=False), records=records) == {"a", "b"}
    assert not_told(every, marks(a=True, b=False, none=False), records=records) == {"a", "whole"}
    assert not_told(every, marks(a=True, b=True), records=records) == {"a", "b"}
    filled = indicator("filled", Count("thing", {"kind": FILLED}))
    assert not_told([every[0], every[3], filled], marks(none=True), records=records) == {"none", "filled"}
    assert not_told([*every, indicator("good", good)], marks(good=True), records=records) == {"good"}
