"""Private graves: the census, and their ecological conversion by six criteria."""

from collections.abc import Iterator

from cardsvc.core.records import Column, Effect, Fault, Flow, Kind, Label, Move, Record, Values, Wrong

CRITERIA = {
    "ring_removed": Label("拆除坟圈", "Ring removed"),
    "back_covered": Label("坟背覆土", "Back covered with soil"),
    "planted": Label("植树绿化", "Planted"),
    "headstone_kept": Label("保留墓碑", "Headstone kept"),
    "terrace_kept": Label("保留坟坦", "Front terrace kept"),
    "natural_look": Label("自然协调", "Natural look"),
}
"""The six criteria of an ecological conversion (MODULES.md)."""
TOWN = Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True)

GRAVE = Record(
    "grave",
    Label("私坟普查", "Private grave"),
    (
        Column("number", Label("编号", "Number"), needed=True, searched=True, sorted=True, unique=True),
        TOWN,
        Column("place", Label("地点", "Place"), needed=True, searched=True),
        Column("point", Label("坐标", "Coordinates"), Kind.POINT, listed=False),
        Column("visible", Label("道路可视", "Visible from a road"), Kind.YES_NO, needed=True, filtered=True),
        Column(
            "zone",
            Label("三沿五区", "Zone"),
            Kind.CHOICE,
            filtered=True,
            choices={
                "railway": Label("沿铁路", "Along a railway"),
                "road": Label("沿公路", "Along a road"),
                "waterway": Label("沿航道", "Along a waterway"),
                "farmland": Label("耕地", "Farmland"),
                "scenic": Label("风景名胜区", "Scenic area"),
                "heritage": Label("文物保护区", "Heritage area"),
                "water_source": Label("水源保护区", "Water source"),
                "planned": Label("城镇规划区", "Town planning area"),
                "other": Label("其他", "Elsewhere"),
            },
        ),
        Column(
            "form",
            Label("墓型", "Form"),
            Kind.CHOICE,
            filtered=True,
            choices={
                "chair": Label("椅子坟", "Chair grave"),
                "mound": Label("土坟", "Mound"),
                "slab": Label("水泥平顶坟", "Concrete slab"),
                "other": Label("其他", "Other"),
            },
        ),
        Column(
            "state",
            Label("现状", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "untreated": Label("未治理", "Untreated"),
                "listed": Label("列入改造计划", "To be converted"),
                "converted": Label("已生态化改造", "Converted"),
                "moved": Label("已迁移", "Moved"),
                "levelled": Label("已平毁深埋", "Levelled"),
                "protected": Label("文物保护，保留", "Protected"),
            },
        ),
        Column("surveyed_on", Label("普查日期", "Surveyed on"), Kind.DATE, needed=True, sorted=True),
        Column("built_year", Label("建造年份", "Built in"), Kind.NUMBER, low=1000, high=2100, listed=False),
        Column("pits", Label("墓穴数", "Pits"), Kind.NUMBER, high=100, listed=False),
        Column("area", Label("占地面积（平方米）", "Area in square metres"), Kind.NUMBER, high=10_000, listed=False),
        Column("family", Label("墓主家属", "Family"), searched=True, listed=False),
        Column("phone", Label("联系电话", "Telephone"), Kind.PHONE, searched=True, listed=False),
        Column("note", Label("备注", "Note"), Kind.NOTE, listed=False),
    ),
    name_by=("number", "place"),
    dated="surveyed_on",
    point="point",
)


def met(values: Values) -> Values:
    """How many of the six criteria a conversion meets."""
    return {"criteria_met": sum(bool(values.get(name)) for name in CRITERIA)}


def _conversion(values: Values) -> Iterator[Fault]:
    if values.get("state") == "accepted":
        for name in CRITERIA:
            if not values.get(name):
                yield Fault(name, Wrong.RULE, Label("未达标的不能验收", "It cannot be accepted without"))


def _grave_is(state: str) -> tuple[Effect, ...]:
    """The conversion's grave stands so in the census."""
    return (Effect("grave", ("state",), lambda conversion, grave: {"state": state}),)


CONVERSION = Record(
    "conversion",
    Label("生态化改造", "Ecological conversion"),
    (
        Column("grave", Label("坟墓", "Grave"), Kind.LINK, of="grave", needed=True),
        Column("converted_on", Label("改造日期", "Converted on"), Kind.DATE, needed=True, sorted=True),
        Column("contractor", Label("施工单位", "Contractor"), searched=True),
        Column("cost", Label("费用", "Cost"), Kind.MONEY, sorted=True, listed=False),
        *(
            Column(name, label, Kind.YES_NO, needed=True, filtered=True, listed=False)
            for name, label in CRITERIA.items()
        ),
        Column("criteria_met", Label("达标项数", "Criteria met"), Kind.NUMBER, derived=True, sorted=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "done": Label("已完工待验收", "To be inspected"),
                "accepted": Label("已验收", "Accepted"),
                "sent_back": Label("返工", "Sent back"),
            },
        ),
        Column("accepted_on", Label("验收日期", "Accepted on"), Kind.DATE, listed=False),
        Column("finding", Label("验收意见", "Finding"), Kind.NOTE, listed=False),
    ),
    name_by=("grave", "converted_on"),
    dated="converted_on",
    derive=met,
    check=_conversion,
    flow=Flow(
        "state",
        (
            Move(
                "accept",
                Label("验收", "Accept"),
                ("done",),
                "accepted",
                two=True,
                stamps="accepted_on",
                effects=_grave_is("converted"),
            ),
            Move("send_back", Label("返工", "Send back"), ("done",), "sent_back", fills=("finding",)),
            Move("redo", Label("整改完成", "Done again"), ("sent_back",), "done"),
            Move(
                "reopen",
                Label("重新验收", "Inspect again"),
                ("accepted",),
                "done",
                two=True,
                clears=("accepted_on",),
                effects=_grave_is("listed"),
            ),
        ),
        frozen=("accepted",),
        waits=("done",),
        pauses=("sent_back",),
        begins="converted_on",
    ),
)
