"""What stood at the end of a period is counted and listed as it stood then, whatever happened since (decision 0036)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from urllib.parse import parse_qs

from cardsvc.api.uploads import work_due
from cardsvc.core.figures import FILLED, Count, Counted, Growth, Per, Sum, When
from cardsvc.core.records import Value
from cardsvc.core.registers import RecordState
from cardsvc.core.reporting import Period
from cardsvc.core.uploads import UploadState
from cardsvc.modules import Module
from cardsvc.modules.elder_care import MODULE as ELDER_CARE
from cardsvc.modules.social_relief import MODULE as RELIEF
from cardsvc.modules.social_relief.waivers import waivers
from cardsvc.naming.cells import written
from cardsvc.naming.signs import identity
from cardsvc.rows import keeping, paging, uploads
from cardsvc.rows.agreeing import stood
from cardsvc.rows.counting import Counter, rows_address
from cardsvc.rows.keeping import Where, index_of
from cardsvc.rows.matching import Wanted
from cardsvc.store.engine import Connection, transact
from tests.modules.conftest import CLERK, COUNTY, LEADER
from tests.modules.test_move_days import household
from tests.modules.test_rows import THING, add
from tests.support import sample_module
from tests.support.desk import Desk
from tests.support.elders import receives
from tests.support.files import kept_file
from tests.support.home import ID_NO, Service
from tests.support.rows import SECOND, Clerk, columns
from tests.support.sheets import sheet

JUNE, BEFORE = Period(date(2026, 1, 1), date(2026, 6, 30)), Period(date(2025, 1, 1), date(2025, 6, 30))
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
IN_FORCE = Count("household", {"state": "active"}, When.BY_THEN)
CHANGED = ("persons", "standard", "income", "since", "until")
THINGS = Count("thing", when=When.BY_THEN)


def counted(service: Service, module: Module, figure: Counted, period: Period, county: str | None = None) -> Any:
    with service.context.engine.connect() as connection:
        return Counter(connection, service.context.home_id, module).value(figure, period, county)


def listed(service: Service, figure: Count | Sum, period: Period) -> list[keeping.Kept]:
    """The rows behind a figure, by its address."""
    asked = parse_qs(rows_address(sample_module.MODULE, figure, period).split("?")[1])
    only = {name.removeprefix("f."): tuple(said) for name, said in asked.items() if name.startswith("f.")}
    wanted = Wanted(only=only, as_of=date.fromisoformat(asked["as_of"][0]))
    place = Where(service.context.home_id, "sample", sample_module.THING)
    with service.context.engine.connect() as connection:
        rows = list(paging.every(connection, service.context.vault, place, wanted, 7))
        page = paging.page(connection, service.context.vault, place, wanted)
    assert page.count == len(rows) and {one.id for one in page.rows} <= {one.id for one in rows}
    return rows


def test_a_household_that_ended_in_november_was_there_in_june(both: Service) -> None:
    clerk = Clerk.of(both, RELIEF)
    row_id = household(clerk)
    assert counted(both, RELIEF, IN_FORCE, JUNE) == 1

    clerk.moves("household", row_id, "end", reason="other")

    assert [counted(both, RELIEF, IN_FORCE, one) for one in (BEFORE, JUNE, NOVEMBER)] == [0, 1, 0]
    people = Sum("household", "persons", {"state": "active"}, When.BY_THEN)
    assert [counted(both, RELIEF, people, one) for one in (BEFORE, JUNE, NOVEMBER)] == [0, 1, 0]
    assert counted(both, RELIEF, Per(people, IN_FORCE), JUNE) == Decimal("1.0")


def test_a_move_counts_from_its_own_day_not_from_the_click(both: Service) -> None:
    clerk = Clerk.of(both, RELIEF)
    row_id = household(clerk)

    clerk.moves("household", row_id, "suspend", reason="other", suspended_on="2026-06-30")
    assert counted(both, RELIEF, IN_FORCE, JUNE) == 0
    clerk.moves("household", row_id, "resume", SECOND, reason="other", resumed_on="2026-08-01")

    days = {day: Period(date(2026, 1, 1), date(2026, *day)) for day in ((6, 29), (6, 30), (7, 31), (8, 1), (12, 31))}
    counts = {day: counted(both, RELIEF, IN_FORCE, one) for day, one in days.items()}
    assert counts == {(6, 29): 1, (6, 30): 0, (7, 31): 0, (8, 1): 1, (12, 31): 1}


def test_what_a_form_changes_holds_from_that_day_on(both: Service) -> None:
    clerk = Clerk.of(both, RELIEF)
    row_id = household(clerk)
    people = Sum("household", "persons", {"state": "active"}, When.BY_THEN)
    values = clerk.row("household", row_id).values
    typed = {one.name: written(one, values[one.name]) for one in RELIEF.record("household").typed if not one.secret}

    assert clerk.edits("household", row_id, **typed | {"county": "330324"}) == row_id
    clerk.moves("household", row_id, "change", LEADER, **{name: typed[name] for name in CHANGED} | {"persons": "4"})

    assert [counted(both, RELIEF, people, one) for one in (JUNE, NOVEMBER)] == [1, 4]
    where_from = [counted(both, RELIEF, IN_FORCE, JUNE, one) for one in ("330302", "330324")]
    where_to = [counted(both, RELIEF, IN_FORCE, NOVEMBER, one) for one in ("330302", "330324")]
    assert (where_from, where_to) == ([1, 0], [0, 1])


def test_what_was_undone_stands_as_it_stood_on_each_day(bureau: Service) -> None:
    clerk = Clerk.of(bureau, RELIEF)
    row_id = household(clerk)
    for suspended, resumed in (("2026-03-01", "2026-04-01"), ("2026-05-01", "2026-06-01")):
        clerk.moves("household", row_id, "suspend", reason="other", suspended_on=suspended)
        clerk.moves("household", row_id, "resume", SECOND, reason="other", resumed_on=resumed)

    asked = [date(2026, month, 15) for month in range(2, 8)]
    counts = [counted(bureau, RELIEF, IN_FORCE, Period(date(2026, 1, 1), one)) for one in asked]

    assert counts == [1, 0, 1, 0, 1, 1]


def test_what_a_move_does_to_other_rows_holds_from_the_same_day(bureau: Service) -> None:
    clerk = Clerk.of(bureau, ELDER_CARE)
    elder = clerk.types("elder", name="林某", id_no="330302194001010029", born_on="1940-01-01")
    order = {one.name: "1" for one in ELDER_CARE.record("service_order").typed if one.kind in ("number", "money")}
    clerk.types("service_order", **order, elder=elder, provider="安心", service="meals", since="2026-01-01")
    served = Count("service_order", {"state": ("ordered", "running")}, When.BY_THEN, distinct="elder")
    assert counted(bureau, ELDER_CARE, served, JUNE) == 1

    clerk.moves("elder", elder, "report_death", death_on="2026-06-30")

    may = Period(date(2026, 1, 1), date(2026, 6, 29))
    assert [counted(bureau, ELDER_CARE, served, one) for one in (may, JUNE, NOVEMBER)] == [1, 0, 0]


def test_growth_knows_who_left_since(bureau: Service) -> None:
    clerk = Clerk.of(bureau, RELIEF)
    texts = {one.name: next(iter(one.choices)) for one in RELIEF.record("household").typed if one.choices}
    texts |= {one.name: "1" for one in RELIEF.record("household").typed if one.kind in ("number", "money")}
    since = {"JZ-1": "2024-01-01", "JZ-2": "2024-01-01", "JZ-3": "2026-03-01"}
    ids = [
        clerk.grants("household", **texts | {"number": number, "head": "王伟", "since": day, "until": ""})
        for number, day in since.items()
    ]
    growth = Growth(IN_FORCE, times=100)
    assert counted(bureau, RELIEF, growth, JUNE) == Decimal("150.0")

    for row_id in ids[:2]:
        clerk.moves("household", row_id, "end", reason="other", ended_on="2026-02-01")

    assert counted(bureau, RELIEF, growth, JUNE) == Decimal("50.0")


def test_a_row_without_a_day_counts_from_the_day_on_which_it_was_made(bureau: Service) -> None:
    desk = Desk(bureau, CLERK)
    add(desk, name="无日期", day="")

    october = Period(date(2026, 1, 1), date(2026, 10, 31))
    assert [counted(bureau, sample_module.MODULE, THINGS, one) for one in (BEFORE, october, NOVEMBER)] == [0, 0, 1]
    assert [len(listed(bureau, THINGS, one)) for one in (BEFORE, october, NOVEMBER)] == [0, 0, 1]


def test_rows_without_a_day_from_a_file_are_not_known_of_before_and_the_figure_is_none(bureau: Service) -> None:
    thing = sample_module.THING
    where = Where(bureau.context.home_id, "sample", thing)
    empty: dict[str, Value] = {one.name: None for one in thing.columns}

    def put(name: str, known_on: date, county: str, **values: Value) -> None:
        row = {**empty, "name": name, "county": county, "state": "draft", **values}
        row_id, bits, now = f"{len(name):032x}", bytes(12 * len(thing.columns)), bureau.clock.now
        transact(
            bureau.context.engine,
            lambda one: keeping.insert(
                one, bureau.context.vault, where, [(row_id, row)], LEADER, now, [bits], "file", known_on
            ),
        )

    kind = Count("thing", {"kind": "a"}, When.BY_THEN)
    put("一", date(2026, 6, 30), "330302", kind="a")
    assert [counted(bureau, sample_module.MODULE, kind, one) for one in (BEFORE, JUNE)] == [None, 1]
    assert counted(bureau, sample_module.MODULE, Growth(kind), JUNE) is None
    assert counted(bureau, sample_module.MODULE, Count("thing", {"kind": "b"}, When.BY_THEN), BEFORE) == 0
    counties = [counted(bureau, sample_module.MODULE, kind, BEFORE, one) for one in ("330302", "330324")]
    assert counties == [None, 0]

    put("二二", date(2026, 9, 1), "330302", kind="a")
    put("三三三", date(2026, 9, 1), "330324", kind="a")
    assert [counted(bureau, sample_module.MODULE, kind, JUNE, one) for one in (None, "330302", "330324")] == [
        1,
        1,
        None,
    ]

    put("四四四四", date(2026, 9, 1), "330324", kind="a", day=date(2025, 1, 1))
    assert [counted(bureau, sample_module.MODULE, kind, BEFORE, one) for one in (None, "330302", "330324")] == [
        1,
        None,
        1,
    ]


def test_the_list_says_of_which_day_it_is_and_shows_what_rows_had_then(bureau: Service) -> None:
    desk, other = Desk(bureau, CLERK), Desk(bureau, COUNTY)
    row_id = add(desk, name="旧名", day="2026-01-01", county="330302", note="")
    changes = {"name": "新名", "kind": "b", "note": "变", "county": "330324", "version": "1"}
    changed = desk.post(f"modules/sample/thing/{row_id}/edit", **(THING | {"day": "2026-01-01"} | changes))
    assert changed.status_code == 303
    desk.http.cookies.set("language", "en")

    address = rows_address(sample_module.MODULE, Count("thing", {"kind": "a"}, When.BY_THEN), JUNE)
    then = desk.get(address.removeprefix("/office/")).text
    now = desk.get("modules/sample/thing?f.kind=a").text

    assert "As of 2026-06-30" in re.sub(r"<[^>]*>", "", then) and "旧名" in then and "新名" not in then
    assert "Lucheng" in then.split("<tbody>")[1] and "旧名" not in now
    assert 'name="as_of"' in now, "any day can be asked for from the list itself"
    assert desk.get("modules/sample/thing?f.kind=a&as_of=").text.count("<tr>") == now.count("<tr>")
    file = desk.get("modules/sample/thing/export.csv?f.kind=a&as_of=2026-06-30")
    assert "as-of-2026-06-30" in file.headers["content-disposition"]
    assert "旧名" in file.text and "新名" not in file.text
    assert "旧名" in desk.get("modules/sample/thing/map?f.kind=a&as_of=2026-06-30").text
    assert desk.get("modules/sample/thing/several?as_of=2026-06-30").status_code == 404, "moved are rows as they are"
    assert "/several" in now + desk.get("modules/sample/thing").text and "/several" not in then
    assert "330***********" not in then, "it is another county's now"
    for day in ("2026-06-30", "2026-11-30"):  # a clerk of the county in which it is now
        assert ("新名" in other.get(f"modules/sample/thing?as_of={day}").text) is (day == "2026-11-30"), day


def test_nobody_looks_in_a_list_of_a_day_for_the_number_of_who_is_another_county_s_now(bureau: Service) -> None:
    desk, county = Desk(bureau, CLERK), Desk(bureau, COUNTY)
    row_id = add(desk, name="旧名", day="2026-01-01", county="330324")
    index = index_of(bureau.context.vault, sample_module.MODULE.record("thing").column("id_no"), ID_NO)
    asked = (f"q={ID_NO}", f"f.id_no={index}")

    def finds(words: str) -> bool:
        return "旧名" in county.get(f"modules/sample/thing?as_of=2026-06-30&{words}").text

    assert [finds(one) for one in (*asked, "q=%E6%97%A7")] == [True, True, True]
    changes = {"name": "旧名", "county": "330302", "version": "1", "day": "2026-01-01"}
    assert desk.post(f"modules/sample/thing/{row_id}/edit", **(THING | changes)).status_code == 303
    assert [finds(one) for one in (*asked, "q=%E6%97%A7")] == [False, False, True]


def test_a_list_of_a_day_offers_no_page_of_a_row_that_is_another_county_s_now_and_says_whose_it_is(
    bureau: Service,
) -> None:
    desk, county = Desk(bureau, CLERK), Desk(bureau, COUNTY)
    gone, stays = (add(desk, name=name, day="2026-01-01", county="330324", place="28,120.6") for name in ("走", "留"))
    changes = {"name": "走", "county": "330302", "version": "1", "day": "2026-01-01", "place": "28,120.6"}
    assert desk.post(f"modules/sample/thing/{gone}/edit", **(THING | changes)).status_code == 303
    assert county.get(f"modules/sample/thing/{gone}").status_code == 404

    for page in ("", "/map"):
        theirs, city = (who.get(f"modules/sample/thing{page}?as_of=2026-06-30").text for who in (county, desk))
        assert "走" in theirs and f"/thing/{gone}" not in theirs and f"/thing/{stays}" in theirs, page
        assert (
            theirs.count("永嘉县（现属鹿城区）") >= 1 and "（现属" not in county.get(f"modules/sample/thing{page}").text
        )
        assert f"/thing/{gone}" in city and "永嘉县（现属鹿城区）" in city, "the city opens both"


@dataclass
class Told:
    """A thing of the model: what it was first, and what was said of it, in the order of the entries."""

    first: dict[str, Value]
    made: date
    known_on: date | None
    said: list[tuple[date, Mapping[str, Value]]] = field(default_factory=list)

    def on(self, day: date) -> dict[str, Value]:
        """Everything that holds by a day, said again in its order."""
        found = dict(self.first)
        for since, values in self.said:
            found |= values if since <= day else {}
        return found

    def there(self, day: date) -> bool:
        own = self.on(day)["day"]
        return (own if isinstance(own, date) else self.known_on or self.made) <= day


DAYS = [date(2025, 1, 1) + timedelta(days=30 * number) for number in range(22)]
CHOICES: dict[str, tuple[Value, ...]] = {
    "county": ("330302", "330324", "330381"),
    "kind": ("a", "b", None),
    "state": ("draft", "sent", "agreed"),
    "good": (True, False, None),
    "count": (0, 1, 7, None),
    "fen": (0, 1, 1234_50, None),
    "day": (*DAYS[::4], None),
    "id_no": ("330302194001010010", "330302194001010029", None),
    "note": ("一", "乙,\n「\"'", None),
}
MODELLED: tuple[tuple[Count | Sum, Any], ...] = (
    (THINGS, lambda one: True),
    (
        Count("thing", {"kind": "a", "state": ("draft", "sent")}, When.BY_THEN),
        lambda one: one["kind"] == "a" and one["state"] != "agreed",
    ),
    (Count("thing", {"kind": None}, When.BY_THEN), lambda one: one["kind"] is None),
    (Count("thing", {"good": True}, When.BY_THEN), lambda one: one["good"] is True),
    (Count("thing", {"id_no": FILLED}, When.BY_THEN), lambda one: one["id_no"] is not None),
    (
        Count("thing", {"note": FILLED, "count": 7}, When.BY_THEN),
        lambda one: one["note"] is not None and one["count"] == 7,
    ),
    (Sum("thing", "fen", {"state": "sent"}, When.BY_THEN), lambda one: one["state"] == "sent"),
    (Sum("thing", "count", when=When.BY_THEN), lambda one: True),
)


def test_on_any_history_what_stood_is_what_a_model_says_and_what_the_list_shows(both: Service, night: bool) -> None:
    for seed in range(20 if night else 1):
        print(f"seed {seed}")
        agrees(both, Random(seed))


def agrees(service: Service, random: Random) -> None:
    things = {f"{random.getrandbits(128):032x}": chance_of(random) for _ in range(25)}
    write(service, things, random)
    for day in random.sample(DAYS, 4):
        period = Period(date(2025, 1, 1), day)
        for figure, asks in MODELLED:
            for county in (None, "330324"):
                then = {row_id: one.on(day) for row_id, one in things.items()}
                here = {row_id: one for row_id, one in then.items() if county in (None, one["county"])}
                wanted = {row_id: one for row_id, one in here.items() if asks(one) and things[row_id].there(day)}
                number = sum(told_number(figure, one) for one in wanted.values())
                undated = {row_id: one for row_id, one in here.items() if one["day"] is None}
                later = [asks(one) for row_id, one in undated.items() if (things[row_id].known_on or day) > day]
                nothing = not wanted and any(later) and not any(things[row_id].there(day) for row_id in undated)
                answer = counted(service, sample_module.MODULE, figure, period, county)
                assert answer == (None if nothing else number), (figure, day, county)
                if figure.where and county is None:
                    shows(service, figure, period, wanted)


def told_number(figure: Count | Sum, values: Mapping[str, Value]) -> int:
    value = values[figure.column] if isinstance(figure, Sum) else 1
    return value if isinstance(value, int) else 0


def shows(service: Service, figure: Count | Sum, period: Period, wanted: Mapping[str, Mapping[str, Value]]) -> None:
    shown = {one.id: one for one in listed(service, figure, period)}
    assert shown.keys() == wanted.keys(), (figure, period)
    for row_id, one in shown.items():
        told = {name: value for name, value in wanted[row_id].items() if name not in ("county", "id_no")}
        assert {name: one.values[name] for name in told} == told
        assert one.county == wanted[row_id]["county"]


def chance_of(random: Random) -> Told:
    first = {name: random.choice(values) for name, values in CHOICES.items()}
    told = Told(first, random.choice(DAYS), random.choice((None, None, *DAYS[::5])))
    for _ in range(random.randrange(5)):
        now = told.on(date.max)
        some = {name: random.choice(CHOICES[name]) for name in random.sample(sorted(CHOICES), random.randint(1, 4))}
        told.said.append((random.choice(DAYS), {name: value for name, value in some.items() if value != now[name]}))
    return told


def write(service: Service, things: Mapping[str, Told], random: Random) -> None:
    """Into the database: each row as it was first, then what was said of it, as handlers write it."""
    place, vault = Where(service.context.home_id, "sample", sample_module.THING), service.context.vault
    columns = sample_module.THING.columns

    def act(connection: Connection) -> None:
        connection.execute(place.table.delete())
        for row_id, one in things.items():
            made = datetime(one.made.year, one.made.month, one.made.day, 4, tzinfo=UTC)
            row = {**{each.name: None for each in columns}, "name": row_id, **one.first}
            bits = random.randbytes(12 * len(columns))
            keeping.insert(connection, vault, place, [(row_id, row)], CLERK, made, [bits], None, one.known_on)
            for day, values in one.said:
                before = keeping.find(connection, place, row_id, None)
                assert before is not None
                bits = random.randbytes(12 * len(columns))
                now = service.clock.now
                assert keeping.change(connection, vault, place, before, values, CLERK, now, bits, 1, day=day)

    transact(service.context.engine, act)


def test_the_waiver_and_the_payment_of_a_day_follow_every_suspension_as_the_figure_does(bureau: Service) -> None:
    clerk = Clerk.of(bureau, RELIEF)
    single = {"name": "王守义", "id_no": ID_NO, "kind": "肢体", "grade": "1", "monthly": "664"}
    row_id = clerk.grants("single", number="DR-1", since="2024-03-01", **single)
    for suspended, resumed in (("2026-06-01", "2026-09-01"), ("2026-10-01", "2026-10-02")):
        clerk.moves("single", row_id, "suspend", reason="means", suspended_on=suspended)
        clerk.moves("single", row_id, "resume", SECOND, reason="means", resumed_on=resumed)
    figure = Count("single", {"state": "active"}, When.BY_THEN)
    person, home = identity(bureau.context.vault.blind, ID_NO), bureau.context.home_id
    assert person is not None
    days = {date(2026, 5, 31): 1, date(2026, 7, 15): 0, date(2026, 9, 1): 1, date(2026, 10, 1): 0, date(2026, 10, 2): 1}

    for day, paid in days.items():
        assert counted(bureau, RELIEF, figure, Period(date(2026, 1, 1), day)) == paid
        with bureau.context.engine.connect() as connection:
            (one,) = waivers(connection, person, day, stood(connection, home, RELIEF, day))
        assert (one.state is RecordState.ACTIVE) == bool(paid), day
        kept = clerk.tries("payment", single=row_id, paid_on=day.isoformat(), amount="1")
        assert isinstance(kept, str) == bool(paid), day
    line = {"county": "330302", "single": row_id, "amount": "1"}
    for text, state in (("2026-07-16", UploadState.FAULTY), ("2026-05-30", UploadState.DONE)):
        assert kept_file(clerk, "payment", line | {"paid_on": text}).state is state


def test_the_subsidy_of_a_day_follows_every_suspension_of_an_elder(bureau: Service) -> None:
    clerk = Clerk.of(bureau, ELDER_CARE)
    elder = clerk.types("elder", name="林某", id_no="330302194001010029", born_on="1940-01-01")
    receives(clerk, elder)
    bureau.clock.forward(days=30)
    for suspended, resumed in (("2026-11-03", "2026-11-08"), ("2026-11-20", "2026-11-21")):
        clerk.moves("elder", elder, "suspend", reason="其他", suspended_on=suspended)
        clerk.moves("elder", elder, "resume", SECOND, reason="其他", resumed_on=resumed)

    answer = clerk.tries("subsidy_payment", elder=elder, paid_on="2026-11-05", amount="1")

    assert columns(answer) == ["elder"]
    assert isinstance(clerk.tries("subsidy_payment", elder=elder, paid_on="2026-11-08", amount="1"), str)


def test_a_file_of_last_year_counts_in_last_year_s_figures(both: Service) -> None:
    desk = Desk(both, CLERK)
    raw = sheet([["county", "name", "kind"], ["鹿城区", "去年的", "样A"]])

    def handed(known_on: str) -> int:
        form = {"form_token": desk.form_token, "known_on": known_on}
        files = {"file": ("册.xlsx", raw)}
        return int(desk.http.post("/office/modules/sample/thing/import", data=form, files=files).status_code)

    assert [handed(one) for one in ("2099-01-01", "2025-02-30")] == [409, 409]
    assert handed("2025-06-30") == 303
    work_due(both.context)
    with both.context.engine.connect() as connection:
        (upload,) = uploads.listed(connection, both.context.home_id, "sample", "thing", None)
    assert "2025-06-30" in desk.get(f"modules/sample/thing/import/{upload.id}").text
    assert desk.post(f"modules/sample/thing/import/{upload.id}/commit").status_code == 303
    work_due(both.context)

    days = (date(2025, 6, 29), date(2025, 6, 30), date(2026, 11, 30))
    found = [counted(both, sample_module.MODULE, THINGS, Period(date(2025, 1, 1), one)) for one in days]
    assert found == [None, 1, 1]


def test_a_correction_holds_from_the_beginning_or_from_a_day_where_it_says_so(both: Service) -> None:
    desk = Desk(both, CLERK)
    ids = [add(desk, name=name, day="2024-01-01", county="330302") for name in ("一", "二", "三")]
    since = ({"since-when": "beginning"}, {"since-when": "today", "since-day": "2026-03-01"}, {"since-when": "today"})
    for row_id, name, said in zip(ids, ("一", "二", "三"), since, strict=True):
        typed = THING | {"name": name, "day": "2024-01-01", "county": "330302", "kind": "b", "version": "1"}
        for wrong in ("2099-01-01", "", "x"):
            refused = desk.post(
                f"modules/sample/thing/{row_id}/edit", **typed | {"since-when": "day", "since-day": wrong}
            )
            assert refused.status_code == 422 and "since-day" in refused.text
        assert desk.post(f"modules/sample/thing/{row_id}/edit", **typed | said).status_code == 303

    kind = Count("thing", {"kind": "b"}, When.BY_THEN)
    days = (date(2024, 12, 31), date(2026, 2, 28), date(2026, 3, 1), both.clock.now.date())
    assert [counted(both, sample_module.MODULE, kind, Period(date(2024, 1, 1), one)) for one in days] == [1, 1, 2, 3]
    assert len(listed(both, kind, Period(date(2024, 1, 1), days[0]))) == 1
    pages = [desk.get(f"modules/sample/thing/{row_id}").text for row_id in ids]
    assert "一直如此" in pages[0] and "自 2026-03-01 起" in pages[1] and "起</small>" not in pages[2]
