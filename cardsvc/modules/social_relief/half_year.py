"""Rows from which the figures of the bureau's half-year come out: totals where it told totals, else single rows.

Everybody in them is invented. The same months of the year before are there too, somewhat smaller, as totals.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import product

from cardsvc import invented
from cardsvc.core.records import Values
from cardsvc.modules import Row
from cardsvc.modules.social_relief.assistance import CLAIM, SITE, TEMPORARY_RELIEF
from cardsvc.modules.social_relief.care import REHABILITATION, VISIT
from cardsvc.modules.social_relief.half_year_registers import batch_number, payments, registers
from cardsvc.modules.social_relief.paying import FUND, PAYMENT_BATCH, SCHEMES

YEAR, MONTHS = 2026, range(1, 7)
LAST_DAY = date(YEAR, 6, 30)
BENEFITS, RECIPIENTS = 177_780_000, 150_000
"""Yuan and people, as all totals of money here are yuan."""
MEDICAL, MEDICAL_TIMES = 35_460_000, 15_686
RELIEF_TIMES, CASES = 7_976, 26
CHILDREN_VISITED, FAMILIES_VISITED = 403_600, 6_120_000
"""The bureau told "over 400,000"; the second it withheld."""
PER_HEAD = {"medical_aid": 10_00, "relief": 3_20}
"""Fen; of the second the bureau told "over 3 yuan"."""
SHARES = {"subsistence": (82, 74), "destitute": (6, 15), "single": (11, 9), "orphan": (1, 2)}
"""Of a hundred recipients, and of a hundred yuan."""
SINGLE_CLAIMS, SINGLE_RELIEF = 686, 476
WEIGHTS = dict(zip(invented.COUNTIES, (12, 7, 9, 2, 10, 9, 9, 4, 4, 14, 15, 5), strict=True))
"""How the counties share in what was told as a total."""
Cell = tuple[int, str]


def half_year() -> Iterable[Row]:
    """Every row, those that are linked to first."""
    people = registers()
    claims = list(_claims())
    assisted = sum(fen for one in claims if isinstance(fen := one.values["assisted"], int)) // 100
    yield from people
    yield from _sites()
    yield from _totals(YEAR - 1, 94, 0, 0, 0)
    yield from _totals(YEAR, 100, assisted, SINGLE_CLAIMS, SINGLE_RELIEF)
    yield from payments(people, YEAR, MONTHS)
    yield from claims
    yield from _relief()
    yield from _rehabilitation()


def _totals(year: int, percent: int, assisted: int, claims: int, relief: int) -> Iterator[Row]:
    """What was told as a total, less the single rows that are there beside it."""
    yield from _batches(year, BENEFITS * percent // 100, RECIPIENTS * percent // 100)
    yield from _claim_totals(year, MEDICAL * percent // 100 - assisted, MEDICAL_TIMES * percent // 100 - claims)
    yield from _relief_totals(year, RELIEF_TIMES * percent // 100 - relief)
    yield from _visits(year, ("orphan", "disabled_child"), CHILDREN_VISITED * percent // 100, 2)
    yield from _visits(year, ("hardship",), FAMILIES_VISITED * percent // 100, 6)
    yield from _funds(year, 0 if year == YEAR else 50)


def _spread(total: int, rounds: Iterable[int]) -> Iterator[tuple[Cell, int]]:
    """A total over rounds and counties."""
    cells = list(product(rounds, invented.COUNTIES))
    return zip(cells, invented.shares(total, [WEIGHTS[county] for _, county in cells]), strict=True)


def _batches(year: int, yuan: int, recipients: int) -> Iterator[Row]:
    cells = list(product(invented.COUNTIES, SCHEMES))
    people = invented.shares(recipients, [WEIGHTS[county] * SHARES[scheme][0] for county, scheme in cells])
    for month, total in zip(MONTHS, invented.shares(yuan, [98, 99, 100, 100, 101, 102]), strict=True):
        amounts = invented.shares(total, [WEIGHTS[county] * SHARES[scheme][1] for county, scheme in cells])
        for (county, scheme), persons, amount in zip(cells, people, amounts, strict=True):
            number = batch_number(year, month, county, scheme)
            values: Values = {
                "county": county,
                "number": number,
                "scheme": scheme,
                "for_day": date(year, month, 1),
                "persons": persons,
                "amount": amount * 100,
                "bank": "示例农商银行",
                "state": "paid",
                "submitted_on": date(year, month, 5),
                "approved_on": date(year, month, 8),
                "paid_on": date(year, month, 10),
            }
            yield Row.made(PAYMENT_BATCH, values, number)


def _sites() -> Iterator[Row]:
    """23 that are open, and two that were closed."""
    random = invented.seeded("social_relief sites")
    for number in range(25):
        values: Values = {
            "county": invented.COUNTIES[number % 12],
            "name": f"示例{invented.GIVEN[number]}{invented.GIVEN[number + 4]}医院",
            "level": random.choice(("third", "second", "first")),
            "opened_on": invented.day(random, date(2023, 3, 1), date(2026, 4, 30) if number < 23 else date(2024, 1, 1)),
            "closed_on": date(2026, 2, 1) if number >= 23 else None,
            "state": "closed" if number >= 23 else "open",
        }
        yield Row.made(SITE, values, f"site-{number}")


def _near(county: str, which: int) -> int:
    """An open site of the county: one of two, where it has two."""
    number = invented.COUNTIES.index(county) + 12 * which
    return number if number < 23 else number - 12


def _claims() -> Iterator[Row]:
    """Single claims, of which a third of what the insurance left was assistance."""
    random = invented.seeded("social_relief claims")
    for _ in range(SINGLE_CLAIMS):
        county, cost = random.choice(invented.COUNTIES), random.randrange(200, 4_000) * 1_500
        instant, settled = random.random() < 0.85, invented.day(random, date(YEAR, 1, 4), LAST_DAY)
        state = random.choice(("settled", "refunded"))
        values: Values = {
            "county": county,
            "name": invented.person(random),
            "id_no": invented.id_no(random, county, invented.day(random, date(1935, 1, 1), date(2005, 12, 31))),
            "category": random.choice(("subsistence", "subsistence", "destitute", "borderline", "orphan", "illness")),
            "how": "instant" if instant else "applied",
            "site": f"site-{_near(county, random.randrange(2))}" if instant else None,
            "treatment": random.choice(("inpatient", "inpatient", "outpatient")),
            "settled_on": settled,
            "cost": cost,
            "insured": cost * 3 // 5,
            "assisted": cost * 2 // 15 // 100 * 100,
            "state": state,
            "refunded_on": settled + timedelta(days=20) if state == "refunded" else None,
        }
        yield Row.made(CLAIM, values)


def _claim_totals(year: int, yuan: int, times: int) -> Iterator[Row]:
    for ((month, county), amount), (_, several) in zip(_spread(yuan, MONTHS), _spread(times, MONTHS), strict=True):
        values: Values = {
            "county": county,
            "category": "subsistence",
            "how": "instant",
            "site": f"site-{invented.COUNTIES.index(county)}",
            "treatment": "inpatient",
            "settled_on": date(year, month, 25),
            "cost": amount * 500,
            "insured": amount * 300,
            "assisted": amount * 100,
            "total_of": several,
            "state": "refunded",
            "refunded_on": date(year, month, 28),
        }
        yield Row.made(CLAIM, values)


def _relief() -> Iterator[Row]:
    """Single cases: those that were paid, and some that were refused or are still to be decided."""
    random = invented.seeded("social_relief relief")
    for number in range(SINGLE_RELIEF + 24):
        county = random.choice(invented.COUNTIES)
        state = "paid" if number < SINGLE_RELIEF else ("applied", "approved", "refused")[number % 3]
        applied = invented.day(random, date(YEAR, 1, 3), date(YEAR, 6, 18))
        values: Values = {
            "county": county,
            "name": invented.person(random),
            "id_no": invented.id_no(random, county, invented.day(random, date(1935, 1, 1), date(1999, 12, 31))),
            "town": f"{invented.place(random)}镇",
            "cause": random.choice(("illness", "illness", "fire", "traffic", "accident", "schooling", "other")),
            "kind": random.choice(("emergency", "emergency", "expense")),
            "applied_on": applied,
            "amount": random.randrange(8, 40) * 100_00 if state in ("paid", "approved") else None,
            "state": state,
            "decided_on": applied + timedelta(days=5) if state != "applied" else None,
            "paid_on": applied + timedelta(days=8) if state == "paid" else None,
        }
        yield Row.made(TEMPORARY_RELIEF, values)


def _relief_totals(year: int, times: int) -> Iterator[Row]:
    for (month, county), several in _spread(times, MONTHS):
        values: Values = {
            "county": county,
            "cause": "illness",
            "kind": "emergency",
            "applied_on": date(year, month, 2),
            "amount": several * 1_150_00,
            "total_of": several,
            "state": "paid",
            "decided_on": date(year, month, 9),
            "paid_on": date(year, month, 20),
        }
        yield Row.made(TEMPORARY_RELIEF, values)


def _visits(year: int, whom: tuple[str, ...], yuan: int, rounds: int) -> Iterator[Row]:
    for (turn, county), amount in _spread(yuan, range(rounds * len(whom))):
        values: Values = {
            "county": county,
            "visited_on": date(year, 2 + turn % 5, 3 + turn),
            "whom": whom[turn % len(whom)],
            "occasion": "春节" if turn < len(whom) else "日常走访",
            "persons": max(1, amount // 600),
            "money": amount * 100,
            "goods": amount * 10,
        }
        yield Row.made(VISIT, values)


def _funds(year: int, less: int) -> Iterator[Row]:
    for (_, county), population in _spread(9_640_000, (0,)):
        for purpose, per_head in PER_HEAD.items():
            values: Values = {
                "county": county,
                "purpose": purpose,
                "raised_on": date(year, 3, 15),
                "population": population,
                "amount": population * (per_head - less),
                "document": f"示例财社〔{year}〕3号",
            }
            yield Row.made(FUND, values)


def _rehabilitation() -> Iterator[Row]:
    """The cases that were accepted in the half-year, some of the year before, and four that were not."""
    random = invented.seeded("social_relief rehabilitation")
    for number in range(CASES + 10):
        county, waiting = random.choice(invented.COUNTIES), CASES <= number < CASES + 4
        year = YEAR - (number >= CASES + 4)
        applied = invented.day(random, date(year, 1, 10), date(year, 6, 1))
        state = ("applied", "refused")[number % 2] if waiting else random.choice(("finished", "treated", "accepted"))
        values: Values = {
            "county": county,
            "child": invented.person(random),
            "id_no": invented.id_no(random, county, invented.day(random, date(2012, 1, 1), date(2021, 12, 31))),
            "guardian": invented.person(random),
            "phone": invented.phone(random),
            "treatment": "示例康复项目",
            "institution": "示例儿童康复中心",
            "applied_on": applied,
            "cost": 24_000_00 if state == "finished" else None,
            "aid": random.randrange(8, 24) * 1_000_00 if state == "finished" else None,
            "state": state,
            "accepted_on": applied + timedelta(days=4) if not waiting else None,
            "started_on": applied + timedelta(days=9) if state in ("treated", "finished") else None,
            "finished_on": applied + timedelta(days=19) if state == "finished" else None,
        }
        yield Row.made(REHABILITATION, values)
