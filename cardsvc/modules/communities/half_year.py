"""Invented rows from which the bureau's figures of its half-year come out: 940 communities, 685 of them new rural."""

from collections.abc import Iterator
from datetime import date

from cardsvc.core.records import Value
from cardsvc.invented import COUNTIES, Chance, day, parts, place, seeded
from cardsvc.modules import Row

URBAN, RURAL = 255, 685
WITH_CENTRE = {
    "convenience": 535,
    "administration": 805,
    "culture_sports": 529,
    "health_family_planning": 560,
    "elderly": 565,
}
"""Two are the bureau's; the other three it withheld, and with them the mean coverage is the bureau's 63.7 per cent."""
MASS, VOLUNTEER = 2726, 1410
NOW, BEFORE = (date(2026, 1, 1), date(2026, 6, 15)), (date(2025, 1, 1), date(2025, 6, 30))
SITES = ((30, NOW, 14_000_000_00), (24, BEFORE, 9_600_000_00))
"""City demonstration sites: how many, when they were named, their funds together in fen."""


def rows() -> Iterator[Row]:
    """Every community with what it has, then the demonstration sites of this year and the last."""
    random = seeded("communities")
    yield from _communities(random)
    for count, (first, last), fund in SITES:
        for index, part in enumerate(parts(fund, count)):
            yield _site(random, index, "city", day(random, first, last), part)
    for index in range(12):
        yield _site(random, index, "county", day(random, *NOW), None)


def _communities(random: Chance) -> Iterator[Row]:
    total = URBAN + RURAL
    kinds = ["urban"] * URBAN + ["rural"] * RURAL
    # Most were founded when villages were merged; the newest within the last year, each with all of its centres.
    newest = set(range(0, total, 17))
    older = [index for index in range(total) if index not in newest]
    having = {name: newest | {*random.sample(older, count - len(newest))} for name, count in WITH_CENTRE.items()}
    mass, volunteer = list(parts(MASS, total)), list(parts(VOLUNTEER, total))
    for counts in (kinds, mass, volunteer):
        random.shuffle(counts)
    for index, kind in enumerate(kinds):
        households = random.randrange(400, 3200)
        span = (date(2025, 7, 1), date(2026, 6, 15)) if index in newest else (date(2011, 3, 1), date(2024, 12, 31))
        values: dict[str, Value] = {
            "county": COUNTIES[index % len(COUNTIES)],
            "name": f"{place(random)}{'社区' if kind == 'urban' else '新社区'}",
            "kind": kind,
            "town": f"{place(random)}{'街道' if kind == 'urban' else '镇'}",
            "population": households * random.randrange(24, 38) // 10,
            "households": households,
            **{f"has_{name}": index in those for name, those in having.items()},
            "mass_organisations": mass[index],
            "volunteer_organisations": volunteer[index],
            "since": day(random, *span),
        }
        yield Row("community", values, key=f"c{index}")


def _site(random: Chance, index: int, level: str, named_on: date, fund: int | None) -> Row:
    community = index * 13 % (URBAN + RURAL)
    values: dict[str, Value] = {
        "county": COUNTIES[community % len(COUNTIES)],
        "name": f"{place(random)}社区建设示范点",
        "community": f"c{community}",
        "level": level,
        "named_on": named_on,
        "fund": fund,
    }
    return Row("demonstration", values)
