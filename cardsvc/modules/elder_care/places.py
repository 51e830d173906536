"""Where elders are cared for: centres, institutions, and those that others learn from."""

from collections.abc import Iterator

from cardsvc.core.records import Column, Fault, Kind, Label, Record, Values, Wrong

TOWN = Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True)


def _site(values: Values) -> Iterator[Fault]:
    is_open = values.get("state") in ("open", "closed")
    if is_open and values.get("opened_on") is None:
        yield Fault("opened_on", Wrong.RULE, Label("已运营的要有运营日期", "What has opened has a day of opening"))
    if not is_open and values.get("opened_on") is not None:
        yield Fault("opened_on", Wrong.RULE, Label("未运营的没有运营日期", "What has not opened has no such day"))
    if values.get("state") == "open" and values.get("kind") == "institution" and not values.get("beds"):
        yield Fault("beds", Wrong.RULE, Label("养老机构要有床位数", "An institution has beds"))


SITE = Record(
    "care_site",
    Label("养老服务设施", "Care site"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "kind",
            Label("类型", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "community_centre": Label("社区居家养老服务照料中心", "Community day-care centre"),
                "town_centre": Label("镇级居家养老服务中心", "Town centre"),
                "institution": Label("养老机构", "Institution"),
            },
        ),
        TOWN,
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "intended": Label("意向", "Intended"),
                "planned": Label("拟建", "Planned"),
                "under_construction": Label("在建", "Under construction"),
                "open": Label("已运营", "Open"),
                "closed": Label("已停办", "Closed"),
            },
        ),
        Column(
            "run_by",
            Label("运营方式", "Run by"),
            Kind.CHOICE,
            filtered=True,
            listed=False,
            choices={
                "public": Label("公建公营", "Publicly built and run"),
                "contracted": Label("公建民营", "Publicly built, privately run"),
                "private": Label("民办", "Private"),
            },
        ),
        Column("credit_code", Label("统一社会信用代码", "Credit code"), Kind.CREDIT_CODE, searched=True, listed=False),
        Column("beds", Label("床位数", "Beds"), Kind.NUMBER, sorted=True, high=10_000),
        Column("opened_on", Label("运营日期", "Opened on"), Kind.DATE, sorted=True),
        Column("address", Label("地址", "Address"), listed=False),
        Column("point", Label("坐标", "Coordinates"), Kind.POINT, listed=False),
        Column("office_phone", Label("办公电话", "Office telephone"), listed=False),
    ),
    name_by=("name",),
    dated="opened_on",
    check=_site,
    point="point",
)
DEMONSTRATION = Record(
    "demonstration",
    Label("示范点", "Demonstration point"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True),
        Column("care_site", Label("养老服务设施", "Care site"), Kind.LINK, of="care_site"),
        Column("named_on", Label("命名日期", "Named on"), Kind.DATE, needed=True, sorted=True),
        Column("note", Label("说明", "Note"), Kind.NOTE, listed=False),
    ),
    name_by=("name",),
    dated="named_on",
)
