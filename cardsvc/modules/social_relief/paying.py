"""What is paid: benefit batches that a second person approves, single payments, and the funds it comes from."""

from collections.abc import Iterable, Mapping
from datetime import date

from cardsvc.core import standing
from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Totals, Values, Wrong

SCHEMES = {
    "subsistence": Label("最低生活保障金", "Minimum living allowance"),
    "destitute": Label("特困供养金", "Support of the destitute"),
    "single": Label("重残单人保", "Severely disabled, singly"),
    "orphan": Label("孤儿基本生活费", "Orphans' living allowance"),
}


TOTALS = Label("须与其发放明细一致，方可提交、批准", "As its payments say: else it is not submitted or approved")


def _month(row: Values) -> Values:
    """The month that a batch pays for, as 2026-03: recipients are counted month by month."""
    day = row.get("for_day")
    return {"month": f"{day:%Y-%m}" if isinstance(day, date) else None}


PAYMENT_BATCH = Record(
    "payment_batch",
    Label("救助金发放批次", "Benefit batch"),
    (
        Column("number", Label("批次号", "Batch number"), needed=True, unique=True, searched=True, sorted=True),
        Column("scheme", Label("项目", "Scheme"), Kind.CHOICE, needed=True, filtered=True, choices=SCHEMES),
        Column(
            "for_day",
            Label("所属月份的一天", "A day of its month"),
            Kind.DATE,
            needed=True,
            listed=False,
            help=Label("填所属月份中任何一天", "Any day of the month that it pays for"),
        ),
        Column("month", Label("所属月份", "Month"), derived=True, sorted=True),
        Column("persons", Label("发放人数", "People"), Kind.NUMBER, needed=True, sorted=True, low=1, help=TOTALS),
        Column("amount", Label("发放金额", "Amount"), Kind.MONEY, needed=True, sorted=True, low=1, help=TOTALS),
        Column("bank", Label("代发银行", "Paying bank")),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "draft": Label("编制中", "Draft"),
                "submitted": Label("待审批", "Submitted"),
                "approved": Label("已批准", "Approved"),
                "paid": Label("已发放", "Paid"),
                "rejected": Label("退回", "Sent back"),
            },
        ),
        Column("submitted_on", Label("提交日期", "Submitted on"), Kind.DATE, listed=False),
        Column("approved_on", Label("批准日期", "Approved on"), Kind.DATE, listed=False),
        Column("paid_on", Label("发放日期", "Paid on"), Kind.DATE, sorted=True),
        Column("remark", Label("审批意见", "Remark"), Kind.NOTE, listed=False),
    ),
    name_by=("number", "scheme"),
    dated="paid_on",
    derive=_month,
    totals=Totals("payment", "of_batch", "persons", "amount", "amount"),
    flow=Flow(
        "state",
        (
            Move("submit", Label("提交审批", "Submit"), ("draft", "rejected"), "submitted", stamps="submitted_on"),
            Move(
                "approve",
                Label("批准", "Approve"),
                ("submitted",),
                "approved",
                ("remark",),
                two=True,
                stamps="approved_on",
            ),
            Move(
                "reject",
                Label("退回", "Send back"),
                ("submitted", "approved"),
                "rejected",
                ("remark",),
                clears=("approved_on",),
            ),
            Move("pay", Label("确认发放", "Paid out"), ("approved",), "paid", stamps="paid_on"),
        ),
        frozen=("submitted", "approved", "paid"),
        waits=("submitted", "approved", "rejected"),
        pauses=("rejected",),
    ),
)
OWNERS = ("member", "single", "orphan")


def _one_owner(row: Values) -> Iterable[Fault]:
    if sum(row.get(name) is not None for name in OWNERS) != 1:
        yield Fault("member", Wrong.RULE, Label("成员、单人保、孤儿填且只填一项", "Exactly one of the three it is for"))


def _beyond(row: Values, led: Mapping[str, Values]) -> bool:
    """Whether a payment is in no batch, or above what its entitlement pays a month: its batch's two see sums alone."""
    monthly, amount = 0, row["amount"]
    for name in OWNERS:
        paid = led[name]["share" if name == "member" else "monthly"] if name in led else None
        monthly += paid if isinstance(paid, int) else 0
    return row["of_batch"] is None or (isinstance(amount, int) and amount > monthly)


PAYMENT = Record(
    "payment",
    Label("发放明细", "Payment"),
    (
        Column("paid_on", Label("发放日期", "Paid on"), Kind.DATE, needed=True, sorted=True),
        Column("amount", Label("金额", "Amount"), Kind.MONEY, needed=True, sorted=True, low=1),
        Column("member", Label("家庭成员", "Member"), Kind.LINK, of="member"),
        Column("single", Label("重残单人保", "Covered singly"), Kind.LINK, of="single"),
        Column("orphan", Label("孤儿", "Orphan"), Kind.LINK, of="orphan"),
        Column("of_batch", Label("发放批次", "Batch"), Kind.LINK, of="payment_batch"),
    ),
    name_by=(*OWNERS, "paid_on"),
    dated="paid_on",
    check=_one_owner,
    agree=standing.paid_in_force(*OWNERS),
    together=tuple((one, "paid_on") for one in OWNERS),
    bound_by="of_batch",
    as_on="paid_on",
    by_two=_beyond,
)
FUND = Record(
    "fund",
    Label("救助资金筹集", "Fund raised"),
    (
        Column(
            "purpose",
            Label("资金", "Fund"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "medical_aid": Label("医疗救助资金", "Medical-aid fund"),
                "relief": Label("临时救助资金", "Relief fund"),
            },
        ),
        Column("raised_on", Label("到位日期", "Raised on"), Kind.DATE, needed=True, sorted=True),
        Column("population", Label("户籍人口", "Population"), Kind.NUMBER, needed=True, low=1),
        Column("amount", Label("筹集金额", "Amount"), Kind.MONEY, needed=True, sorted=True, low=1),
        Column("document", Label("文号", "Document"), searched=True),
    ),
    name_by=("purpose", "raised_on"),
    dated="raised_on",
)
