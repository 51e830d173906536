"""Invented rows from which the bureau's figures of its half-year come out: 4,200 organisations and what they did."""

from collections.abc import Iterator
from datetime import date

from cardsvc.core.records import CITY, Value
from cardsvc.invented import COUNTIES, Chance, credit_code, day, person, phone, place, seeded
from cardsvc.modules import Row
from cardsvc.modules.social_orgs.rules import GENERAL, graded

NOW, BEFORE = (date(2026, 1, 1), date(2026, 6, 30)), (date(2025, 1, 1), date(2025, 6, 30))
STANDING, ENDED, NEWEST = 4200, 120, 240
"""Organisations that exist, that ended, and those of the former that came within the last year."""
WITH_PARTY = 1218
CITY_LEVEL = range(300, 760)
CHANGED, CHANGED_BEFORE = CITY_LEVEL[:41], CITY_LEVEL[100:117]
"""Whose competent unit changed in this half-year, and in the last year's."""
PILOT = range(98)
"""The pilot's come first: nearly a hundred, the first sixty of them filed, in three towns of three counties."""
PILOT_TOWNS = (("330302", "安溪街道"), ("330381", "永塘镇"), ("330324", "和岙镇"))
KINDS = (("association", "51"), ("service", "52"), ("foundation", "53"))
NAMES = {
    "association": ("商会", "老年体育协会", "书画协会", "志愿者协会", "行业协会", "乡贤联谊会", "太极拳协会"),
    "service": ("社会工作服务中心", "老人公寓", "幼儿园", "文化服务社", "职业培训学校", "康复中心", "调解中心"),
    "foundation": ("慈善基金会", "教育发展基金会", "见义勇为基金会"),
}
UNITS = ("教育局", "文化广电局", "体育局", "卫生局", "商务局", "经济和信息化委员会", "科学技术协会", "工商业联合会")
WORKS = ("行业统计", "技能鉴定", "信用评价", "社区矫正帮教", "居家养老服务", "法律援助咨询", "青少年辅导", "文艺演出")


def rows() -> Iterator[Row]:
    """Sites, organisations, then what organisations did in this half-year and in the last year's."""
    random = seeded("social_orgs")
    yield from _sites(random)
    yield from _organisations(random)
    for year, due, count, taken in ((2025, date(2026, 5, 31), 640, 603), (2024, date(2025, 5, 31), 600, 549)):
        for index in range(count):
            yield _inspection(random, 1000 + index, year, due, index < taken)
    for span, changes, items, evaluations in ((NOW, CHANGED, 43, 60), (BEFORE, CHANGED_BEFORE, 35, 48)):
        for index in changes:
            yield _change(random, index, day(random, *span))
        for index in range(items):
            yield _publication(random, index, day(random, *span))
        for index in range(evaluations):
            yield _evaluation(random, 2000 + index, day(random, *span))
    for index in range(310):
        yield _catalogue_item(random, index)


def _county(index: int) -> str:
    if index in PILOT:
        return PILOT_TOWNS[index % 3][0]
    return CITY if index in CITY_LEVEL else COUNTIES[index % len(COUNTIES)]


def _sites(random: Chance) -> Iterator[Row]:
    towns = (*PILOT_TOWNS, *((COUNTIES[index * 2], f"{place(random)}镇") for index in range(6)))
    for index, (county, town) in enumerate(towns):
        values: dict[str, Value] = {
            "county": county,
            "name": f"{town}社会组织孵化基地",
            "town": town,
            "pilot": index < 3,
            "operator": f"{place(random)}社会工作服务中心",
            "area": random.randrange(20, 160) * 10,
            "opened_on": date(2026, 3, 1 + index) if index < 3 else day(random, date(2013, 1, 1), date(2025, 12, 31)),
            "place": f"{random.uniform(27.5, 28.3):.5f},{random.uniform(120.2, 121.0):.5f}",
        }
        yield Row("incubation_site", values, key=f"s{index}")


def _organisations(random: Chance) -> Iterator[Row]:
    newest = [*PILOT, *range(STANDING - NEWEST + len(PILOT), STANDING)]
    older = range(len(PILOT), STANDING - NEWEST + len(PILOT))
    party = {*random.sample(newest, 100), *random.sample(older, WITH_PARTY - 100)}
    domains = set(random.sample(range(200, STANDING), 310))
    for index in (*range(STANDING, STANDING + ENDED), *range(STANDING)):
        pilot, filed = index in PILOT, index < 60
        kind, prefix = KINDS[min(index % 19 // 9, 1)] if index % 120 != 119 else KINDS[2]
        name = f"{place(random)}{random.choice(NAMES[kind])}"
        if pilot:
            registered_on = day(random, date(2026, 3, 10), date(2026, 6, 28))
        elif index in newest:
            registered_on = day(random, date(2025, 7, 1), date(2026, 6, 30))
        else:
            registered_on = day(random, date(1991, 1, 1), date(2024, 12, 31))
        values: dict[str, Value] = {
            "county": _county(index),
            "name": name,
            "credit_code": None if filed else credit_code(prefix, _county(index), 30_000_000 + index),
            "kind": kind,
            "standing": "filed" if filed else "registered",
            "level": "city" if index in CITY_LEVEL else "county",
            "competent_unit": _unit(random, index),
            "status": _status(index),
            "registered_on": registered_on,
            "representative": person(random),
            "phone": phone(random),
            "address": f"{place(random)}路{random.randrange(1, 300)}号",
            "party": random.choice(("own", "own", "joint", "functional")) if index in party else "none",
            "party_members": random.randrange(3, 20) if index in party else 0,
            "domain_name": f"{name}.公益" if index in domains else None,
            "pilot": pilot,
            "incubated_at": f"s{index % 3}" if pilot and index % 2 else None,
        }
        yield Row("organisation", values, key=f"o{index}")


def _unit(random: Chance, index: int) -> str:
    """Whose unit changed has the one that it changed to."""
    if index in CHANGED or index in CHANGED_BEFORE:
        return UNITS[index % len(UNITS)]
    return "直接登记" if index % 6 == 5 else random.choice(UNITS)


def _status(index: int) -> str:
    if index < STANDING:
        return "rectifying" if index % 97 == 96 else "active"
    return "revoked" if index % 10 == 0 else "cancelled"


def _inspection(random: Chance, index: int, year: int, due: date, taken: bool) -> Row:
    state = random.choices(("passed", "basic", "failed", "submitted"), (80, 12, 3, 5))[0] if taken else "missed"
    if taken and state == "submitted" and year < 2025:
        state = "passed"
    income = random.randrange(2, 400) * 5_000_00
    submitted_on = day(random, due.replace(month=3, day=1), due)
    reviewed_on = day(random, submitted_on, due.replace(month=6, day=20))
    values: dict[str, Value] = {
        "county": _county(index),
        "organisation": f"o{index}",
        "year": year,
        "due_on": due,
        "state": state,
        "staff": random.randrange(1, 30) if taken else None,
        "members": random.randrange(20, 400) if taken else None,
        "income": income if taken else None,
        "expense": income * random.randrange(70, 110) // 100 if taken else None,
        "net_assets": random.randrange(1, 600) * 3_000_00 if taken else None,
        "report": "本年度按章程开展活动，财务收支已经审计。" if taken else None,
        "filler": person(random) if taken else None,
        "filler_phone": phone(random) if taken else None,
        "opinion": "经催报未参加年检" if not taken else None,
        "submitted_on": submitted_on if taken else None,
        "reviewed_on": reviewed_on if taken and state != "submitted" else None,
    }
    return Row("annual_inspection", values)


def _change(random: Chance, index: int, changed_on: date) -> Row:
    values: dict[str, Value] = {
        "county": CITY,
        "organisation": f"o{index}",
        "level": "city",
        "before_unit": UNITS[(index + 3) % len(UNITS)],
        "after_unit": UNITS[index % len(UNITS)],
        "changed_on": changed_on,
        "state": "accepted",
        "document": f"温民社〔{changed_on.year}〕{random.randrange(1, 200)}号",
    }
    return Row("unit_change", values)


def _publication(random: Chance, index: int, published_on: date) -> Row:
    kind, title = (
        ("registration", "社会组织成立登记公告"),
        ("inspection", "年度检查结论公告"),
        ("evaluation", "等级评估结果公示"),
        ("catalogue", "政府向社会组织转移职能和购买服务目录"),
        ("donation", "接受捐赠情况公示"),
        ("guide", "社会组织登记办事指南"),
    )[index % 6]
    values: dict[str, Value] = {
        "county": CITY,
        "title": f"{title}（{published_on.year}年第{index + 1}号）",
        "kind": kind,
        "organisation": f"o{2500 + index}" if kind == "donation" else None,
        "published_on": published_on,
        "body": f"{title}，详见附件。如有异议，请自公布之日起十个工作日内向登记管理机关提出。",
        "on_page": True,
    }
    return Row("publication", values)


def _evaluation(random: Chance, index: int, evaluated_on: date) -> Row:
    typed: dict[str, Value] = {
        "county": _county(index),
        "organisation": f"o{index}",
        "evaluated_on": evaluated_on,
        "general_score": random.randrange(GENERAL * 6 // 10, GENERAL + 1),
        "category_score": random.randrange(220, 401),
    }
    return Row("evaluation", {**typed, **graded(typed)})


def _catalogue_item(random: Chance, index: int) -> Row:
    state = random.choices(("listed", "taken", "done", "withdrawn"), (55, 25, 15, 5))[0]
    taken = state in ("taken", "done")
    listed_on = day(random, date(2024, 1, 1), date(2026, 3, 31))
    budget = random.randrange(2, 60) * 10_000_00
    taker = CITY_LEVEL[index] if index % 2 else 3000 + index // 2
    values: dict[str, Value] = {
        "county": CITY if index % 2 else COUNTIES[index // 2 % len(COUNTIES)],
        "name": f"{random.choice(WORKS)}（{place(random)}片）",
        "catalogue": "functions" if index % 5 < 2 else "services",
        "unit": random.choice(UNITS),
        "listed_on": listed_on,
        "budget": budget,
        "state": state,
        "taken_by": f"o{taker}" if taken else None,
        "price": budget * random.randrange(80, 101) // 100 if taken else None,
        "taken_on": day(random, listed_on, date(2026, 6, 30)) if taken else None,
    }
    return Row("catalogue_item", values)
