"""Invented rows from which the bureau's figures of its half-year come out: 28 tree burials, four meetings.

The bureau told "more than 20" sign-ups for the sea and "more than 300" people at ceremonies: here are 23 and 326.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from cardsvc.core.records import CITY, Value
from cardsvc.invented import COUNTIES, Chance, credit_code, day, id_no, person, phone, place, point, seeded
from cardsvc.modules import Row
from cardsvc.modules.burial_reform import cemeteries, eco, graves
from cardsvc.modules.burial_reform.graves import CRITERIA

NOW, BEFORE = (date(2026, 1, 1), date(2026, 6, 30)), (date(2025, 1, 1), date(2025, 6, 30))
GRAVES, CONVERSIONS = ((640, NOW), (410, BEFORE)), ((360, NOW), (205, BEFORE))
CEMETERIES = (("public_benefit", 84), ("commercial", 12))
EVENTS: tuple[tuple[str, date, int], ...] = (
    *(("tree", date(2026, 3, 28), 16), ("tree", date(2026, 5, 16), 12), ("tree", date(2025, 4, 12), 19)),
    *(("flower", date(2026, 4, 2), 9), ("lawn", date(2026, 4, 3), 14), ("sea", date(2025, 5, 24), 15)),
)
"""What was held: way, day, ashes buried."""
SEA_TRIP = date(2026, 9, 19)
"""The trip of this year's sign-ups for the sea."""
SEA_SIGN_UPS = 23
MEMORIALS = (
    *(("清明集体共祭", "collective", date(2026, 4, 4), 180), ("海上追思会", "sea", date(2026, 5, 23), 61)),
    *(("社区追思会", "community", date(2026, 3, 30), 85), ("清明集体共祭", "collective", date(2025, 4, 4), 214)),
)
MEETINGS = (
    *(("标准编制启动会", date(2026, 1, 14)), ("标准初稿研讨会", date(2026, 3, 11))),
    *(("标准征求意见会", date(2026, 4, 27)), ("标准专家评审会", date(2026, 6, 16))),
)


def rows() -> Iterator[Row]:
    """Cemeteries, graves with their conversions, events with who signed up, ceremonies, meetings."""
    random = seeded("burial_reform")
    yield from _cemeteries(random)
    for (surveyed, span), (converted, _) in zip(GRAVES, CONVERSIONS, strict=True):
        for index in range(surveyed):
            yield from _grave(random, index, span, converted=index < converted)
    yield from _events(random)
    for name, kind, held_on, participants in MEMORIALS:
        values: dict[str, Value] = {"county": COUNTIES[0], "name": name, "kind": kind, "held_on": held_on}
        yield Row.made(eco.MEMORIAL, values | {"place": f"{place(random)}陵园", "participants": participants})
    for title, held_on in MEETINGS:
        values = {"county": CITY, "title": title, "standard": "殡葬基本服务规范", "held_on": held_on}
        yield Row.made(eco.MEETING, values | {"participants": random.randrange(12, 40)})


def _county(index: int) -> str:
    return COUNTIES[index % len(COUNTIES)]


def _cemeteries(random: Chance) -> Iterator[Row]:
    number = 0
    for kind, count in CEMETERIES:
        for _ in range(count):
            plots = random.randrange(300, 4000)
            own: dict[str, Value] = {"price_basis": "government", "price_low": 300_000, "price_high": 900_000}
            if kind == "commercial":
                own = {"price_basis": "market", "price_low": 2_000_000, "price_high": 8_000_000}
                own |= {"credit_code": credit_code("91", _county(number), number)}
            values: dict[str, Value] = {
                "county": _county(number),
                "name": f"{place(random)}{'生态公墓' if kind == 'public_benefit' else '陵园'}",
                "kind": kind,
                "town": f"{place(random)}镇",
                "point": point(random, _county(number)),
                "approved_on": day(random, date(1998, 1, 1), date(2025, 12, 31)),
                "siting": random.choice(("barren", "old_graves", "extension")),
                "siting_lawful": True,
                "plot_area": random.choice((70, 80, 100, 100, 120)),
                "headstone": random.choice((60, 70, 80, 80, 100)),
                "plots": plots,
                "plots_used": random.randrange(plots),
            }
            yield Row.made(cemeteries.CEMETERY, values | own, f"m{number}")
            number += 1


def _grave(random: Chance, index: int, span: tuple[date, date], *, converted: bool) -> Iterator[Row]:
    year, county = span[0].year, _county(index)
    surveyed_on = day(random, span[0], span[0] + timedelta(days=90))
    key = f"g{year}-{index}"
    all_met = random.random() < 0.9
    values: dict[str, Value] = {
        "county": county,
        "number": f"SF{year}-{index:05d}",
        "town": f"{place(random)}镇",
        "place": f"{place(random)}山",
        "point": point(random, county),
        "visible": random.random() < 0.45,
        "zone": random.choice(("railway", "road", "road", "waterway", "scenic", "water_source", "other")),
        "form": random.choice(("chair", "chair", "chair", "mound", "slab")),
        "state": "untreated" if not converted else "converted" if all_met else "listed",
        "surveyed_on": surveyed_on,
        "built_year": random.randrange(1920, 2005),
        "pits": random.randrange(1, 7),
        "area": random.randrange(6, 80),
        "family": person(random),
        "phone": phone(random),
    }
    yield Row.made(graves.GRAVE, values, key)
    if not converted:
        return
    failed = None if all_met else random.choice(tuple(CRITERIA))
    done = day(random, surveyed_on, span[1])
    work: dict[str, Value] = {
        "county": county,
        "grave": key,
        "converted_on": done,
        "contractor": f"{place(random)}园林工程队",
        "cost": random.randrange(8, 40) * 10_000,
        **{name: name != failed for name in CRITERIA},
        "state": "accepted" if all_met else "sent_back",
        "accepted_on": done if all_met else None,
    }
    yield Row.made(graves.CONVERSION, work)


def _events(random: Chance) -> Iterator[Row]:
    """The city's own events: families of every county sign up."""
    for index, (way, held_on, buried) in enumerate(EVENTS):
        values: dict[str, Value] = {
            "county": CITY,
            "name": f"{held_on.year} 年{eco.WAYS[way].zh}活动",
            "way": way,
            "held_on": held_on,
            "place": "洞头海域" if way == "sea" else f"{place(random)}陵园",
            "places": buried + 12,
            "buried": buried,
            "published": True,
            "state": "held",
        }
        yield Row.made(eco.EVENT, values, f"v{index}")
        for number in range(buried):
            yield _sign_up(random, way, held_on - timedelta(days=12 + number % 20), f"v{index}", held_on)
    trip: dict[str, Value] = {"county": CITY, "name": "2026 年海葬活动", "way": "sea", "held_on": SEA_TRIP}
    trip |= {"place": "洞头海域", "places": 40, "published": True, "state": "open"}
    yield Row.made(eco.EVENT, trip, "sea2026")
    for index in range(SEA_SIGN_UPS):
        yield _sign_up(random, "sea", day(random, date(2026, 3, 1), NOW[1]), "sea2026" if index % 2 else None, None)


def _sign_up(random: Chance, way: str, signed_on: date, event: str | None, buried_on: date | None) -> Row:
    county = random.choice(COUNTIES)
    values: dict[str, Value] = {
        "county": county,
        "way": way,
        "applicant": person(random),
        "phone": phone(random),
        "deceased": person(random),
        "deceased_id_no": id_no(random, county, day(random, date(1925, 1, 1), date(1960, 12, 31))),
        "signed_on": signed_on,
        "event": event,
        "family": random.randrange(1, 8),
        "state": "buried" if buried_on is not None else "notified" if event is not None else "signed_up",
        "spot": f"{eco.WAYS[way].zh}区 {random.randrange(1, 400)} 号" if buried_on is not None else None,
        "buried_on": buried_on,
    }
    return Row.made(eco.SIGN_UP, values)
