"""The registers' part of the half-year: who is entitled, by which standard, and single payments to them."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from random import Random  # noqa: TID251 - handed in, seeded: the same rows every time

from cardsvc import invented
from cardsvc.core.records import Values
from cardsvc.modules import Row
from cardsvc.modules.social_relief.paying import OWNERS, PAYMENT
from cardsvc.modules.social_relief.registers import (
    DISABILITIES,
    HOUSEHOLD,
    INCOME_CHECK,
    MEMBER,
    ORPHAN,
    SINGLE,
    STANDARD,
)

PER_HEAD, DESTITUTE, ORPHANS = 664_00, 863_00, 996_00
"""Standards a month, in fen."""
KINDS = ("subsistence",) * 11 + ("destitute",) * 2 + ("borderline",) * 2
LETTERS = {"subsistence": "DB", "destitute": "TK", "single": "DR", "orphan": "GE"}
BELOW = {"subsistence": 165_00, "destitute": DESTITUTE, "borderline": -180_00}
"""What somebody's income lacks to the standard, in fen a month."""


def registers() -> list[Row]:
    """Standards, households with members, people covered singly, orphans, income checks."""
    random = invented.seeded("social_relief registers")
    rows = list(_standards())
    for number in range(300):
        rows += _household(random, number)
    rows += [_single(random, number) for number in range(60)]
    rows += [_orphan(random, number) for number in range(48)]
    rows += [_income_check(random) for _ in range(120)]
    return rows


def batch_number(year: int, month: int, county: str, scheme: str) -> str:
    """The number of a benefit batch: month, county, and which money."""
    return f"{year}{month:02d}-{county}-{LETTERS[scheme]}"


def payments(rows: Iterable[Row], year: int, months: Iterable[int]) -> Iterator[Row]:
    """What the batches of some months paid to a third of those who are in the registers."""
    kinds, paid = {}, []
    for row in rows:
        if row.record == "household":
            kinds[row.key] = str(row.values["kind"])
        if row.record in OWNERS:
            scheme = kinds[str(row.values["household"])] if row.record == "member" else row.record
            fen = row.values["share" if row.record == "member" else "monthly"]
            if fen:
                paid.append((row.record, row.key, scheme, fen, row.values["county"]))
    for month in months:
        for owner, key, scheme, fen, county in paid[::3]:
            values: Values = {
                "county": county,
                "of_batch": batch_number(year, month, str(county), scheme),
                owner: key,
                "paid_on": date(year, month, 10),
                "amount": fen,
            }
            yield Row.made(PAYMENT, values)


def _standards() -> Iterator[Row]:
    for kind, monthly in (("subsistence", PER_HEAD), ("destitute", DESTITUTE), ("orphan_at_home", ORPHANS)):
        values: Values = {
            "county": "330300",
            "document": "示例民发〔2025〕1号",
            "of": kind,
            "monthly": monthly,
            "since": date(2025, 7, 1),
        }
        yield Row.made(STANDARD, values, f"standard-{kind}")


def _household(random: Random, number: int) -> Iterator[Row]:
    county, kind = random.choice(invented.COUNTIES), random.choice(KINDS)
    persons = 1 if kind == "destitute" else random.choice((1, 2, 2, 3))
    standard = DESTITUTE if kind == "destitute" else PER_HEAD
    names = [invented.person(random) for _ in range(persons)]
    since = invented.day(random, date(2019, 1, 1), date(2025, 12, 31))
    stopped = random.random() < 0.03
    values: Values = {
        "county": county,
        "number": f"JZ-{county}-{number:05d}",
        "head": names[0],
        "kind": kind,
        "residence": random.choice(("urban", "rural", "rural")),
        "town": f"{invented.place(random)}镇",
        "address": f"示例路{random.randrange(1, 300)}号",
        "phone": invented.phone(random),
        "account": invented.bank_account(random),
        "persons": persons,
        "standard": standard,
        "income": (standard - BELOW[kind] - random.randrange(20) * 100 * (kind == "subsistence")) * persons,
        "state": "suspended" if stopped else "active",
        "suspended_on": date(2026, 5, 12) if stopped else None,
        "reason": "recheck" if stopped else None,
        "since": since,
    }
    household = Row.made(HOUSEHOLD, values, f"household-{number}")
    yield household
    allowance = household.values["allowance"]
    for place, name in enumerate(names):
        born = invented.day(random, date(1938, 1, 1), date(2018 if place == 2 else 1985, 12, 31))
        member: Values = {
            "county": county,
            "household": household.key,
            "name": name,
            "id_no": invented.id_no(random, county, born),
            "relation": ("head", "spouse", "child")[place],
            "share": allowance // persons if isinstance(allowance, int) else 0,
            "state": "active",
            "since": since,
        }
        yield Row.made(MEMBER, member, f"member-{number}-{place}")


def _single(random: Random, number: int) -> Row:
    county = random.choice(invented.COUNTIES)
    values: Values = {
        "county": county,
        "number": f"DR-{county}-{number:05d}",
        "name": invented.person(random),
        "id_no": invented.id_no(random, county, invented.day(random, date(1950, 1, 1), date(2000, 12, 31))),
        "town": f"{invented.place(random)}镇",
        "kind": random.choice(list(DISABILITIES)),
        "grade": random.choice((1, 2)),
        "account": invented.bank_account(random),
        "monthly": PER_HEAD,
        "state": "active",
        "since": invented.day(random, date(2021, 1, 1), date(2025, 12, 31)),
    }
    return Row.made(SINGLE, values, f"single-{number}")


def _orphan(random: Random, number: int) -> Row:
    county = random.choice(invented.COUNTIES)
    values: Values = {
        "county": county,
        "number": f"GE-{county}-{number:05d}",
        "name": invented.person(random),
        "id_no": invented.id_no(random, county, invented.day(random, date(2010, 1, 1), date(2021, 12, 31))),
        "kind": random.choice(("orphan", "orphan", "uncared")),
        "placement": "home",
        "disabled": random.random() < 0.2,
        "guardian": invented.person(random),
        "guardian_phone": invented.phone(random),
        "account": invented.bank_account(random),
        "standard": "standard-orphan_at_home",
        "monthly": ORPHANS,
        "state": "active",
        "since": invented.day(random, date(2022, 1, 1), date(2025, 12, 31)),
    }
    return Row.made(ORPHAN, values, f"orphan-{number}")


def _income_check(random: Random) -> Row:
    county, persons = random.choice(invented.COUNTIES), random.randrange(1, 5)
    asked = invented.day(random, date(2026, 1, 4), date(2026, 6, 30))
    reported = asked + timedelta(days=10)
    done = reported <= date(2026, 6, 30)
    values: Values = {
        "county": county,
        "head": invented.person(random),
        "id_no": invented.id_no(random, county, invented.day(random, date(1940, 1, 1), date(1990, 12, 31))),
        "asked_on": asked,
        "persons": persons,
        "income": random.randrange(400, 1_200) * 100 * persons,
        "property": random.randrange(60_000) * 100,
        "property_most": 50_000_00,
        "standard": PER_HEAD,
        "borderline": 150,
        "state": "reported" if done else "asked",
        "reported_on": reported if done else None,
    }
    return Row.made(INCOME_CHECK, values)
