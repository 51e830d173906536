"""What is done for elders at home: services that the government buys, and the 990 line."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Value, Values, Wrong
from cardsvc.modules.elder_care.needs import NEEDS
from cardsvc.modules.elder_care.places import TOWN

SERVICES = NEEDS | {
    "shopping": Label("代购代办", "Errands"),
    "comfort": Label("精神慰藉", "Company"),
}


def _order(values: Values) -> Iterator[Fault]:
    since, until = values.get("since"), values.get("until")
    if since is not None and until is not None and str(until) < str(since):
        yield Fault("until", Wrong.RULE, Label("止日早于起日", "It ends before it begins"))


def _alive(order: Values, linked: Mapping[str, Values]) -> Iterator[Fault]:
    """Nothing is bought for somebody whose death is told of."""
    if order.get("state") in ("ordered", "running") and linked.get("elder", {}).get("subsidy") == "death":
        yield Fault("elder", Wrong.RULE, Label("老年人死亡待核", "The elder's death is under review"))


ORDER = Record(
    "service_order",
    Label("购买服务", "Purchased service"),
    (
        Column("elder", Label("老年人", "Elder"), Kind.LINK, of="elder", needed=True),
        Column("provider", Label("服务机构", "Provider"), needed=True, searched=True, sorted=True),
        Column("credit_code", Label("统一社会信用代码", "Credit code"), Kind.CREDIT_CODE, searched=True, listed=False),
        Column("service", Label("服务项目", "Service"), Kind.CHOICE, needed=True, choices=SERVICES, filtered=True),
        Column("hours", Label("每月小时", "Hours a month"), Kind.NUMBER, needed=True, low=1, high=300),
        Column("price", Label("每小时价格", "Price an hour"), Kind.MONEY, needed=True),
        Column("since", Label("起日", "Since"), Kind.DATE, needed=True, sorted=True),
        Column("until", Label("止日", "Until"), Kind.DATE),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "ordered": Label("已下单", "Ordered"),
                "running": Label("服务中", "Running"),
                "suspended": Label("死亡待核，暂停", "Stopped: death under review"),
                "ended": Label("已结束", "Ended"),
            },
        ),
        Column("reason", Label("结束原因", "Why it ended"), listed=False),
    ),
    name_by=("provider", "service"),
    dated="since",
    check=_order,
    agree=_alive,
    flow=Flow(
        "state",
        (
            Move("start", Label("开始服务", "Start"), ("ordered",), "running"),
            Move("resume", Label("恢复服务", "Go on"), ("suspended",), "running"),
            Move("end", Label("结束", "End"), ("ordered", "running", "suspended"), "ended", fills=("until", "reason")),
        ),
        stops=("suspended", "ended"),
    ),
)
VISIT = Record(
    "visit",
    Label("上门服务", "Service visit"),
    (
        Column("service_order", Label("购买服务", "Purchased service"), Kind.LINK, of="service_order", needed=True),
        Column("visited_on", Label("服务日期", "Visited on"), Kind.DATE, needed=True, sorted=True),
        Column("worker", Label("服务人员", "Worker"), needed=True, searched=True),
        Column("minutes", Label("服务分钟", "Minutes"), Kind.NUMBER, needed=True, low=1, high=1440),
        Column(
            "satisfied",
            Label("满意度", "Satisfaction"),
            Kind.CHOICE,
            filtered=True,
            choices={
                "good": Label("满意", "Satisfied"),
                "fair": Label("基本满意", "Fair"),
                "poor": Label("不满意", "Not satisfied"),
            },
        ),
        Column("note", Label("记录", "Note"), Kind.NOTE, listed=False),
    ),
    name_by=("service_order", "visited_on"),
    dated="visited_on",
)
AREA = Record(
    "line_area",
    Label("990 热线开通地区", "Where the 990 line is open"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "level",
            Label("级别", "Level"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "district": Label("区（县）", "District"),
                "pilot_community": Label("试点社区", "Pilot community"),
            },
        ),
        TOWN,
        Column("opened_on", Label("开通日期", "Opened on"), Kind.DATE, needed=True, sorted=True),
        Column("households", Label("覆盖老年人户数", "Households of elders"), Kind.NUMBER),
    ),
    name_by=("name",),
    dated="opened_on",
)


def _minutes(since: Value, until: Value) -> int | None:
    if not isinstance(since, datetime) or not isinstance(until, datetime):
        return None
    return int((until - since).total_seconds()) // 60


def timed(values: Values) -> Values:
    """Whole minutes from a call to its answer, and to when it was closed; none for what has not happened."""
    received = values.get("received_at")
    return {
        "minutes_to_answer": _minutes(received, values.get("answered_at")),
        "minutes_to_close": _minutes(received, values.get("closed_at")),
    }


def _call(values: Values) -> Iterator[Fault]:
    times = timed(values)
    if isinstance(waited := times["minutes_to_answer"], int) and waited < 0:
        yield Fault("answered_at", Wrong.RULE, Label("早于来电时间", "It was answered before it came"))
    if isinstance(took := times["minutes_to_close"], int) and took < 0:
        yield Fault("received_at", Wrong.RULE, Label("晚于办结时间", "It came after it was closed"))
    if values.get("state") == "dispatched" and not values.get("dispatched_to"):
        yield Fault("dispatched_to", Wrong.MISSING)
    if values.get("state") == "closed" and not values.get("outcome"):
        yield Fault("outcome", Wrong.MISSING)


CALL = Record(
    "call",
    Label("990 来电", "990 call"),
    (
        Column("number", Label("工单号", "Number"), needed=True, searched=True, sorted=True, unique=True),
        Column("received_at", Label("来电时间", "Received at"), Kind.MOMENT, needed=True, sorted=True),
        Column("answered_at", Label("接听时间", "Answered at"), Kind.MOMENT, listed=False),
        Column(
            "category",
            Label("类别", "Category"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices=SERVICES
            | {
                "repair": Label("家电维修", "Repairs"),
                "advice": Label("政策咨询", "Advice"),
                "complaint": Label("投诉建议", "Complaint"),
            },
        ),
        Column("caller", Label("来电人", "Caller"), searched=True),
        Column("phone", Label("来电号码", "Telephone"), Kind.PHONE, searched=True, listed=False),
        Column("elder", Label("老年人", "Elder"), Kind.LINK, of="elder", listed=False),
        Column("line_area", Label("开通地区", "Area"), Kind.LINK, of="line_area", listed=False),
        Column("request", Label("诉求", "Request"), Kind.NOTE, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "received": Label("已受理", "Received"),
                "dispatched": Label("已派单", "Dispatched"),
                "closed": Label("已办结", "Closed"),
            },
        ),
        Column("dispatched_to", Label("派往", "Dispatched to"), searched=True),
        Column("dispatched_at", Label("派单时间", "Dispatched at"), Kind.MOMENT, listed=False),
        Column("closed_at", Label("办结时间", "Closed at"), Kind.MOMENT, sorted=True, listed=False),
        Column("outcome", Label("办理结果", "Outcome"), Kind.NOTE, listed=False),
        Column("minutes_to_answer", Label("接听用时（分）", "Minutes to answer"), Kind.NUMBER, derived=True),
        Column("minutes_to_close", Label("办结用时（分）", "Minutes to close"), Kind.NUMBER, derived=True, sorted=True),
    ),
    name_by=("number",),
    dated="received_at",
    derive=timed,
    check=_call,
    flow=Flow(
        "state",
        (
            Move(
                "dispatch",
                Label("派单", "Dispatch"),
                ("received", "dispatched"),
                "dispatched",
                fills=("dispatched_to",),
                stamps="dispatched_at",
            ),
            Move(
                "close",
                Label("办结", "Close"),
                ("received", "dispatched"),
                "closed",
                fills=("outcome",),
                stamps="closed_at",
            ),
            Move("reopen", Label("回访未解决，重新派单", "Open again"), ("closed",), "received", clears=("closed_at",)),
        ),
        waits=("received",),
        begins="received_at",
    ),
)
