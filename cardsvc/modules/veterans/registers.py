"""Who is entitled to pensions: beneficiaries, by which standard, what was paid, and how a status is recognised."""

from collections.abc import Iterable

from cardsvc.core import standing
from cardsvc.core.records import Basis, Column, Effect, Fault, Flow, Kind, Label, Made, Move, Record, Values, Wrong

CATEGORIES = {
    "disabled": Label("残疾军人", "Disabled soldier"),
    "martyr_family": Label("烈士遗属", "Martyr's family"),
    "duty_family": Label("因公牺牲军人遗属", "Family of one who died on duty"),
    "illness_family": Label("病故军人遗属", "Family of one who died of illness"),
    "martyr_child": Label("烈士老年子女", "Martyr's child, aged"),
    "returned": Label("在乡老复员军人", "Old demobilised soldier"),
    "returned_ill": Label("带病回乡退伍军人", "Returned with illness"),
    "war": Label("参战退役人员", "Veteran of a war"),
    "nuclear": Label("参试退役人员", "Veteran of nuclear tests"),
    "rural": Label("农村籍退役士兵（60 周岁以上）", "Rural soldier of 60 and over"),
}
"""Those whom the city supports by pension or monthly allowance (军人抚恤优待条例)."""
CLAIMS = {name: CATEGORIES[name] for name in ("war", "nuclear", "returned_ill")}
CAUSES = {
    "war": Label("因战", "In war"),
    "duty": Label("因公", "On duty"),
    "illness": Label("因病", "By illness"),
}

STANDARD = Record(
    "standard",
    Label("抚恤补助标准", "Pension standard"),
    (
        Column("document", Label("文号", "Document"), needed=True, searched=True),
        Column("category", Label("类别", "Category"), Kind.CHOICE, needed=True, filtered=True, choices=CATEGORIES),
        Column("cause", Label("残疾性质", "Cause of disability"), Kind.CHOICE, choices=CAUSES),
        Column("grade", Label("残疾等级", "Grade"), Kind.NUMBER, low=1, high=10),
        Column("monthly", Label("月标准", "A month"), Kind.MONEY, needed=True, sorted=True, low=1),
        Column("since", Label("起始日期", "Since"), Kind.DATE, needed=True, sorted=True),
        Column("until", Label("截止日期", "Until"), Kind.DATE),
    ),
    name_by=("document", "category", "grade"),
    dated="since",
)


def _graded(row: Values) -> Iterable[Fault]:
    """A disabled soldier has a grade from 1 to 10 and its cause; nobody else has one (伤残抚恤管理办法)."""
    disabled = row.get("category") == "disabled"
    for name in ("grade", "cause"):
        if disabled and row.get(name) is None:
            yield Fault(name, Wrong.MISSING)
        if not disabled and row.get(name) is not None:
            yield Fault(name, Wrong.RULE, Label("只有残疾军人填写", "Only of a disabled soldier"))


BENEFICIARY = Record(
    "beneficiary",
    Label("优抚对象", "Beneficiary"),
    (
        standing.numbered(),
        Column("name", Label("姓名", "Name"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("category", Label("类别", "Category"), Kind.CHOICE, needed=True, filtered=True, choices=CATEGORIES),
        Column("cause", Label("残疾性质", "Cause of disability"), Kind.CHOICE, choices=CAUSES, listed=False),
        Column("grade", Label("残疾等级", "Grade"), Kind.NUMBER, low=1, high=10, listed=False),
        Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, searched=True, listed=False),
        Column("account", Label("银行账号", "Bank account"), Kind.BANK_ACCOUNT, listed=False),
        Column("standard", Label("适用标准", "By standard"), Kind.LINK, of="standard", listed=False),
        Column("monthly", Label("月抚恤补助", "Pension a month"), Kind.MONEY, needed=True, sorted=True),
        *standing.columns(),
    ),
    name_by=("number", "name"),
    dated="since",
    check=lambda row: (*standing.faults(row), *_graded(row)),
    flow=standing.flow(
        paid=("monthly",),
        account="account",
        who=("name", "id_no", "category", "cause", "grade", "standard"),
        number="number",
        stands_on=Basis("recognition", "beneficiary", ("recognised",)),
    ),
)
PAYMENT = Record(
    "payment",
    Label("抚恤补助发放", "Pension payment"),
    (
        Column("beneficiary", Label("优抚对象", "Beneficiary"), Kind.LINK, needed=True, of="beneficiary"),
        Column("paid_on", Label("发放日期", "Paid on"), Kind.DATE, needed=True, sorted=True),
        Column("amount", Label("金额", "Amount"), Kind.MONEY, needed=True, sorted=True, low=1),
    ),
    name_by=("beneficiary", "paid_on"),
    dated="paid_on",
    agree=standing.paid_in_force("beneficiary"),
    together=(("beneficiary", "paid_on"),),
    as_on="paid_on",
    by_two=lambda payment, led: True,  # there are no batches that two approve
)


def _served(row: Values) -> Iterable[Fault]:
    first, last = row.get("enlisted_on"), row.get("discharged_on")
    if first is not None and last is not None and str(last) < str(first):
        yield Fault("discharged_on", Wrong.RULE, Label("退役早于入伍", "Discharged before enlisting"))


def _becomes(recognition: Values) -> Values:
    """Whom two people recognised is a beneficiary, with the pension that they typed."""
    same = ("number", "name", "id_no", "phone", "monthly", "since")
    return {**{one: recognition[one] for one in same}, "category": recognition["claim"], "state": "active"}


def _no_longer(recognition: Values, beneficiary: Values) -> Values:
    """While a recognition is decided again, nothing is paid by it."""
    if beneficiary["state"] != "active":
        return {}
    return {"state": "suspended", "suspended_on": recognition["reopened_on"], "reason": "recheck"}


def _again(recognition: Values, beneficiary: Values) -> Values:
    """Recognised anew, it is paid again from the day of that decision."""
    if (beneficiary["state"], beneficiary["reason"]) != ("suspended", "recheck"):
        return {}
    return {"state": "active", "resumed_on": recognition["decided_on"], "reason": "other"}


RECOGNITION = Record(
    "recognition",
    Label("身份认定", "Status recognition"),
    (
        Column("name", Label("申请人", "Applicant"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column("claim", Label("申请类别", "Claims to be"), Kind.CHOICE, needed=True, filtered=True, choices=CLAIMS),
        Column("unit", Label("服役部队", "Unit"), listed=False),
        Column("enlisted_on", Label("入伍日期", "Enlisted on"), Kind.DATE, listed=False),
        Column("discharged_on", Label("退役日期", "Discharged on"), Kind.DATE, listed=False),
        Column("applied_on", Label("申请日期", "Applied on"), Kind.DATE, needed=True, sorted=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "applied": Label("已申请", "Applied"),
                "reviewed": Label("已初审", "Reviewed"),
                "announced": Label("公示中", "Announced"),
                "recognised": Label("已认定", "Recognised"),
                "refused": Label("不予认定", "Refused"),
            },
        ),
        Column("finding", Label("审核意见", "Finding"), Kind.NOTE, listed=False),
        Column("announced_on", Label("公示日期", "Announced on"), Kind.DATE, listed=False),
        Column("decided_on", Label("认定日期", "Decided on"), Kind.DATE, sorted=True),
        Column("reopened_on", Label("撤销决定日期", "Opened again on"), Kind.DATE, listed=False),
        Column("number", Label("优抚证号", "Beneficiary's number"), listed=False, help=standing.NUMBER_HELP),
        Column("monthly", Label("月抚恤补助", "Pension a month"), Kind.MONEY, listed=False),
        Column("since", Label("待遇起始日期", "Pension since"), Kind.DATE, listed=False),
        Column("beneficiary", Label("优抚对象", "Beneficiary"), Kind.LINK, of="beneficiary", given=True, listed=False),
    ),
    name_by=("name", "id_no", "claim"),
    dated="decided_on",
    check=_served,
    flow=Flow(
        "state",
        (
            Move("review", Label("初审通过", "Reviewed"), ("applied",), "reviewed", ("finding",)),
            Move("announce", Label("公示", "Announce"), ("reviewed",), "announced", stamps="announced_on"),
            Move(
                "recognise",
                Label("认定", "Recognise"),
                ("announced",),
                "recognised",
                ("number", "monthly", "since"),
                two=True,
                stamps="decided_on",
                effects=(Effect("beneficiary", ("state", "resumed_on", "reason"), _again),),
                makes=Made("beneficiary", _becomes),
            ),
            Move(
                "refuse",
                Label("不予认定", "Refuse"),
                ("applied", "reviewed", "announced"),
                "refused",
                ("finding",),
                stamps="decided_on",
            ),
            Move(
                "reopen",
                Label("撤销决定", "Open again"),
                ("recognised", "refused"),
                "reviewed",
                ("finding",),
                two=True,
                stamps="reopened_on",
                clears=("announced_on", "decided_on"),
                effects=(Effect("beneficiary", ("state", "suspended_on", "reason"), _no_longer),),
            ),
        ),
        frozen=("recognised", "refused"),
        waits=("applied", "reviewed", "announced"),
        stops=("refused",),
        begins="applied_on",
    ),
)
