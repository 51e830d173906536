"""What is done for troops, beneficiaries and demobilised soldiers: visits, medical settlement, petitions, placement."""

from collections.abc import Iterable
from datetime import date

from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Values, Wrong


def _visited(row: Values) -> Iterable[Fault]:
    if row.get("whom") == "beneficiaries" and row.get("persons") is None:
        yield Fault("persons", Wrong.MISSING)


VISIT = Record(
    "visit",
    Label("走访慰问", "Visit"),
    (
        Column("visited_on", Label("走访日期", "Visited on"), Kind.DATE, needed=True, sorted=True),
        Column(
            "whom",
            Label("对象", "Whom"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"troops": Label("驻军部队", "Troops"), "beneficiaries": Label("优抚对象", "Beneficiaries")},
        ),
        Column("unit", Label("部队或地点", "Unit or place"), searched=True),
        Column("occasion", Label("事由", "Occasion"), searched=True),
        Column("persons", Label("慰问人次", "Person-times"), Kind.NUMBER, sorted=True, low=1),
        Column("money", Label("慰问金", "Money"), Kind.MONEY, needed=True, sorted=True),
        Column("goods", Label("慰问品折价", "Goods, worth"), Kind.MONEY, needed=True, sorted=True),
    ),
    name_by=("visited_on", "whom"),
    dated="visited_on",
    check=_visited,
)


def _fen(row: Values, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0


def _left(row: Values) -> int:
    return _fen(row, "cost") - _fen(row, "insured") - _fen(row, "relieved") - _fen(row, "subsidy")


def _within(row: Values) -> Iterable[Fault]:
    if _left(row) < 0:
        yield Fault("subsidy", Wrong.RULE, Label("报销与补助之和超过总费用", "More than what was left to pay"))


SETTLEMENT = Record(
    "settlement",
    Label("一站式医疗结算", "One-stop medical settlement"),
    (
        Column("beneficiary", Label("优抚对象", "Beneficiary"), Kind.LINK, needed=True, of="beneficiary"),
        Column("hospital", Label("医疗机构", "Hospital"), needed=True, searched=True),
        Column("settled_on", Label("结算日期", "Settled on"), Kind.DATE, needed=True, sorted=True),
        Column("cost", Label("医疗总费用", "Whole cost"), Kind.MONEY, needed=True, sorted=True, low=1),
        Column("insured", Label("医保报销", "Paid by insurance"), Kind.MONEY, needed=True, listed=False),
        Column("relieved", Label("城乡医疗救助", "Medical assistance"), Kind.MONEY, needed=True, listed=False),
        Column("subsidy", Label("优抚医疗补助", "Subsidy"), Kind.MONEY, needed=True, sorted=True),
        Column("self_paid", Label("个人自付", "Paid by the patient"), Kind.MONEY, derived=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "settled": Label("已结算", "Settled"),
                "refunded": Label("资金已拨付", "Refunded to the hospital"),
                "void": Label("作废", "Void"),
            },
        ),
        Column("refunded_on", Label("拨付日期", "Refunded on"), Kind.DATE, listed=False),
    ),
    name_by=("beneficiary", "settled_on"),
    dated="settled_on",
    derive=lambda row: {"self_paid": _left(row)},
    check=_within,
    flow=Flow(
        "state",
        (
            Move("refund", Label("拨付资金", "Refund"), ("settled",), "refunded", stamps="refunded_on"),
            Move("void", Label("作废", "Void"), ("settled",), "void", two=True),
        ),
        frozen=("refunded", "void"),
        waits=("settled",),
        stops=("void",),
        begins="settled_on",
    ),
)


def _answered(row: Values) -> Values:
    """Days from receipt to answer, and whether it came after its day; none of both before there is an answer."""
    received, answered, due = row.get("received_on"), row.get("answered_on"), row.get("due_on")
    if not isinstance(received, date) or not isinstance(answered, date):
        return {"days": None, "late": None}
    return {"days": (answered - received).days, "late": isinstance(due, date) and answered > due}


def _due(row: Values) -> Iterable[Fault]:
    received, due = row.get("received_on"), row.get("due_on")
    if isinstance(received, date) and isinstance(due, date) and due < received:
        yield Fault("due_on", Wrong.RULE, Label("期限早于收到日期", "Due before it was received"))
    answered = row.get("answered_on")
    if isinstance(received, date) and isinstance(answered, date) and answered < received:
        yield Fault("received_on", Wrong.RULE, Label("收到晚于答复", "Received after it was answered"))
    if row.get("state") == "passed_on" and row.get("unit") is None:
        yield Fault("unit", Wrong.MISSING)


PETITION = Record(
    "petition",
    Label("信访", "Petition"),
    (
        Column("number", Label("登记号", "Number"), needed=True, unique=True, searched=True, sorted=True),
        Column(
            "level",
            Label("受理级别", "Received by"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"city": Label("市级", "City"), "county": Label("县级", "County")},
        ),
        Column(
            "kind",
            Label("形式", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"letter": Label("来信", "Letter"), "visit": Label("来访", "Visit")},
        ),
        Column("received_on", Label("收到日期", "Received on"), Kind.DATE, needed=True, sorted=True),
        Column("name", Label("信访人（代表）", "Petitioner or speaker"), searched=True, listed=False),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column(
            "people",
            Label("人数", "People"),
            Kind.NUMBER,
            needed=True,
            sorted=True,
            low=1,
            help=Label("一批来访登记一条", "One row for a batch that comes together"),
        ),
        Column(
            "matter",
            Label("事项", "Matter"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "pension": Label("抚恤待遇", "Pension"),
                "recognition": Label("身份认定", "Recognition"),
                "placement": Label("安置", "Placement"),
                "medical": Label("医疗", "Medical"),
                "hardship": Label("生活困难", "Hardship"),
                "other": Label("其他", "Other"),
            },
            listed=False,
        ),
        Column("wish", Label("诉求", "What they ask"), Kind.NOTE, listed=False),
        Column(
            "due_on",
            Label("办结期限", "Due on"),
            Kind.DATE,
            sorted=True,
            help=Label("一般自受理之日起 60 日（信访工作条例）", "As a rule 60 days from acceptance"),
        ),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "registered": Label("已登记", "Registered"),
                "passed_on": Label("已转办", "Passed on"),
                "answered": Label("已答复", "Answered"),
                "closed": Label("已办结", "Closed"),
            },
        ),
        Column("unit", Label("办理单位", "Passed on to"), searched=True, listed=False),
        Column("passed_on", Label("转办日期", "Day of passing on"), Kind.DATE, listed=False),
        Column("answer", Label("答复意见", "Answer"), Kind.NOTE, listed=False),
        Column("answered_on", Label("答复日期", "Answered on"), Kind.DATE, listed=False),
        Column("closed_on", Label("办结日期", "Closed on"), Kind.DATE, listed=False),
        Column("days", Label("答复用时（天）", "Days to the answer"), Kind.NUMBER, derived=True, listed=False),
        Column("late", Label("逾期", "Late"), Kind.YES_NO, derived=True, filtered=True),
    ),
    name_by=("number",),
    dated="received_on",
    derive=_answered,
    check=_due,
    flow=Flow(
        "state",
        (
            Move("pass_on", Label("转办", "Pass on"), ("registered",), "passed_on", ("unit",), stamps="passed_on"),
            Move(
                "answer",
                Label("答复", "Answer"),
                ("registered", "passed_on"),
                "answered",
                ("answer",),
                stamps="answered_on",
            ),
            Move("close", Label("办结", "Close"), ("answered",), "closed", stamps="closed_on"),
        ),
        waits=("registered", "answered"),
        begins="received_on",
    ),
)


def _placed(row: Values) -> Iterable[Fault]:
    if row.get("state") == "placed" and row.get("way") == "assigned" and row.get("unit") is None:
        yield Fault("unit", Wrong.MISSING)


SOLDIER = Record(
    "soldier",
    Label("退役士兵安置", "Placement of a soldier"),
    (
        Column("name", Label("姓名", "Name"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column("discharged_on", Label("退役日期", "Discharged on"), Kind.DATE, needed=True, sorted=True),
        Column("years", Label("服役年限", "Years of service"), Kind.NUMBER, needed=True, high=50, listed=False),
        Column(
            "way",
            Label("安置方式", "Way"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "own": Label("自主就业", "Own employment"),
                "assigned": Label("政府安排工作", "Assigned work"),
                "retired": Label("退休", "Retired"),
                "supported": Label("供养", "Supported"),
            },
        ),
        Column("grant", Label("一次性经济补助", "One-off grant"), Kind.MONEY, sorted=True, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"reported": Label("已报到", "Reported"), "placed": Label("已安置", "Placed")},
        ),
        Column("unit", Label("接收单位", "Employer"), searched=True),
        Column("placed_on", Label("安置日期", "Placed on"), Kind.DATE, sorted=True),
    ),
    name_by=("name", "id_no", "discharged_on"),
    dated="placed_on",
    check=_placed,
    flow=Flow(
        "state",
        (Move("place", Label("安置", "Place"), ("reported",), "placed", ("unit",), stamps="placed_on"),),
        waits=("reported",),
        begins="discharged_on",
    ),
)
RETRAINING = Record(
    "retraining",
    Label("技能培训", "Retraining"),
    (
        Column("soldier", Label("退役士兵", "Soldier"), Kind.LINK, needed=True, of="soldier"),
        Column("course", Label("专业", "Course"), needed=True, searched=True),
        Column("school", Label("培训机构", "School"), needed=True, searched=True),
        Column("started_on", Label("开班日期", "Started on"), Kind.DATE, needed=True, sorted=True),
        Column("cost", Label("培训经费", "Cost"), Kind.MONEY, sorted=True),
        Column("certificate", Label("取得证书", "Certificate"), Kind.YES_NO, filtered=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "enrolled": Label("在训", "Enrolled"),
                "finished": Label("结业", "Finished"),
                "left": Label("退训", "Left"),
            },
        ),
        Column("ended_on", Label("结束日期", "Ended on"), Kind.DATE, sorted=True),
    ),
    name_by=("soldier", "course"),
    dated="started_on",
    flow=Flow(
        "state",
        (
            Move("finish", Label("结业", "Finish"), ("enrolled",), "finished", ("certificate",), stamps="ended_on"),
            Move("leave", Label("退训", "Leave"), ("enrolled",), "left", stamps="ended_on"),
        ),
        stops=("left",),
        begins="started_on",
    ),
)
