"""Burial without a grave of stone: events, the families that sign up, ceremonies, and meetings on the standard."""

from collections.abc import Iterator, Mapping
from datetime import date

from cardsvc.core.ids import CASE_NO
from cardsvc.core.records import Column, Effect, Fault, Flow, Kind, Label, Move, Record, Values, Wrong
from cardsvc.core.terms import Destination
from cardsvc.core.trails import Events, Graves, SignUps, Trail

WAYS = {
    "tree": Label("树葬", "Tree burial"),
    "flower": Label("花葬", "Flower burial"),
    "lawn": Label("草坪葬", "Lawn burial"),
    "sea": Label("海葬", "Sea burial"),
}
WAY = Column("way", Label("葬式", "Way"), Kind.CHOICE, needed=True, choices=WAYS, filtered=True)


def _event(values: Values) -> Iterator[Fault]:
    buried, places = values.get("buried"), values.get("places")
    if values.get("state") == "held" and buried is None:
        yield Fault("buried", Wrong.MISSING)
    if isinstance(buried, int) and isinstance(places, int) and buried > places:
        yield Fault("buried", Wrong.RULE, Label("多于名额", "More than there are places"))


def _released(_event: Values, sign_up: Values) -> Values:
    """Who signed up for an event that does not take place waits for another one; what was buried or given up stays."""
    open_ = sign_up["state"] in ("signed_up", "notified", "confirmed")
    return {"event": None, "state": "signed_up"} if open_ else {}


EVENT = Record(
    "event",
    Label("生态葬活动", "Eco-burial event"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True),
        WAY,
        Column("held_on", Label("日期", "Date"), Kind.DATE, needed=True, sorted=True),
        Column("place", Label("地点", "Place"), needed=True, searched=True),
        Column("cemetery", Label("公墓", "Cemetery"), Kind.LINK, of="cemetery", listed=False),
        Column("places", Label("名额", "Places"), Kind.NUMBER, needed=True, sorted=True, high=10_000),
        Column("buried", Label("安葬骨灰数", "Ashes buried"), Kind.NUMBER, sorted=True),
        Column("office_phone", Label("报名电话", "Telephone to sign up"), listed=False),
        Column("published", Label("向社会公布", "Published"), Kind.YES_NO, needed=True, filtered=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "planned": Label("筹备中", "Planned"),
                "open": Label("报名中", "Open for sign-up"),
                "held": Label("已举行", "Held"),
                "cancelled": Label("已取消", "Cancelled"),
            },
        ),
        Column("note", Label("说明", "Note"), Kind.NOTE, listed=False),
    ),
    name_by=("name", "held_on"),
    dated="held_on",
    check=_event,
    flow=Flow(
        "state",
        (
            Move("open", Label("开放报名", "Open for sign-up"), ("planned",), "open"),
            Move("postpone", Label("改期", "Postpone"), ("planned", "open"), "planned", fills=("held_on", "note")),
            Move("hold", Label("已举行", "It was held"), ("open",), "held", fills=("buried",)),
            Move(
                "cancel",
                Label("取消", "Cancel"),
                ("planned", "open"),
                "cancelled",
                fills=("note",),
                effects=(Effect("event", ("event", "state"), _released, record="sign_up"),),
            ),
        ),
        stops=("cancelled",),
    ),
    published="published",
    public=("name", "way", "held_on", "place", "places", "office_phone", "state"),
)


def _sign_up(values: Values) -> Iterator[Fault]:
    case_no = values.get("case_no")
    if case_no is not None and not CASE_NO.fullmatch(str(case_no)):
        yield Fault("case_no", Wrong.RULE, Label("不是案件编号", "Not the number of a case"))
    if values.get("state") == "buried":
        yield from (Fault(name, Wrong.MISSING) for name in ("event", "spot") if not values.get(name))
    if values.get("state") == "notified" and not values.get("event"):
        yield Fault("event", Wrong.MISSING)


def _at_event(values: Values, linked: Mapping[str, Values]) -> Iterator[Fault]:
    """A sign-up is for an event of its way that takes place; ashes are buried there on its day at the earliest."""
    event, state = linked.get("event"), values.get("state")
    if event is None or state == "withdrawn":
        return
    if event["way"] != values.get("way"):
        yield Fault("event", Wrong.RULE, Label("活动的葬式与报名不同", "The event is of another way than the sign-up"))
    if event["state"] == "cancelled":
        yield Fault("event", Wrong.RULE, Label("活动已取消", "The event is cancelled"))
    day, held_on = values.get("buried_on"), event["held_on"]
    if state == "buried" and isinstance(day, date) and isinstance(held_on, date) and day < held_on:
        yield Fault("event", Wrong.RULE, Label("活动日期未到", "The day of the event has not come"))


SIGN_UP = Record(
    "sign_up",
    Label("生态葬报名", "Eco-burial sign-up"),
    (
        Column("applicant", Label("报名家属", "Family member"), needed=True, searched=True, sorted=True),
        WAY,
        Column("phone", Label("电话", "Telephone"), Kind.PHONE, searched=True, listed=False),
        Column("deceased", Label("逝者", "Deceased"), needed=True, searched=True),
        Column("deceased_id_no", Label("逝者身份证号", "Their ID number"), Kind.ID_NO, searched=True, listed=False),
        Column("case_no", Label("案件编号", "Funeral case"), searched=True),
        Column("signed_on", Label("报名日期", "Signed up on"), Kind.DATE, needed=True, sorted=True),
        Column("event", Label("活动", "Event"), Kind.LINK, of="event"),
        Column("family", Label("参加人数", "Family members"), Kind.NUMBER, high=50, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "signed_up": Label("已报名", "Signed up"),
                "notified": Label("已通知", "Notified"),
                "confirmed": Label("家属已确认", "Confirmed by the family"),
                "buried": Label("已安葬", "Buried"),
                "withdrawn": Label("已退出", "Withdrawn"),
            },
        ),
        Column("spot", Label("安葬位置", "Where exactly"), help=Label("树号、花坛号或海域", "Tree, bed or sea area")),
        Column("certificate", Label("安葬证明编号", "Burial certificate"), searched=True, listed=False),
        Column("buried_on", Label("安葬日期", "Buried on"), Kind.DATE, sorted=True),
        Column("reason", Label("退出原因", "Why withdrawn"), listed=False),
    ),
    name_by=("applicant", "way"),
    dated="signed_on",
    check=_sign_up,
    agree=_at_event,
    flow=Flow(
        "state",
        (
            Move("notify", Label("通知家属", "Notify"), ("signed_up", "notified"), "notified", fills=("event",)),
            Move(
                "confirm",
                Label("确认参加", "We shall come"),
                ("notified",),
                "confirmed",
                fills=("family",),
                outside=True,
            ),
            Move(
                "withdraw",
                Label("退出报名", "We withdraw"),
                ("signed_up", "notified", "confirmed"),
                "withdrawn",
                fills=("reason",),
                outside=True,
            ),
            Move("confirm_for", Label("代为确认", "Confirmed by telephone"), ("notified",), "confirmed"),
            Move(
                "withdraw_for",
                Label("代为退出", "Withdrawn by telephone"),
                ("signed_up", "notified", "confirmed"),
                "withdrawn",
                fills=("reason",),
            ),
            Move(
                "postpone",
                Label("等候下一次", "Wait for the next"),
                ("notified", "confirmed"),
                "signed_up",
                clears=("event",),
            ),
            Move(
                "bury",
                Label("安葬完成", "Buried"),
                ("confirmed",),
                "buried",
                fills=("spot", "certificate"),
                two=True,
                stamps="buried_on",
            ),
        ),
        frozen=("buried",),
        waits=("signed_up", "confirmed"),
        stops=("withdrawn",),
        begins="signed_on",
    ),
)
TRAIL = Trail(
    SignUps(
        record="sign_up",
        case_no="case_no",
        deceased="deceased",
        person="deceased_id_no",
        applicant="applicant",
        phone="phone",
        signed_on="signed_on",
        way="way",
        event="event",
        state="state",
        rested="buried",
        given_up=("withdrawn",),
        spot="spot",
        certificate="certificate",
    ),
    Events(record="event", state="state", open="open", way="way", held_on="held_on", places="places"),
    ways={
        "tree": Destination.TREE,
        "flower": Destination.FLOWER_BED,
        "lawn": Destination.LAWN,
        "sea": Destination.SEA,
    },
    graves=Graves(record="cemetery", left="plots_left"),
)
MEMORIAL = Record(
    "memorial",
    Label("追思活动", "Memorial ceremony"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True),
        Column("held_on", Label("日期", "Date"), Kind.DATE, needed=True, sorted=True),
        Column("place", Label("地点", "Place"), needed=True, searched=True),
        Column(
            "kind",
            Label("类型", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "collective": Label("集体共祭", "Collective"),
                "sea": Label("海上追思", "At sea"),
                "community": Label("社区追思会", "In a community"),
                "online": Label("网络祭扫", "Online"),
            },
        ),
        Column("participants", Label("参加人数", "Participants"), Kind.NUMBER, needed=True, sorted=True),
        Column("note", Label("说明", "Note"), Kind.NOTE, listed=False),
    ),
    name_by=("name",),
    dated="held_on",
)
MEETING = Record(
    "standard_meeting",
    Label("标准研讨会", "Meeting on the standard"),
    (
        Column("title", Label("会议", "Meeting"), needed=True, searched=True),
        Column("standard", Label("标准名称", "Standard"), needed=True, searched=True),
        Column("held_on", Label("日期", "Date"), Kind.DATE, needed=True, sorted=True),
        Column("place", Label("地点", "Place")),
        Column("participants", Label("参加人数", "Participants"), Kind.NUMBER),
        Column("outcome", Label("成果", "Outcome"), Kind.NOTE, listed=False),
    ),
    name_by=("title",),
    dated="held_on",
)
