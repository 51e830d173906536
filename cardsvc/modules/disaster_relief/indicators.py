"""What is counted of disaster relief: shelters that are published, officers trained, plans revised, people relieved."""

from cardsvc.core.figures import Chapter, Count, Counted, Indicator, Sum, Unit, When
from cardsvc.core.records import Label

PUBLISHED = {"published": True}
GIVEN = {"state": "handed_out"}


def _one(name: str, zh: str, en: str, unit: Unit, figure: Counted) -> Indicator:
    return Indicator(name, Label(zh, en), unit, figure, Chapter.OTHER)


INDICATORS = (
    _one(
        "shelters_published",
        "公布的避灾安置场所",
        "Shelters published",
        Unit.COUNT,
        Count("shelter", PUBLISHED, When.BY_THEN),
    ),
    _one(
        "shelter_capacity",
        "公布的场所可容纳人数",
        "People that published shelters hold",
        Unit.PEOPLE,
        Sum("shelter", "capacity", PUBLISHED, When.BY_THEN),
    ),
    _one(
        "officers", "在任灾害信息员", "Officers serving", Unit.PEOPLE, Count("officer", {"serving": True}, When.BY_THEN)
    ),
    _one(
        "officers_trained",
        "培训合格的灾害信息员",
        "Officers trained",
        Unit.PEOPLE,
        Count("attendance", {"passed": True}, distinct="officer"),
    ),
    _one("trainings", "举办培训班", "Trainings held", Unit.COUNT, Count("training")),
    _one(
        "plans_revised",
        "修订应急预案",
        "Plans revised",
        Unit.COUNT,
        Count("revision", {"state": "issued"}, distinct="plan"),
    ),
    _one("people_relieved", "救助人次", "People relieved", Unit.PERSON_TIMES, Sum("relief_batch", "people", GIVEN)),
    _one(
        "winter_spring_people",
        "冬春救助人次",
        "People relieved in winter and spring",
        Unit.PERSON_TIMES,
        Sum("relief_batch", "people", GIVEN | {"kind": "winter_spring"}),
    ),
    _one(
        "snow_people",
        "雨雪冰冻救助人次",
        "People relieved after snow",
        Unit.PERSON_TIMES,
        Sum("relief_batch", "people", GIVEN | {"kind": "snow"}),
    ),
    _one("relief_money", "发放救助资金", "Relief in money", Unit.YUAN, Sum("relief_batch", "money", GIVEN)),
    _one("relief_goods", "发放救助物资折价", "Relief in goods", Unit.YUAN, Sum("relief_batch", "goods_value", GIVEN)),
)
