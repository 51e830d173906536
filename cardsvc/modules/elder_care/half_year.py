"""Invented rows from which the bureau's figures of its half-year come out: 57 institutions to be, the 990 line's areas.

The bureau set the year's targets for what is built; how much of it stood in June is invented.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from cardsvc.core.local_time import CHINA
from cardsvc.core.records import Value
from cardsvc.invented import (
    COUNTIES,
    Chance,
    bank_account,
    credit_code,
    day,
    id_no,
    parts,
    person,
    phone,
    place,
    point,
    seeded,
)
from cardsvc.modules import Row
from cardsvc.modules.elder_care import people, places, services
from cardsvc.modules.elder_care.needs import FINANCES, LIVING, MONTHLY, NEEDS, assessed

NOW, BEFORE = (date(2026, 1, 1), date(2026, 6, 30)), (date(2025, 1, 1), date(2025, 6, 30))
EARLIER = (date(2024, 1, 1), date(2025, 12, 31))
SITES = (
    ("community_centre", "open", NOW, 216, 0),
    ("community_centre", "open", EARLIER, 390, 0),
    ("town_centre", "open", NOW, 12, 240),
    ("town_centre", "open", EARLIER, 31, 620),
    ("institution", "open", NOW, 9, 1523),
    ("institution", "open", EARLIER, 42, 5964),
    ("institution", "under_construction", None, 16, 3200),
    ("institution", "planned", None, 27, 4050),
    ("institution", "intended", None, 14, 1400),
)
"""Kind, state, when they opened, how many, beds together."""
CALLED = {"community_centre": "社区居家养老服务照料中心", "town_centre": "镇居家养老服务中心", "institution": "颐养院"}
DEMONSTRATIONS = ((7, NOW), (5, BEFORE))
DISTRICTS, PILOTS = 3, 5
"""Where the 990 line is open: districts and pilot communities."""
ELDERS, ORDERS, VISITS_EACH = 240, 80, 6
CALLS = ((312, NOW), (148, BEFORE))
SUBSIDISED = ("one", "two", "three")


def rows() -> Iterator[Row]:
    """The sites, the line's areas, the elders with what they were granted and paid, services and calls."""
    random = seeded("elder_care")
    yield from _sites(random)
    for level, count in (("district", DISTRICTS), ("pilot_community", PILOTS)):
        for index in range(count):
            yield _area(random, level, index)
    for index in range(ELDERS):
        yield from _elder(random, index)
    for index in range(ORDERS):
        yield from _services(random, index)
    for count, span in CALLS:
        for index in range(count):
            yield _call(random, index, span)


def _county(index: int) -> str:
    return COUNTIES[index % len(COUNTIES)]


def _sites(random: Chance) -> Iterator[Row]:
    number = 0
    for kind, state, opened, count, beds in SITES:
        for each in parts(beds, count):
            first = place(random)
            values: dict[str, Value] = {
                "county": _county(number),
                "name": f"{first}{CALLED[kind]}",
                "kind": kind,
                "town": f"{place(random)}镇",
                "state": state,
                "run_by": random.choice(("contracted", "private", "public")) if kind == "institution" else "contracted",
                "credit_code": credit_code("52", _county(number), number) if kind == "institution" else None,
                "beds": each or None,
                "opened_on": day(random, *opened) if opened is not None else None,
                "point": point(random, _county(number)),
            }
            yield Row.made(places.SITE, values, f"s{number}")
            number += 1
    for count, span in DEMONSTRATIONS:
        for index in range(count):
            values = {
                "county": _county(index),
                "name": f"{place(random)}居家养老服务示范点",
                "care_site": f"s{index}" if span == NOW else None,
                "named_on": day(random, *span),
            }
            yield Row.made(places.DEMONSTRATION, values)


def _area(random: Chance, level: str, index: int) -> Row:
    pilot = level == "pilot_community"
    values: dict[str, Value] = {
        "county": _county(index % DISTRICTS),
        "name": f"{place(random)}社区" if pilot else ("鹿城区", "龙湾区", "瓯海区")[index],
        "level": level,
        "town": f"{place(random)}街道" if pilot else None,
        "opened_on": day(random, date(2026, 2, 1), date(2026, 5, 31)),
        "households": random.randrange(200, 900) * (1 if pilot else 20),
    }
    return Row.made(services.AREA, values, f"{level}{index}")


def _elder(random: Chance, index: int) -> Iterator[Row]:
    county, born = _county(index), day(random, date(1930, 1, 1), date(1958, 12, 31))
    living = random.choice(tuple(LIVING))
    assessment: dict[str, Value] = {
        "county": county,
        "elder": f"e{index}",
        "assessed_on": day(random, *(NOW if index % 3 else BEFORE)),
        "assessor": person(random),
        "kind": "first",
        "finances": random.choice(tuple(FINANCES)),
        "living": living,
        "ability_score": random.randrange(91),
        **{f"needs_{one}": random.random() < 0.6 for one in NEEDS},
    }
    grade, on = str(assessed(assessment)["grade"]), assessment["assessed_on"]
    granted = grade in SUBSIDISED and isinstance(on, date)
    decided = on + timedelta(days=7) if granted and isinstance(on, date) else None
    elder: dict[str, Value] = {
        "county": county,
        "name": person(random),
        "id_no": id_no(random, county, born),
        "born_on": born,
        "town": f"{place(random)}镇",
        "living": living,
        "subsidy": "receiving" if granted else "none",
        "grade": grade if granted else None,
        "assessed_on": on if granted else None,
        "granted_on": decided,
        "bank_account": bank_account(random) if granted else None,
        "phone": phone(random),
        "address": f"演示路{random.randrange(1, 300)}号",
    }
    yield Row.made(people.ELDER, elder, f"e{index}")
    decision: dict[str, Value] = {"state": "approved", "decided_on": decided}
    refusal: dict[str, Value] = {"state": "refused", "reason": "未达到补贴等级"}
    yield Row.made(people.ASSESSMENT, assessment | (decision if granted else refusal))
    for month in range(1, 7):
        paid_on = date(2026, month, 25)
        if decided is not None and decided <= paid_on:
            payment: dict[str, Value] = {
                "county": county,
                "elder": f"e{index}",
                "paid_on": paid_on,
                "amount": MONTHLY[grade],
            }
            yield Row.made(people.PAYMENT, payment | {"voucher": f"YL2026{month:02d}-{index:04d}"})


def _services(random: Chance, index: int) -> Iterator[Row]:
    county, since = _county(index), day(random, date(2025, 9, 1), date(2026, 3, 31))
    provider = 1 + index % 8
    values: dict[str, Value] = {
        "county": county,
        "elder": f"e{index}",
        "provider": f"{'安和长永福泰兴新'[provider - 1]}心居家服务中心",
        "credit_code": credit_code("52", COUNTIES[0], 900 + provider),
        "service": random.choice(tuple(services.SERVICES)),
        "hours": random.randrange(4, 31),
        "price": 3_000,
        "since": since,
        "state": "running",
    }
    yield Row.made(services.ORDER, values, f"o{index}")
    for _ in range(VISITS_EACH):
        visit: dict[str, Value] = {
            "county": county,
            "service_order": f"o{index}",
            "visited_on": day(random, max(since, NOW[0]), NOW[1]),
            "worker": person(random),
            "minutes": random.randrange(3, 13) * 10,
            "satisfied": random.choice(("good", "good", "good", "fair", "poor")),
        }
        yield Row.made(services.VISIT, visit)


def _call(random: Chance, index: int, span: tuple[date, date]) -> Row:
    at = time(random.randrange(24), random.randrange(60))
    received = datetime.combine(day(random, *span), at, CHINA)
    area = index % DISTRICTS
    closed = random.random() < 0.94
    values: dict[str, Value] = {
        "county": _county(area),
        "number": f"990-{received:%Y}-{index:05d}",
        "received_at": received,
        "answered_at": received + timedelta(seconds=random.randrange(5, 200)),
        "category": random.choice(("meals", "cleaning", "medical", "repair", "advice", "emergency", "comfort")),
        "caller": person(random),
        "phone": phone(random),
        "line_area": f"district{area}",
        "state": "closed" if closed else "dispatched",
        "dispatched_to": f"{'安和长永福泰兴新'[index % 8]}心居家服务中心",
        "dispatched_at": received + timedelta(minutes=random.randrange(4, 30)),
        "closed_at": received + timedelta(minutes=random.randrange(40, 1500)) if closed else None,
        "outcome": "已上门办理" if closed else None,
    }
    return Row.made(services.CALL, values)
