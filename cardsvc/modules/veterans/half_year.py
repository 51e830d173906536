"""Rows from which the figures of the bureau's half-year come out; everybody and every place in them is invented."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251 - handed on, seeded: the same rows every time

from cardsvc import invented
from cardsvc.core.records import Values
from cardsvc.modules import Row
from cardsvc.modules.veterans.memorials import MEMORIAL, RESCUE
from cardsvc.modules.veterans.registers import BENEFICIARY, CATEGORIES, CLAIMS, PAYMENT, RECOGNITION, STANDARD
from cardsvc.modules.veterans.support import PETITION, RETRAINING, SETTLEMENT, SOLDIER, VISIT

FIRST, LAST, MONTHS = date(2026, 1, 1), date(2026, 6, 30), range(1, 7)
YEAR = LAST.year
TROOPS = (3_850_000, 2_210_000)
"""Yuan of money and goods, as all totals here are yuan."""
VISITED = (4_866_400, 844_800)
VISITED_TIMES = 8_926
PROJECTS, BUDGET = 1_258, 45_660_000
LETTERS, BATCHES, VISITORS = 24, 32, 175
BENEFICIARIES = 400
MONTHLY = {
    "disabled": 1_480,
    "martyr_family": 1_760,
    "duty_family": 1_520,
    "illness_family": 1_430,
    "martyr_child": 390,
    "returned": 1_210,
    "returned_ill": 560,
    "war": 600,
    "nuclear": 600,
    "rural": 240,
}


def half_year() -> Iterable[Row]:
    """Every row, those that are linked to first."""
    random = invented.seeded("veterans")
    people = [_beneficiary(random, number) for number in range(BENEFICIARIES)]
    yield from _standards()
    yield from people
    yield from _payments(people)
    yield from _visits(YEAR - 1, 95)
    yield from _visits(YEAR, 100)
    yield from _settlements(random, people)
    yield from _recognitions(random)
    yield from _memorials(random)
    yield from _petitions(random)
    yield from _soldiers(random)


def _standards() -> Iterator[Row]:
    for category, yuan in MONTHLY.items():
        disabled: Values = {"cause": "duty", "grade": 6} if category == "disabled" else {}
        values: Values = {
            "county": "330300",
            "document": "示例退役军人发〔2025〕8号",
            "category": category,
            "monthly": yuan * 100,
            "since": date(2025, 8, 1),
            **disabled,
        }
        yield Row.made(STANDARD, values, category)


def _somebody(random: Random, county: str, oldest: int, youngest: int) -> Values:
    born = invented.day(random, date(oldest, 1, 1), date(youngest, 12, 31))
    return {
        "county": county,
        "name": invented.person(random),
        "id_no": invented.id_no(random, county, born),
        "phone": invented.phone(random),
    }


def _beneficiary(random: Random, number: int) -> Row:
    county, category = random.choice(invented.COUNTIES), random.choice(list(CATEGORIES))
    disabled = category == "disabled"
    values: Values = {
        **_somebody(random, county, 1934, 1964),
        "number": f"YF-{county}-{number:05d}",
        "category": category,
        "cause": random.choice(("war", "duty", "illness")) if disabled else None,
        "grade": random.randrange(1, 11) if disabled else None,
        "town": f"{invented.place(random)}镇",
        "account": invented.bank_account(random),
        "standard": category,
        "monthly": MONTHLY[category] * 100,
        "state": "active",
        "since": invented.day(random, date(2005, 1, 1), date(2025, 12, 31)),
    }
    return Row.made(BENEFICIARY, values, f"beneficiary-{number}")


def _payments(people: list[Row]) -> Iterator[Row]:
    """Each month to every third of them."""
    for month in MONTHS:
        for one in people[::3]:
            values: Values = {
                "county": one.values["county"],
                "beneficiary": one.key,
                "paid_on": date(YEAR, month, 15),
                "amount": one.values["monthly"],
            }
            yield Row.made(PAYMENT, values)


def _visits(year: int, percent: int) -> Iterator[Row]:
    """Four visits of each county to troops, twelve to beneficiaries."""
    for whom, totals, rounds in (("troops", TROOPS, 4), ("beneficiaries", VISITED, 12)):
        count = rounds * len(invented.COUNTIES)
        money, goods = (invented.parts(one * percent // 100, count) for one in totals)
        persons = invented.parts(VISITED_TIMES * percent // 100, count)
        for number, (cash, worth, several) in enumerate(zip(money, goods, persons, strict=True)):
            turn = number // len(invented.COUNTIES)
            values: Values = {
                "county": invented.COUNTIES[number % len(invented.COUNTIES)],
                "visited_on": date(year, 1 + turn % 6, 8 + turn),
                "whom": whom,
                "unit": f"示例部队{number % 9 + 1}" if whom == "troops" else None,
                "occasion": ("春节", "元宵", "清明", "日常走访")[turn % 4],
                "persons": several if whom == "beneficiaries" else None,
                "money": cash * 100,
                "goods": worth * 100,
            }
            yield Row.made(VISIT, values)


def _settlements(random: Random, people: list[Row]) -> Iterator[Row]:
    for _ in range(260):
        one = random.choice(people)
        cost, settled = random.randrange(100, 3_000) * 2_000, invented.day(random, FIRST, LAST)
        state = random.choice(("settled", "refunded", "refunded"))
        values: Values = {
            "county": one.values["county"],
            "beneficiary": one.key,
            "hospital": f"示例{random.choice(invented.GIVEN)}和医院",
            "settled_on": settled,
            "cost": cost,
            "insured": cost * 7 // 10,
            "relieved": cost // 20,
            "subsidy": cost * 3 // 20,
            "state": state,
            "refunded_on": settled + timedelta(days=20) if state == "refunded" else None,
        }
        yield Row.made(SETTLEMENT, values)


def _recognitions(random: Random) -> Iterator[Row]:
    for _ in range(90):
        county, state = (
            random.choice(invented.COUNTIES),
            random.choice(("applied", "announced", "recognised", "refused")),
        )
        applied = invented.day(random, FIRST, date(YEAR, 5, 10))
        values: Values = {
            **_somebody(random, county, 1945, 1968),
            "claim": random.choice(list(CLAIMS)),
            "unit": f"示例部队{random.randrange(1, 40)}",
            "enlisted_on": date(1979, 11, 1),
            "discharged_on": date(1984, 1, 1),
            "applied_on": applied,
            "state": state,
            "announced_on": applied + timedelta(days=20) if state in ("announced", "recognised") else None,
            "decided_on": applied + timedelta(days=35) if state in ("recognised", "refused") else None,
        }
        yield Row.made(RECOGNITION, values)


def _memorials(random: Random) -> Iterator[Row]:
    """Memorial sites, and the projects of the half-year."""
    counties = [random.choice(invented.COUNTIES) for _ in range(180)]
    for number, county in enumerate(counties):
        kind = random.choice(("cemetery", "monument", "hall", "grave", "grave", "grave"))
        values: Values = {
            "county": county,
            "name": f"{invented.place(random)}{MEMORIAL.column('kind').choices[kind].zh}（{number + 1}）",
            "kind": kind,
            "level": "none" if kind == "grave" else random.choice(("province", "city", "county", "county")),
            "town": f"{invented.place(random)}镇",
            "point": f"{random.randrange(27_400, 28_300) / 1000:.3f},{random.randrange(120_200, 121_000) / 1000:.3f}",
            "graves": random.randrange(1, 80) if kind in ("cemetery", "grave") else 0,
            "opened_on": invented.day(random, date(1952, 1, 1), date(2012, 12, 31)),
            "condition": random.choice(("good", "good", "worn", "endangered")),
            "shown": kind != "grave",
        }
        yield Row.made(MEMORIAL, values, f"memorial-{number}")
    for number, budget in enumerate(invented.shares(BUDGET, [random.randrange(20, 80) for _ in range(PROJECTS)])):
        site, approved = random.randrange(len(counties)), invented.day(random, FIRST, LAST)
        state = random.choice(("approved", "started", "finished")) if approved < date(YEAR, 4, 1) else "approved"
        project: Values = {
            "county": counties[site],
            "name": f"{invented.place(random)}烈士墓保护 {number + 1}",
            "memorial": f"memorial-{site}",
            "way": random.choice(("moved", "moved", "repaired", "guarded")),
            "approved_on": approved,
            "budget": budget * 100,
            "spent": budget * 100 if state == "finished" else None,
            "state": state,
            "started_on": approved + timedelta(days=20) if state != "approved" else None,
            "finished_on": approved + timedelta(days=75) if state == "finished" else None,
        }
        yield Row.made(RESCUE, project)


def _petitions(random: Random) -> Iterator[Row]:
    """What came to the city, and beside it what came to the counties."""
    batches = [1] * BATCHES
    for _ in range(VISITORS - BATCHES):
        batches[random.randrange(BATCHES)] += 1
    told = [("city", "letter", 1)] * LETTERS + [("city", "visit", people) for people in batches]
    told += [("county", random.choice(("letter", "visit")), random.randrange(1, 6)) for _ in range(60)]
    for number, (level, kind, people) in enumerate(told):
        received, state = (
            invented.day(random, FIRST, LAST),
            random.choice(("passed_on", "answered", "closed", "closed")),
        )
        days = random.choice((6, 12, 20, 33, 48, 58, 66))
        answered = received + timedelta(days=days) if state in ("answered", "closed") else None
        values: Values = {
            "county": "330300" if level == "city" else random.choice(invented.COUNTIES),
            "number": f"XF-{YEAR}-{number + 1:04d}",
            "level": level,
            "kind": kind,
            "received_on": received,
            "name": invented.person(random),
            "phone": invented.phone(random),
            "people": people,
            "matter": random.choice(list(PETITION.column("matter").choices)),
            "due_on": received + timedelta(days=60),
            "state": state,
            "unit": "示例县退役军人事务局",
            "passed_on": received + timedelta(days=2),
            "answered_on": answered,
            "closed_on": answered + timedelta(days=3) if answered is not None and state == "closed" else None,
        }
        yield Row.made(PETITION, values)


def _soldiers(random: Random) -> Iterator[Row]:
    for number in range(180):
        county, way = random.choice(invented.COUNTIES), random.choice(("own", "own", "own", "assigned", "retired"))
        discharged = invented.day(random, date(2025, 9, 1), date(YEAR, 3, 31))
        placed = discharged + timedelta(days=70)
        done = placed <= LAST
        values: Values = {
            **_somebody(random, county, 1985, 2004),
            "discharged_on": discharged,
            "years": random.choice((2, 2, 5, 8, 12)),
            "way": way,
            "grant": random.randrange(30, 90) * 1_000_00 if way == "own" else None,
            "state": "placed" if done else "reported",
            "unit": f"示例{invented.place(random)}公司" if way == "assigned" and done else None,
            "placed_on": placed if done else None,
        }
        yield Row.made(SOLDIER, values, f"soldier-{number}")
        if way == "own" and number % 2:
            started = invented.day(random, FIRST, LAST)
            ended = started + timedelta(days=60)
            course: Values = {
                "county": county,
                "soldier": f"soldier-{number}",
                "course": random.choice(("数控技术", "汽车维修", "电子商务", "消防设施操作")),
                "school": "示例职业技术学院",
                "started_on": started,
                "cost": 6_000_00,
                "certificate": random.random() < 0.85 if ended <= LAST else None,
                "state": "finished" if ended <= LAST else "enrolled",
                "ended_on": ended if ended <= LAST else None,
            }
            yield Row.made(RETRAINING, course)
