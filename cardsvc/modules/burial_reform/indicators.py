"""What is counted of burial reform: eco-burials, ceremonies, graves surveyed and converted, plots left."""

from cardsvc.core.figures import Chapter, Count, Counted, Indicator, Per, Sum, Unit, When
from cardsvc.core.records import Label
from cardsvc.modules.burial_reform.eco import WAYS
from cardsvc.modules.burial_reform.graves import CRITERIA

SURVEYED, CONVERSIONS = Count("grave"), Count("conversion")


def _one(name: str, zh: str, en: str, unit: Unit, figure: Counted) -> Indicator:
    return Indicator(name, Label(zh, en), unit, figure, Chapter.FUNERAL_REFORM)


INDICATORS = (
    *(
        _one(
            f"{way}_burials",
            f"{label.zh}安葬骨灰",
            f"{label.en}s",
            Unit.COUNT,
            Sum("event", "buried", {"way": way, "state": "held"}),
        )
        for way, label in WAYS.items()
    ),
    *(
        _one(
            f"{way}_burial_sign_ups",
            f"{label.zh}报名",
            f"{label.en} sign-ups",
            Unit.COUNT,
            Count("sign_up", {"way": way}),
        )
        for way, label in WAYS.items()
    ),
    _one("memorial_ceremonies", "追思活动场次", "Memorial ceremonies", Unit.COUNT, Count("memorial")),
    _one(
        "memorial_participants",
        "追思活动参加人数",
        "Memorial participants",
        Unit.PEOPLE,
        Sum("memorial", "participants"),
    ),
    _one("standard_meetings", "标准研讨会", "Meetings on the standard", Unit.COUNT, Count("standard_meeting")),
    _one("graves_surveyed", "普查私坟", "Graves surveyed", Unit.COUNT, SURVEYED),
    _one(
        "graves_visible",
        "道路可视的私坟",
        "Graves visible from a road",
        Unit.COUNT,
        Count("grave", {"visible": True}),
    ),
    _one(
        "graves_converted",
        "完成生态化改造",
        "Graves converted",
        Unit.COUNT,
        Count("conversion", {"state": "accepted"}, distinct="grave"),
    ),
    *(
        _one(
            f"{name}_rate",
            f"{label.zh}达标率",
            f"Conversions with: {label.en.lower()}",
            Unit.PERCENT,
            Per(Count("conversion", {name: True}), CONVERSIONS, 100),
        )
        for name, label in CRITERIA.items()
    ),
    _one("cemeteries", "公墓", "Cemeteries", Unit.COUNT, Count("cemetery", when=When.BY_THEN)),
    _one(
        "public_benefit_cemeteries",
        "公益性公墓",
        "Public-benefit cemeteries",
        Unit.COUNT,
        Count("cemetery", {"kind": "public_benefit"}, When.BY_THEN),
    ),
    _one(
        "plots_left",
        "公墓剩余墓穴",
        "Cemetery plots left",
        Unit.COUNT,
        Sum("cemetery", "plots_left", when=When.BY_THEN),
    ),
)
