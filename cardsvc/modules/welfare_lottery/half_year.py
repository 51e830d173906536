"""Invented rows from which the bureau's figures of its half-year come out: sales to 10 June, grants, 1,805 people."""

from collections.abc import Iterator
from datetime import date, timedelta

from cardsvc.core.records import CITY, Value
from cardsvc.invented import COUNTIES, Chance, bank_account, day, id_no, parts, person, phone, place, seeded, shares
from cardsvc.modules import Row

YEARS = ((2026, 707_000_000, 216_000_000), (2025, 655_000_000, 198_000_000))
"""Sales and fund in yuan from January to 10 June."""
LOTTERIES = (("draw", 60, 36), ("instant", 15, 20), ("video", 25, 22))
"""Each lottery with its share of the sales and its rate of the fund, about, in per cent."""
PROJECTS = (
    ("elderly", "居家养老服务照料中心建设"),
    ("disabled", "残疾人康复器具配发"),
    ("orphans", "孤儿助学"),
    ("hardship", "困难家庭大病救助"),
    ("other", "社区公益创投"),
    ("elderly", "农村敬老院消防改造"),
    ("orphans", "明天计划手术康复"),
    ("hardship", "福彩暖万家助学"),
)
HELP = {"elderly": "goods", "disabled": "treatment", "orphans": "schooling", "hardship": "money", "other": "money"}
NOW, BEFORE = (date(2026, 1, 4), date(2026, 6, 28)), (date(2025, 1, 6), date(2025, 6, 27))
GRANTS = ((42, NOW, 38_600_000), (36, BEFORE, 33_100_000))
"""Grants paid, and what they come to in yuan: the bureau withheld it, this is invented."""
PEOPLE, TWICE, LAST_YEAR = 1805, 40, 1530
"""People helped in the half-year, those of them who were helped twice, and people of last year's."""
CATEGORIES = ("personal_gift", "institution_gift", "project", "volunteering")


def rows() -> Iterator[Row]:
    """Sales by month, lottery and county; projects with grants and recipients; nominations."""
    random = seeded("welfare_lottery")
    for year, sales, fund in YEARS:
        yield from _sales(random, year, sales, fund)
    for index, (purpose, name) in enumerate(PROJECTS):
        yield _project(index, purpose, name)
    for count, span, total in GRANTS:
        for index, amount in enumerate(parts(total, count)):
            yield _grant(random, index, "paid", amount * 100, day(random, *span))
    for index, state in enumerate(("asked", "asked", "approved", "approved", "refused")):
        yield _grant(random, index, state, 500_000_00, date(2026, 6, 12))
    yield from _recipients(random)
    for index in range(32):
        yield _nomination(random, index, 2026 if index < 18 else 2025)


def _sales(random: Chance, year: int, sales: int, fund: int) -> Iterator[Row]:
    starts = [date(year, month, 1) for month in range(1, 8)]
    ends = [*(one - timedelta(days=1) for one in starts[1:6]), date(year, 6, 10)]
    spans = [
        (county, lottery, first, last)
        for county in COUNTIES
        for lottery in LOTTERIES
        for first, last in zip(starts, ends, strict=False)
    ]
    weights = [((last - first).days + 1) * share * random.randrange(80, 121) for _, (_, share, _), first, last in spans]
    sold = shares(sales, weights)
    raised = shares(fund, (one * rate for one, (_, (_, _, rate), _, _) in zip(sold, spans, strict=True)))
    for (county, (lottery, _, _), first, last), one, part in zip(spans, sold, raised, strict=True):
        values: dict[str, Value] = {
            "county": county,
            "lottery": lottery,
            "first_day": first,
            "last_day": last,
            "sales": one * 100,
            "fund": part * 100,
        }
        yield Row("sales_period", values)


def _project(index: int, purpose: str, name: str) -> Row:
    values: dict[str, Value] = {
        "county": CITY,
        "name": name,
        "purpose": purpose,
        "body": "市民政局" if index % 2 else "市慈善总会",
        "budget": (index + 3) * 2_000_000_00,
        "started_on": date(2026, 1 + index % 5, 12) if index < 5 else date(2025, 2 + index % 3, 20),
        "summary": None,
    }
    return Row("fund_project", values, key=f"p{index}")


def _running(index: int, on: date) -> int:
    """A project that ran then: the last three are of the year before."""
    return index % len(PROJECTS) if on.year == 2026 else 5 + index % 3


def _grant(random: Chance, index: int, state: str, amount: int, on: date) -> Row:
    approved, project = state in ("approved", "paid"), _running(index, on)
    values: dict[str, Value] = {
        "county": COUNTIES[index % len(COUNTIES)],
        "project": f"p{project}",
        "payee": f"{place(random)}镇人民政府",
        "purpose": PROJECTS[project][1],
        "asked": amount + random.randrange(0, 20) * 10_000_00,
        "asked_on": on - timedelta(days=random.randrange(30, 80)),
        "state": state,
        "amount": amount if approved else None,
        "account": bank_account(random) if approved else None,
        "reason": "不属于公益金资助范围" if state == "refused" else None,
        "approved_on": on - timedelta(days=random.randrange(3, 20)) if approved else None,
        "paid_on": on if state == "paid" else None,
    }
    return Row("grant", values)


def _recipients(random: Chance) -> Iterator[Row]:
    for count, twice, span in ((PEOPLE, TWICE, NOW), (LAST_YEAR, 0, BEFORE)):
        for index in range(count):
            county, name = COUNTIES[index % len(COUNTIES)], person(random)
            number = id_no(random, county, day(random, date(1930, 1, 1), date(2012, 12, 31)))
            for time in range(2 if index < twice else 1):
                helped_on = day(random, *span)
                project = _running(index + time, helped_on)
                values: dict[str, Value] = {
                    "county": county,
                    "name": name,
                    "id_no": number,
                    "phone": phone(random),
                    "project": f"p{project}",
                    "help": HELP[PROJECTS[project][0]],
                    "amount": random.randrange(5, 80) * 100_00,
                    "helped_on": helped_on,
                }
                yield Row("recipient", values)


def _nomination(random: Chance, index: int, year: int) -> Row:
    category = CATEGORIES[index % len(CATEGORIES)]
    states = ("awarded", "awarded", "declined") if year < 2026 else ("nominated", "shortlisted", "notice")
    state = states[index % len(states)]
    body = {"institution_gift": "实业有限公司", "project": "助学项目", "volunteering": "义工队"}
    past = state in ("notice", "awarded")
    values: dict[str, Value] = {
        "county": COUNTIES[index % len(COUNTIES)],
        "nominee": person(random) if category == "personal_gift" else f"{place(random)}{body[category]}",
        "category": category,
        "nominated_by": f"{place(random)}慈善分会",
        "nominated_on": date(year, 3, 5) + timedelta(days=index),
        "given": random.randrange(10, 400) * 10_000_00 if category.endswith("gift") else None,
        "phone": phone(random),
        "deed": "多年资助困难家庭和学生，带动更多人参与公益。",
        "state": state,
        "noticed_on": date(year, 6, 1) if past else None,
        "awarded_on": date(year, 9, 5) if state == "awarded" else None,
    }
    return Row("charity_nomination", values)
