"""What is counted of elder care: building against the year's targets, the 990 line, needs and services."""

from cardsvc.core.figures import FILLED, Chapter, Count, Counted, Indicator, Per, Sum, Unit, When
from cardsvc.core.records import Label

ANSWERED = Count("call", {"minutes_to_answer": FILLED})
CLOSED = Count("call", {"state": "closed"})


def _one(name: str, zh: str, en: str, unit: Unit, figure: Counted, *, fewer_is_better: bool = False) -> Indicator:
    return Indicator(name, Label(zh, en), unit, figure, Chapter.ELDER_CARE, fewer_is_better)


def _opened(kind: str) -> Count:
    """Only what has opened has a day of opening; what closed since did open."""
    return Count("care_site", {"kind": kind})


def _institutions(state: str) -> Count:
    return Count("care_site", {"kind": "institution", "state": state}, When.BY_THEN)


def _areas(level: str) -> Count:
    return Count("line_area", {"level": level}, When.BY_THEN)


INDICATORS = (
    _one(
        "community_centres",
        "新建社区居家养老服务照料中心",
        "New community day-care centres",
        Unit.COUNT,
        _opened("community_centre"),
    ),
    _one("town_centres", "新建镇级居家养老服务中心", "New town centres", Unit.COUNT, _opened("town_centre")),
    _one("beds", "新增养老床位", "New beds", Unit.COUNT, Sum("care_site", "beds")),
    _one("demonstration_points", "新增示范点", "Demonstration points", Unit.COUNT, Count("demonstration")),
    _one(
        "institutions_under_construction",
        "在建养老机构",
        "Institutions under construction",
        Unit.COUNT,
        _institutions("under_construction"),
    ),
    _one("institutions_planned", "拟建养老机构", "Institutions planned", Unit.COUNT, _institutions("planned")),
    _one("institutions_intended", "意向养老机构", "Institutions intended", Unit.COUNT, _institutions("intended")),
    _one("institutions_open", "运营中的养老机构", "Institutions open", Unit.COUNT, _institutions("open")),
    _one(
        "beds_in_service",
        "运营中的养老床位",
        "Beds in service",
        Unit.COUNT,
        Sum("care_site", "beds", {"state": "open"}, When.BY_THEN),
    ),
    _one("line_990_districts", "990 热线开通区县", "Districts with the 990 line", Unit.COUNT, _areas("district")),
    _one(
        "line_990_pilot_communities",
        "990 热线试点社区",
        "Pilot communities of the 990 line",
        Unit.COUNT,
        _areas("pilot_community"),
    ),
    _one("calls", "990 热线来电", "990 calls", Unit.COUNT, Count("call")),
    _one("calls_closed", "990 热线已办结", "990 calls closed", Unit.COUNT, CLOSED),
    _one(
        "calls_closed_share", "990 热线办结率", "Share of calls closed", Unit.PERCENT, Per(CLOSED, Count("call"), 100)
    ),
    _one(
        "minutes_to_answer",
        "990 热线平均接听用时",
        "Mean time to answer a call",
        Unit.MINUTES,
        Per(Sum("call", "minutes_to_answer"), ANSWERED),
        fewer_is_better=True,
    ),
    _one(
        "minutes_to_close",
        "990 热线平均办结用时",
        "Mean time to close a call",
        Unit.MINUTES,
        Per(Sum("call", "minutes_to_close", {"state": "closed"}), CLOSED),
        fewer_is_better=True,
    ),
    _one("assessments", "完成需求评估", "Needs assessments", Unit.PERSON_TIMES, Count("assessment")),
    _one(
        "subsidy_recipients",
        "享受养老服务补贴的老年人",
        "Elders who receive a subsidy",
        Unit.PEOPLE,
        Count("elder", {"subsidy": "receiving"}, When.BY_THEN),
    ),
    _one("subsidies_paid", "发放养老服务补贴", "Subsidies paid", Unit.YUAN, Sum("subsidy_payment", "amount")),
    _one(
        "elders_served",
        "享受购买服务的老年人",
        "Elders with purchased services",
        Unit.PEOPLE,
        Count("service_order", {"state": "running"}, When.BY_THEN, distinct="elder"),
    ),
    _one("service_visits", "上门服务", "Service visits", Unit.PERSON_TIMES, Count("visit")),
)
