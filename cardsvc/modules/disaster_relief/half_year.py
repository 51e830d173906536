"""Invented rows of a half-year: the bureau told no figures of disaster relief, so all of them are invented."""

from collections.abc import Iterator
from datetime import date

from cardsvc.core.records import CITY, Value
from cardsvc.invented import COUNTIES, Chance, day, id_no, parts, person, phone, place, point, seeded
from cardsvc.modules import Row
from cardsvc.modules.disaster_relief import ready, relief

NOW, BEFORE = (date(2026, 1, 1), date(2026, 6, 30)), (date(2025, 1, 1), date(2025, 6, 30))
SHELTERS = (("county", 24, 260), ("town", 96, 130), ("village", 380, 60))
"""Level, how many, about how many people each holds."""
CALLED = {"county": "避灾中心", "town": "避灾中心", "village": "避灾点"}
OFFICERS = 360
TRAININGS = ((12, NOW), (8, BEFORE))
PLANS = 48
BATCHES = (
    *(("winter_spring", date(2026, 1, 20), 8_640, 3_456_000_00, 410_000_00), ("snow", date(2026, 2, 3), 1_320, 0, 0)),
    *(("winter_spring", date(2025, 1, 16), 9_120, 3_374_000_00, 385_000_00), ("fire", date(2026, 4, 9), 36, 0, 0)),
)
"""Kind, day, people, money and goods (fen) of all counties together; where both are 0, 300 yuan a head in money."""


def rows() -> Iterator[Row]:
    """Shelters, officers with the trainings that they came to, plans with their revisions, relief."""
    random = seeded("disaster_relief")
    yield from _shelters(random)
    yield from _officers(random)
    yield from _plans(random)
    yield from _batches(random)


def _county(index: int) -> str:
    return COUNTIES[index % len(COUNTIES)]


def _shelters(random: Chance) -> Iterator[Row]:
    number = 0
    for level, count, about in SHELTERS:
        for _ in range(count):
            usable = random.random() < 0.95
            where = place(random)
            values: dict[str, Value] = {
                "county": _county(number),
                "name": f"{where}{CALLED[level]}",
                "level": level,
                "town": f"{place(random)}镇",
                "address": f"{where}路{random.randrange(1, 300)}号",
                "point": point(random, _county(number)),
                "capacity": about * random.randrange(80, 200) // 100,
                "form": random.choice(("indoor", "indoor", "outdoor")),
                "office_phone": f"0577-0000{random.randrange(10_000):04d}",
                "manager": person(random),
                "manager_phone": phone(random),
                "state": "ready" if usable else "repair",
                "published": usable,
                "published_on": day(random, date(2024, 3, 1), NOW[1]) if usable else None,
            }
            yield Row.made(ready.SHELTER, values)
            number += 1


def _officers(random: Chance) -> Iterator[Row]:
    for index in range(OFFICERS):
        county = _county(index)
        values: dict[str, Value] = {
            "county": county,
            "name": person(random),
            "id_no": id_no(random, county, day(random, date(1966, 1, 1), date(2000, 12, 31))),
            "phone": phone(random),
            "level": "village" if index % 12 else "town",
            "town": f"{place(random)}镇",
            "village": f"{place(random)}村",
            "appointed_on": day(random, date(2016, 1, 1), date(2025, 3, 1)),
            "left_on": day(random, *NOW) if index % 30 == 29 else None,
        }
        yield Row.made(ready.OFFICER, values, f"f{index}")
    number = 0
    for count, span in TRAININGS:
        for index in range(count):
            held_on = day(random, *span)
            training: dict[str, Value] = {
                "county": _county(index),
                "name": f"{held_on.year} 年灾害信息员培训班",
                "level": "county",
                "held_on": held_on,
                "days": 1,
                "place": f"{place(random)}镇文化礼堂",
            }
            yield Row.made(ready.TRAINING, training, f"t{number}")
            for officer in range(index, OFFICERS, len(COUNTIES)):
                attended: dict[str, Value] = {
                    "county": _county(index),
                    "officer": f"f{officer}",
                    "training": f"t{number}",
                    "attended_on": held_on,
                    "passed": random.random() < 0.93,
                }
                if random.random() < 0.85:
                    yield Row.made(ready.ATTENDANCE, attended)
            number += 1


def _plans(random: Chance) -> Iterator[Row]:
    for index in range(PLANS):
        county, kind = (CITY if index < 4 else _county(index)), tuple(ready.KINDS)[index % len(ready.KINDS)]
        values: dict[str, Value] = {
            "county": county,
            "name": f"{ready.KINDS[kind].zh}应急预案（{place(random)}）",
            "level": "city" if county == CITY else "county",
            "kind": kind,
            "unit": "演示单位",
            "issued_on": day(random, date(2015, 1, 1), date(2022, 12, 31)),
            "document": f"演示发〔2022〕{index + 1}号",
        }
        yield Row.made(ready.PLAN, values, f"p{index}")
        if index % 3 == 2:
            continue
        revised_on = day(random, *(NOW if index % 3 else BEFORE))
        revision: dict[str, Value] = {
            "county": county,
            "plan": f"p{index}",
            "revised_on": revised_on,
            "changes": "调整响应条件和成员单位职责",
            "drill": random.random() < 0.5,
            "state": "issued" if index % 5 else "drafted",
            "document": f"演示发〔{revised_on.year}〕{index + 1}号" if index % 5 else None,
            "issued_on": revised_on if index % 5 else None,
        }
        yield Row.made(ready.REVISION, revision)


def _batches(random: Chance) -> Iterator[Row]:
    for kind, on, people, money, goods in BATCHES:
        shares = zip(*(parts(total, len(COUNTIES)) for total in (people, money, goods)), strict=True)
        for index, (each, paid, given) in enumerate(shares):
            values: dict[str, Value] = {
                "county": _county(index),
                "number": f"JZ{on:%Y%m}-{kind[:2].upper()}-{index + 1:02d}",
                "kind": kind,
                "relieved_on": on,
                "town": f"{place(random)}镇",
                "households": max(1, each * 2 // 5),
                "people": each,
                "money": paid or each * 30_000,
                "goods": "棉被、大米、食用油" if given else None,
                "goods_value": given or None,
                "state": "handed_out",
                "approved_on": on,
                "handed_out_on": on,
            }
            yield Row.made(relief.BATCH, values)
