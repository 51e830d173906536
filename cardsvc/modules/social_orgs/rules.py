"""What must hold in rows of social organisations, and the grade that an evaluation's points make."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from cardsvc.core.records import Fault, Label, Values, Wrong

GENERAL, CATEGORY = 600, 400
"""Full marks of the general indicators and of those of the organisation's category: 1,000 together."""
GRADES = ((900, "5A"), (800, "4A"), (700, "3A"), (600, "2A"), (0, "1A"))
"""A grade from so many points on, the best first."""
VALID_YEARS = 5
"""A grade holds so long (社会组织评估管理办法, Ministry of Civil Affairs Order 39, article 28)."""
REPORTED = ("submitted", "passed", "basic", "failed")


def organisation(values: Values) -> Iterator[Fault]:
    """A registered one has its code, Party members have their organisation, a Chinese domain name is Chinese."""
    if values["standing"] == "registered" and values["credit_code"] is None:
        yield Fault("credit_code", Wrong.MISSING)
    if values["party"] == "none" and values["party_members"]:
        yield Fault("party", Wrong.RULE, Label("有党员而未建立党组织", "There are Party members and no organisation"))
    name = values["domain_name"]
    if name is not None and not re.search(r"[\u4e00-\u9fff]", str(name)):
        yield Fault(
            "domain_name", Wrong.RULE, Label("中文域名须含汉字", "A Chinese domain name has Chinese characters")
        )


def inspection(values: Values) -> Iterator[Fault]:
    """A report that was submitted has its sums and its text; it is of a year that was over when it was due."""
    due = values["due_on"]
    if isinstance(due, date) and isinstance(values["year"], int) and values["year"] >= due.year:
        yield Fault("year", Wrong.RULE, Label("检查的是已结束的年度", "A year is inspected when it is over"))
    if values["state"] in REPORTED:
        yield from (
            Fault(name, Wrong.MISSING)
            for name in ("income", "expense", "net_assets", "report", "filler")
            if values[name] is None
        )


def unit_change(values: Values) -> Iterator[Fault]:
    """The unit after is another one than before."""
    if values["before_unit"] == values["after_unit"]:
        yield Fault("after_unit", Wrong.RULE, Label("与原业务主管单位相同", "The same unit as before"))


def unit_before(values: Values, linked: Mapping[str, Values]) -> Iterator[Fault]:
    """A change begins with the unit that the register has; where it has none, with any."""
    unit = linked.get("organisation", {}).get("competent_unit")
    may_be = {None, values["before_unit"], *((values["after_unit"],) if values.get("state") != "accepted" else ())}
    if unit not in may_be:
        yield Fault("before_unit", Wrong.RULE, Label("与登记的业务主管单位不一致", "The register has another unit"))


def catalogue_item(values: Values) -> Iterator[Fault]:
    """What is taken up names who took it up."""
    if values["state"] in ("taken", "done") and values["taken_by"] is None:
        yield Fault("taken_by", Wrong.MISSING)


def graded(values: Values) -> Values:
    """The points together, their grade, and the last day on which it holds."""
    general, category, on = values["general_score"], values["category_score"], values["evaluated_on"]
    if not (isinstance(general, int) and isinstance(category, int) and isinstance(on, date)):
        return {"score": None, "grade": None, "valid_until": None}
    score = general + category
    grade = next(name for least, name in GRADES if score >= least)
    return {"score": score, "grade": grade, "valid_until": _years_on(on, VALID_YEARS)}


def _years_on(day: date, years: int) -> date:
    """The same day of a later year, 28 February where it has no 29."""
    day = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
    return day.replace(year=day.year + years)
