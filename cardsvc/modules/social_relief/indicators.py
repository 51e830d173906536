"""The figures of social relief and child welfare."""

from cardsvc.core.figures import Chapter, Count, Counted, Indicator, Per, Sum, Unit, When, Where
from cardsvc.core.records import Label

PAID = {"state": "paid"}
SETTLED = {"state": ("settled", "refunded", "disputed")}
"""A claim is settled with the patient in each of these; what is void never was."""
MONTHS = Count("payment_batch", PAID, distinct="month")


def _one(zh: str, en: str, name: str, unit: Unit, figure: Counted, fewer_is_better: bool = False) -> Indicator:
    return Indicator(name, Label(zh, en), unit, figure, Chapter.OTHER, fewer_is_better)


def _now(record: str, **where: str) -> Counted:
    return Count(record, {"state": "active", **where}, When.BY_THEN)


def _persons(kind: str) -> Counted:
    return Sum("household", "persons", {"state": "active", "kind": kind}, When.BY_THEN)


def _per_head(purpose: str) -> Counted:
    """A fund comes in instalments, each for the whole population of its county."""
    where: Where = {"purpose": purpose}
    return Per(Sum("fund", "amount", where), Sum("fund", "population", where, largest=True), decimals=0)


INDICATORS = (
    _one("发放救助金", "Benefits paid", "benefits_paid", Unit.YUAN, Sum("payment_batch", "amount", PAID)),
    _one(
        "救助金发放人数（月均）",
        "Recipients of benefits, mean of the months",
        "benefit_recipients",
        Unit.PEOPLE,
        Per(Sum("payment_batch", "persons", PAID), MONTHS, decimals=0),
    ),
    _one(
        "医疗救助即时结算点",
        "Instant-settlement sites",
        "medical_instant_settlement_sites",
        Unit.COUNT,
        Count("site", {"state": "open"}, When.BY_THEN),
    ),
    _one(
        "医疗救助资金支出",
        "Medical assistance paid",
        "medical_assistance_paid",
        Unit.YUAN,
        Sum("claim", "assisted", SETTLED),
    ),
    _one(
        "医疗救助人次",
        "Medical assistance, person-times",
        "medical_assistance_person_times",
        Unit.PERSON_TIMES,
        Sum("claim", "person_times", SETTLED),
    ),
    _one(
        "医疗救助资金人均筹集",
        "Medical-aid fund per head",
        "medical_aid_fund_per_head",
        Unit.YUAN,
        _per_head("medical_aid"),
    ),
    _one("临时救助资金人均筹集", "Relief fund per head", "relief_fund_per_head", Unit.YUAN, _per_head("relief")),
    _one(
        "临时救助人次",
        "Temporary relief, person-times",
        "temporary_relief_person_times",
        Unit.PERSON_TIMES,
        Sum("temporary_relief", "person_times", PAID),
    ),
    _one(
        "孤儿和残疾儿童慰问金",
        "Visit allowance of orphans and disabled children",
        "orphan_disabled_visit_allowance",
        Unit.YUAN,
        Sum("visit", "money", {"whom": ("orphan", "disabled_child")}),
    ),
    _one("儿童康复受理数", "Child rehabilitation cases", "rehabilitation_cases", Unit.COUNT, Count("rehabilitation")),
    _one(
        "困难群众慰问金",
        "Visit allowance of families in hardship",
        "hardship_visit_allowance",
        Unit.YUAN,
        Sum("visit", "money", {"whom": "hardship"}),
    ),
    _one(
        "在册低保家庭",
        "Households on subsistence allowance",
        "subsistence_households",
        Unit.COUNT,
        _now("household", kind="subsistence"),
    ),
    _one(
        "在册低保人口",
        "People on subsistence allowance",
        "subsistence_people",
        Unit.PEOPLE,
        _persons("subsistence"),
    ),
    _one(
        "户均月低保金",
        "Monthly allowance per household",
        "allowance_per_household",
        Unit.YUAN,
        Per(
            Sum("household", "allowance", {"state": "active", "kind": "subsistence"}, When.BY_THEN),
            _now("household", kind="subsistence"),
            decimals=0,
        ),
    ),
    _one("在册特困人员", "Destitute, supported", "destitute_people", Unit.PEOPLE, _persons("destitute")),
    _one(
        "低保边缘家庭",
        "Borderline households",
        "borderline_households",
        Unit.COUNT,
        _now("household", kind="borderline"),
    ),
    _one("重残单人保人数", "Severely disabled, covered singly", "single_cover", Unit.PEOPLE, _now("single")),
    _one("在册孤儿", "Orphans", "orphans", Unit.PEOPLE, _now("orphan", kind="orphan")),
    _one("家庭经济状况核对", "Income checks", "income_checks", Unit.COUNT, Count("income_check")),
    _one(
        "核对不符合率",
        "Income checks that found too much",
        "income_checks_above",
        Unit.PERCENT,
        Per(
            Count("income_check", {"state": "reported", "finding": "above"}),
            Count("income_check", {"state": "reported"}),
            times=100,
        ),
    ),
    _one(
        "医疗救助即时结算率",
        "Medical assistance settled on the spot",
        "medical_instant_share",
        Unit.PERCENT,
        Per(
            Sum("claim", "person_times", {**SETTLED, "how": "instant"}),
            Sum("claim", "person_times", SETTLED),
            times=100,
        ),
    ),
    _one(
        "临时救助支出",
        "Temporary relief paid",
        "temporary_relief_paid",
        Unit.YUAN,
        Sum("temporary_relief", "amount", PAID),
    ),
    _one("儿童康复资助", "Child rehabilitation aid", "rehabilitation_aid", Unit.YUAN, Sum("rehabilitation", "aid")),
)
