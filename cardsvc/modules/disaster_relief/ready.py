"""Being ready: shelters that everybody finds, officers who report, plans that are kept up to date."""

from collections.abc import Iterator
from types import MappingProxyType

from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Values, Wrong

TOWN = Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True)
LEVELS = {
    "county": Label("县级", "County"),
    "town": Label("乡级", "Town"),
    "village": Label("村级", "Village"),
}
LEAST = MappingProxyType({"county": 200, "town": 100, "village": 50})
"""People that a shelter of a level holds at least (Zhejiang: opinion on standardised shelters, section 1)."""
KINDS = {
    "relief": Label("自然灾害救助", "Natural disaster relief"),
    "typhoon": Label("防台防汛", "Typhoon and flood"),
    "snow": Label("抗雪防冻", "Snow and frost"),
    "earthquake": Label("地震", "Earthquake"),
    "geology": Label("地质灾害", "Landslides"),
    "drought": Label("抗旱", "Drought"),
}


def large_enough(values: Values) -> Values:
    """Whether a shelter holds as many people as one of its level must; none while either is not known."""
    capacity, least = values.get("capacity"), LEAST.get(str(values.get("level")))
    return {"large_enough": capacity >= least if isinstance(capacity, int) and least is not None else None}


def _shelter(values: Values) -> Iterator[Fault]:
    if values.get("published") and values.get("state") != "ready":
        yield Fault("published", Wrong.RULE, Label("不可用的不公布", "Only one that can be used is published"))
    if values.get("published") and values.get("published_on") is None:
        yield Fault("published_on", Wrong.MISSING)


SHELTER = Record(
    "shelter",
    Label("避灾安置场所", "Shelter"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column("level", Label("级别", "Level"), Kind.CHOICE, needed=True, choices=LEVELS, filtered=True),
        TOWN,
        Column("address", Label("地址", "Address"), needed=True),
        Column("point", Label("坐标", "Coordinates"), Kind.POINT, listed=False),
        Column("capacity", Label("可容纳人数", "People it holds"), Kind.NUMBER, needed=True, sorted=True, low=1),
        Column("large_enough", Label("容量达标", "Large enough"), Kind.YES_NO, derived=True, filtered=True),
        Column(
            "form",
            Label("类型", "Kind"),
            Kind.CHOICE,
            filtered=True,
            listed=False,
            choices={"indoor": Label("室内", "Indoors"), "outdoor": Label("室外", "Outdoors")},
        ),
        Column(
            "equipment",
            Label("设施物资", "Equipment"),
            Kind.NOTE,
            listed=False,
            help=Label("床铺、饮水、照明、医疗等", "Beds, water, light, medicine"),
        ),
        Column("office_phone", Label("值班电话", "Duty telephone"), listed=False),
        Column("manager", Label("负责人", "Manager"), searched=True, listed=False),
        Column("manager_phone", Label("负责人电话", "Manager's telephone"), Kind.PHONE, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "ready": Label("可用", "Ready"),
                "repair": Label("维修中", "Under repair"),
                "withdrawn": Label("已撤销", "Withdrawn"),
            },
        ),
        Column("published", Label("向社会公布", "Published"), Kind.YES_NO, needed=True, filtered=True),
        Column("published_on", Label("公布日期", "Published on"), Kind.DATE, sorted=True),
    ),
    name_by=("name",),
    dated="published_on",
    derive=large_enough,
    check=_shelter,
    published="published",
    public=("name", "level", "town", "address", "point", "capacity", "form", "office_phone"),
    point="point",
)
OFFICER = Record(
    "officer",
    Label("灾害信息员", "Disaster-information officer"),
    (
        Column("name", Label("姓名", "Name"), needed=True, searched=True, sorted=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True, unique=True),
        Column("phone", Label("手机", "Mobile"), Kind.PHONE, needed=True, searched=True),
        Column("level", Label("级别", "Level"), Kind.CHOICE, needed=True, choices=LEVELS, filtered=True),
        TOWN,
        Column("village", Label("村（社区）", "Village"), searched=True, sorted=True),
        Column("appointed_on", Label("任职日期", "Appointed on"), Kind.DATE, needed=True, sorted=True),
        Column("left_on", Label("离任日期", "Left on"), Kind.DATE, listed=False),
        Column("certificate", Label("证书编号", "Certificate"), searched=True, listed=False),
        Column("serving", Label("在任", "Serving"), Kind.YES_NO, derived=True, filtered=True),
    ),
    name_by=("name", "id_no", "village"),
    dated="appointed_on",
    derive=lambda values: {"serving": values.get("left_on") is None},
)
TRAINING = Record(
    "training",
    Label("培训班", "Training"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True),
        Column("level", Label("级别", "Level"), Kind.CHOICE, needed=True, choices=LEVELS, filtered=True),
        Column("held_on", Label("日期", "Date"), Kind.DATE, needed=True, sorted=True),
        Column("days", Label("天数", "Days"), Kind.NUMBER, low=1, high=30),
        Column("place", Label("地点", "Place"), searched=True),
        Column("subject", Label("内容", "Subject"), Kind.NOTE, listed=False),
    ),
    name_by=("name", "held_on"),
    dated="held_on",
)
ATTENDANCE = Record(
    "attendance",
    Label("参训记录", "Attendance"),
    (
        Column("officer", Label("灾害信息员", "Officer"), Kind.LINK, of="officer", needed=True),
        Column("training", Label("培训班", "Training"), Kind.LINK, of="training", needed=True),
        Column("attended_on", Label("日期", "Date"), Kind.DATE, needed=True, sorted=True),
        Column("passed", Label("考核合格", "Passed"), Kind.YES_NO, needed=True, filtered=True),
    ),
    name_by=("officer", "attended_on"),
    dated="attended_on",
)
PLAN = Record(
    "plan",
    Label("应急预案", "Emergency plan"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "level",
            Label("级别", "Level"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"city": Label("市级", "City")} | LEVELS,
        ),
        Column("kind", Label("灾种", "Kind"), Kind.CHOICE, needed=True, choices=KINDS, filtered=True),
        Column("unit", Label("编制单位", "Drawn up by"), searched=True),
        Column("issued_on", Label("首次印发日期", "First issued on"), Kind.DATE, sorted=True),
        Column("document", Label("文号", "Document"), searched=True, listed=False),
    ),
    name_by=("name",),
    dated="issued_on",
)


def _revision(values: Values) -> Iterator[Fault]:
    if values.get("state") == "issued" and not values.get("document"):
        yield Fault("document", Wrong.MISSING)


REVISION = Record(
    "revision",
    Label("预案修订", "Revision of a plan"),
    (
        Column("plan", Label("应急预案", "Plan"), Kind.LINK, of="plan", needed=True),
        Column("revised_on", Label("修订日期", "Revised on"), Kind.DATE, needed=True, sorted=True),
        Column("changes", Label("修订内容", "Changes"), Kind.NOTE, needed=True, listed=False),
        Column("drill", Label("是否演练", "Drilled"), Kind.YES_NO, filtered=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "drafted": Label("修订中", "Being revised"),
                "reviewed": Label("已评审", "Reviewed"),
                "issued": Label("已印发", "Issued"),
            },
        ),
        Column("document", Label("文号", "Document"), searched=True),
        Column("issued_on", Label("印发日期", "Issued on"), Kind.DATE, sorted=True),
    ),
    name_by=("plan", "revised_on"),
    dated="revised_on",
    check=_revision,
    flow=Flow(
        "state",
        (
            Move("review", Label("通过评审", "Review"), ("drafted",), "reviewed"),
            Move("return", Label("退回修改", "Send back"), ("reviewed",), "drafted"),
            Move("issue", Label("印发", "Issue"), ("reviewed",), "issued", fills=("document",), stamps="issued_on"),
        ),
        waits=("reviewed",),
        begins="revised_on",
    ),
)
