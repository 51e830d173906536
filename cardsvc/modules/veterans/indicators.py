"""The figures of support for troops, beneficiaries and demobilised soldiers."""

from cardsvc.core.figures import Chapter, Count, Counted, Indicator, Per, Sum, Unit, When, Where
from cardsvc.core.records import Label
from cardsvc.modules.veterans.registers import CATEGORIES

TROOPS: Where = {"whom": "troops"}
BENEFICIARIES: Where = {"whom": "beneficiaries"}
SETTLED: Where = {"state": ("settled", "refunded")}
ANSWERED: Where = {"state": ("answered", "closed")}
PLACED: Where = {"state": "placed"}


def _one(zh: str, en: str, name: str, unit: Unit, figure: Counted, fewer_is_better: bool = False) -> Indicator:
    return Indicator(name, Label(zh, en), unit, figure, Chapter.OTHER, fewer_is_better)


def _now(**where: str) -> Count:
    return Count("beneficiary", {"state": "active", **where}, When.BY_THEN)


def _city(kind: str) -> Where:
    return {"level": "city", "kind": kind}


INDICATORS = (
    _one("慰问部队慰问金", "Troop visits, money", "troop_visit_money", Unit.YUAN, Sum("visit", "money", TROOPS)),
    _one("慰问部队慰问品", "Troop visits, goods", "troop_visit_goods", Unit.YUAN, Sum("visit", "goods", TROOPS)),
    _one(
        "走访优抚对象",
        "Beneficiaries visited",
        "beneficiaries_visited",
        Unit.PERSON_TIMES,
        Sum("visit", "persons", BENEFICIARIES),
    ),
    _one(
        "慰问优抚对象慰问金",
        "Beneficiary visits, money",
        "beneficiary_visit_money",
        Unit.YUAN,
        Sum("visit", "money", BENEFICIARIES),
    ),
    _one(
        "慰问优抚对象慰问品",
        "Beneficiary visits, goods",
        "beneficiary_visit_goods",
        Unit.YUAN,
        Sum("visit", "goods", BENEFICIARIES),
    ),
    _one(
        "烈士纪念设施抢救保护项目", "Memorial rescue projects", "memorial_rescue_projects", Unit.COUNT, Count("rescue")
    ),
    _one(
        "抢救保护预算",
        "Memorial rescue projects, budget",
        "memorial_rescue_budget",
        Unit.YUAN,
        Sum("rescue", "budget"),
    ),
    _one("市级来信", "Letters to the city", "letters", Unit.COUNT, Count("petition", _city("letter")), True),
    _one(
        "市级来访批次",
        "Visits to the city, batches",
        "visit_batches",
        Unit.COUNT,
        Count("petition", _city("visit")),
        True,
    ),
    _one(
        "市级来访人数",
        "Visits to the city, people",
        "visit_people",
        Unit.PEOPLE,
        Sum("petition", "people", _city("visit")),
        True,
    ),
    _one(
        "信访按期答复率",
        "Petitions answered in time",
        "petitions_in_time",
        Unit.PERCENT,
        Per(Count("petition", {**ANSWERED, "late": False}), Count("petition", ANSWERED), times=100),
    ),
    _one(
        "信访答复平均用时（天）",
        "Days to the answer of a petition",
        "petition_days",
        Unit.RATIO,
        Per(Sum("petition", "days", ANSWERED), Count("petition", ANSWERED)),
        True,
    ),
    _one("在册优抚对象", "Beneficiaries", "beneficiaries", Unit.PEOPLE, _now()),
    *(
        _one(
            f"在册{label.zh}", f"Beneficiaries: {label.en.lower()}", f"{name}_people", Unit.PEOPLE, _now(category=name)
        )
        for name, label in CATEGORIES.items()
    ),
    _one("抚恤补助发放", "Pensions paid", "pensions_paid", Unit.YUAN, Sum("payment", "amount")),
    _one(
        "一站式医疗结算人次",
        "One-stop medical settlements",
        "medical_settlements",
        Unit.PERSON_TIMES,
        Count("settlement", SETTLED),
    ),
    _one(
        "优抚医疗补助",
        "Medical subsidy of beneficiaries",
        "medical_subsidy",
        Unit.YUAN,
        Sum("settlement", "subsidy", SETTLED),
    ),
    _one(
        "新认定优抚身份",
        "Status recognised",
        "recognised",
        Unit.PEOPLE,
        Count("recognition", {"state": "recognised"}),
    ),
    _one("烈士纪念设施", "Martyrs' memorial sites", "memorial_sites", Unit.COUNT, Count("memorial", when=When.BY_THEN)),
    _one(
        "抢救保护项目完工率",
        "Memorial rescue projects finished",
        "memorial_rescue_finished_share",
        Unit.PERCENT,
        Per(Count("rescue", {"state": "finished"}), Count("rescue"), times=100),
    ),
    _one("安置退役士兵", "Soldiers placed", "soldiers_placed", Unit.PEOPLE, Count("soldier", PLACED)),
    _one(
        "参加技能培训", "Soldiers retrained", "soldiers_retrained", Unit.PEOPLE, Count("retraining", distinct="soldier")
    ),
    _one(
        "培训取证率",
        "Retraining that ended with a certificate",
        "retraining_certificate_share",
        Unit.PERCENT,
        Per(
            Count("retraining", {"state": "finished", "certificate": True}),
            Count("retraining", {"state": "finished"}),
            times=100,
        ),
    ),
)
