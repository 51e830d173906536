"""From what an assessor saw to points, to a grade, to the monthly subsidy.

The tables are the city's to set: no regulation fixes points or amounts. Ability is by national standard.
"""

from types import MappingProxyType

from cardsvc.core.records import Label, Value, Values

ABILITY_MOST = 90
"""The best score of an assessment of ability (GB/T 42195-2022)."""
ABILITY = (
    (90, "intact", Label("能力完好", "Intact")),
    (66, "mild", Label("轻度失能", "Mildly disabled")),
    (46, "moderate", Label("中度失能", "Moderately disabled")),
    (30, "severe", Label("重度失能", "Severely disabled")),
    (0, "complete", Label("完全失能", "Completely disabled")),
)
"""From which score on, which level (GB/T 42195-2022: levels by total score)."""
FINANCES = {
    "destitute": Label("特困", "Destitute"),
    "subsistence": Label("低保", "Subsistence allowance"),
    "borderline": Label("低保边缘", "Borderline"),
    "low_pension": Label("低养老金", "Low pension"),
    "ordinary": Label("一般", "Ordinary"),
}
LIVING = {
    "alone": Label("独居", "Alone"),
    "bereaved": Label("失独家庭", "Lost their only child"),
    "empty_nest": Label("空巢", "With an elderly spouse only"),
    "with_family": Label("与家人同住", "With family"),
    "institution": Label("住养老机构", "In an institution"),
}
NEEDS = {
    "meals": Label("助餐", "Meals"),
    "bathing": Label("助浴", "Bathing"),
    "cleaning": Label("助洁", "Cleaning"),
    "medical": Label("助医", "Medical care"),
    "emergency": Label("紧急呼叫", "Emergency call"),
}
GRADES = {
    "one": Label("一级", "Grade one"),
    "two": Label("二级", "Grade two"),
    "three": Label("三级", "Grade three"),
    "none": Label("不予补贴", "No subsidy"),
}
GRANTED = ("receiving", "suspended", "death")
"""The states in which an elder has been granted a subsidy that has not ended."""
POINTS = MappingProxyType(
    {"destitute": 30, "subsistence": 30, "borderline": 20, "low_pension": 10, "ordinary": 0}
    | {"alone": 15, "bereaved": 15, "empty_nest": 10, "with_family": 0, "institution": 5}
    | {"intact": 0, "mild": 10, "moderate": 20, "severe": 30, "complete": 40}
)
POINTS_A_NEED = 3
FROM = ((75, "one"), (55, "two"), (35, "three"), (0, "none"))
"""From how many points on, which grade."""
MONTHLY = MappingProxyType({"one": 80_000, "two": 50_000, "three": 25_000, "none": 0})
"""The monthly subsidy of a grade, in fen."""


def ability(score: int) -> str:
    """The level of ability of a score of 0 to 90 (GB/T 42195-2022)."""
    return next(level for least, level, _ in ABILITY if score >= least)


def grade(points: int) -> str:
    """The grade that 0 to 100 points make."""
    return next(name for least, name in FROM if points >= least)


def assessed(values: Values) -> Values:
    """Ability, points, grade and monthly subsidy (fen) of an assessment."""
    score = values.get("ability_score")
    level = ability(score if isinstance(score, int) else 0)
    points = POINTS[str(values.get("finances"))] + POINTS[str(values.get("living"))] + POINTS[level]
    points += sum(POINTS_A_NEED for one in NEEDS if values.get(f"needs_{one}"))
    return {"ability": level, "points": points, "grade": grade(points), "monthly": MONTHLY[grade(points)]}


def granted(values: Values) -> dict[str, Value]:
    """The monthly subsidy (fen) of an elder's grade; none where none was granted, or it ended."""
    got = values.get("grade") if values.get("subsidy") in GRANTED else None
    return {"monthly": MONTHLY[str(got)] if got is not None else None}
