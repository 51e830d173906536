"""Medical assistance, settled on the spot at a site or by application, and temporary relief."""

from collections.abc import Iterable
from datetime import date

from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Values, Wrong

TOTAL = Column(
    "total_of",
    Label("汇总人次", "Total of person-times"),
    Kind.NUMBER,
    low=2,
    listed=False,
    help=Label("只有总数时填写；个人记录留空", "Only where there is but a total; empty for one person"),
)
PERSON_TIMES = Column("person_times", Label("人次", "Person-times"), Kind.NUMBER, derived=True, sorted=True)
PERSON = (
    Column("name", Label("姓名", "Name"), searched=True),
    Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, searched=True, listed=False),
)


def _person_times(row: Values) -> int:
    total = row.get("total_of")
    return total if isinstance(total, int) else 1


def _somebody(row: Values) -> Iterable[Fault]:
    """A row is one person's, with name and number, or a total of several."""
    if row.get("total_of") is None:
        for column in PERSON:
            if row.get(column.name) is None:
                yield Fault(column.name, Wrong.MISSING)


def _fen(row: Values, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0


def _relief_faults(row: Values) -> Iterable[Fault]:
    yield from _somebody(row)
    applied, paid = row.get("applied_on"), row.get("paid_on")
    if isinstance(applied, date) and isinstance(paid, date) and paid < applied:
        yield Fault("paid_on", Wrong.RULE, Label("发放早于申请", "Paid before it was applied for"))
    if row.get("state") in ("approved", "paid") and row.get("amount") is None:
        yield Fault("amount", Wrong.MISSING)


def _medical(row: Values) -> Values:
    left = _fen(row, "cost") - _fen(row, "insured") - _fen(row, "assisted")
    return {"self_paid": left, "person_times": _person_times(row)}


def _medical_faults(row: Values) -> Iterable[Fault]:
    yield from _somebody(row)
    if _fen(row, "cost") < _fen(row, "insured") + _fen(row, "assisted"):
        yield Fault("assisted", Wrong.RULE, Label("报销与救助之和超过总费用", "More than what was left to pay"))
    if row.get("how") == "instant" and row.get("site") is None:
        yield Fault("site", Wrong.RULE, Label("即时结算须选结算点", "On the spot is at a site"))


SITE = Record(
    "site",
    Label("医疗救助即时结算点", "Instant-settlement site"),
    (
        Column("name", Label("医疗机构", "Medical institution"), needed=True, unique=True, searched=True, sorted=True),
        Column(
            "level",
            Label("等级", "Level"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "third": Label("三级", "Third"),
                "second": Label("二级", "Second"),
                "first": Label("一级及以下", "First and below"),
            },
        ),
        Column("opened_on", Label("开通日期", "Opened on"), Kind.DATE, needed=True, sorted=True),
        Column("closed_on", Label("停用日期", "Closed on"), Kind.DATE),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"open": Label("运行", "Open"), "closed": Label("停用", "Closed")},
        ),
    ),
    name_by=("name",),
    dated="opened_on",
    flow=Flow(
        "state",
        (Move("close", Label("停用", "Close"), ("open",), "closed", stamps="closed_on"),),
        stops=("closed",),
        begins="opened_on",
    ),
)
CLAIM = Record(
    "claim",
    Label("医疗救助", "Medical assistance claim"),
    (
        Column("settled_on", Label("结算日期", "Settled on"), Kind.DATE, needed=True, sorted=True),
        *PERSON,
        Column(
            "category",
            Label("对象类别", "Category"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "destitute": Label("特困", "Destitute"),
                "subsistence": Label("低保", "Minimum living allowance"),
                "borderline": Label("低保边缘", "Borderline"),
                "orphan": Label("孤儿", "Orphan"),
                "illness": Label("因病致贫", "Impoverished by illness"),
            },
        ),
        Column(
            "how",
            Label("结算方式", "Settled"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "instant": Label("即时结算", "On the spot"),
                "applied": Label("事后申请", "By application"),
            },
        ),
        Column("site", Label("结算点", "Site"), Kind.LINK, of="site"),
        Column(
            "treatment",
            Label("就诊类型", "Treatment"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "inpatient": Label("住院", "Inpatient"),
                "outpatient": Label("门诊", "Outpatient"),
            },
            listed=False,
        ),
        Column("cost", Label("医疗总费用", "Whole cost"), Kind.MONEY, needed=True, low=1, listed=False),
        Column("insured", Label("医保报销", "Paid by insurance"), Kind.MONEY, needed=True, listed=False),
        Column("assisted", Label("救助金额", "Assistance"), Kind.MONEY, needed=True, sorted=True),
        Column("self_paid", Label("个人自付", "Paid by the patient"), Kind.MONEY, derived=True, listed=False),
        TOTAL,
        PERSON_TIMES,
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "settled": Label("已结算", "Settled"),
                "refunded": Label("基金已拨付", "Refunded to the site"),
                "disputed": Label("对账不符", "Disputed"),
                "void": Label("作废", "Void"),
            },
        ),
        Column("refunded_on", Label("拨付日期", "Refunded on"), Kind.DATE, listed=False),
    ),
    name_by=("settled_on", "name", "id_no"),
    dated="settled_on",
    derive=_medical,
    check=_medical_faults,
    flow=Flow(
        "state",
        (
            Move("refund", Label("拨付基金", "Refund"), ("settled", "disputed"), "refunded", stamps="refunded_on"),
            Move("dispute", Label("对账不符", "Dispute"), ("settled",), "disputed"),
            Move("void", Label("作废", "Void"), ("settled", "disputed"), "void", two=True),
        ),
        frozen=("refunded", "void"),
        waits=("settled", "disputed"),
        stops=("void",),
        pauses=("disputed",),
        begins="settled_on",
    ),
)
TEMPORARY_RELIEF = Record(
    "temporary_relief",
    Label("临时救助", "Temporary relief"),
    (
        Column("applied_on", Label("申请日期", "Applied on"), Kind.DATE, needed=True, sorted=True),
        *PERSON,
        Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True, listed=False),
        Column(
            "cause",
            Label("困难原因", "Cause"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "illness": Label("重大疾病", "Grave illness"),
                "fire": Label("火灾", "Fire"),
                "traffic": Label("交通事故", "Traffic accident"),
                "accident": Label("其他意外", "Other accident"),
                "schooling": Label("教育支出", "Schooling"),
                "other": Label("其他", "Other"),
            },
        ),
        Column(
            "kind",
            Label("类型", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "emergency": Label("急难型", "Emergency"),
                "expense": Label("支出型", "Expense"),
            },
        ),
        Column("amount", Label("救助金额", "Amount"), Kind.MONEY, sorted=True),
        TOTAL,
        PERSON_TIMES,
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "applied": Label("已申请", "Applied"),
                "approved": Label("已批准", "Approved"),
                "refused": Label("不予救助", "Refused"),
                "paid": Label("已发放", "Paid"),
            },
        ),
        Column("decided_on", Label("审批日期", "Decided on"), Kind.DATE, listed=False),
        Column("paid_on", Label("发放日期", "Paid on"), Kind.DATE, sorted=True),
    ),
    name_by=("applied_on", "name", "id_no"),
    dated="paid_on",
    derive=lambda row: {"person_times": _person_times(row)},
    check=_relief_faults,
    flow=Flow(
        "state",
        (
            Move(
                "approve",
                Label("批准", "Approve"),
                ("applied",),
                "approved",
                ("amount",),
                two=True,
                stamps="decided_on",
            ),
            Move("refuse", Label("不予救助", "Refuse"), ("applied",), "refused", stamps="decided_on"),
            Move(
                "reopen",
                Label("重新审批", "Decide again"),
                ("approved", "refused"),
                "applied",
                two=True,
                clears=("amount", "decided_on"),
            ),
            Move("pay", Label("发放", "Pay"), ("approved",), "paid", stamps="paid_on"),
        ),
        frozen=("approved", "refused", "paid"),
        waits=("applied", "approved"),
        stops=("refused",),
        begins="applied_on",
    ),
)
