"""Cemeteries: where they lie, how their plots are built and priced, how many are left."""

from collections.abc import Iterator

from cardsvc.core.records import Column, Fault, Kind, Label, Record, Values, Wrong
from cardsvc.modules.burial_reform.graves import TOWN

PLOT_MOST = 100
"""Square decimetres of a plot for ashes, single or double (State Council Office, Guobanfa [1998] 25)."""
HEADSTONE_MOST = 80
"""Centimetres of a headstone (as in DB3307/T 103-2020; the city may set another)."""


def _number(values: Values, name: str) -> int:
    found = values.get(name)
    return found if isinstance(found, int) else 0


def left(values: Values) -> Values:
    """Plots that are left, and whether plot and headstone keep to the standard; none while it is not known."""
    known = values.get("plot_area") is not None and values.get("headstone") is not None
    keeps = _number(values, "plot_area") <= PLOT_MOST and _number(values, "headstone") <= HEADSTONE_MOST
    return {
        "plots_left": _number(values, "plots") - _number(values, "plots_used"),
        "within_standard": keeps if known else None,
    }


def _cemetery(values: Values) -> Iterator[Fault]:
    if _number(values, "plots_used") > _number(values, "plots"):
        yield Fault("plots_used", Wrong.RULE, Label("多于墓穴总数", "More than there are"))
    if values.get("kind") == "public_benefit" and values.get("price_basis") == "market":
        yield Fault("price_basis", Wrong.RULE, Label("公益性公墓不实行市场调节价", "Not for public benefit"))
    low, high = values.get("price_low"), values.get("price_high")
    if isinstance(low, int) and isinstance(high, int) and high < low:
        yield Fault("price_high", Wrong.RULE, Label("低于最低价", "Below the lowest price"))


CEMETERY = Record(
    "cemetery",
    Label("公墓", "Cemetery"),
    (
        Column("name", Label("名称", "Name"), needed=True, searched=True, sorted=True),
        Column(
            "kind",
            Label("性质", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "public_benefit": Label("公益性", "Public benefit"),
                "commercial": Label("经营性", "Commercial"),
            },
        ),
        TOWN,
        Column("point", Label("坐标", "Coordinates"), Kind.POINT, listed=False),
        Column("credit_code", Label("统一社会信用代码", "Credit code"), Kind.CREDIT_CODE, searched=True, listed=False),
        Column("approval", Label("批准文号", "Approval"), searched=True, listed=False),
        Column("approved_on", Label("批准日期", "Approved on"), Kind.DATE, sorted=True, listed=False),
        Column(
            "siting",
            Label("选址", "Siting"),
            Kind.CHOICE,
            filtered=True,
            listed=False,
            choices={
                "barren": Label("荒山瘠地", "Barren hill"),
                "old_graves": Label("旧坟集中区", "Where graves already were"),
                "extension": Label("原公墓扩建", "Extension of a cemetery"),
                "other": Label("其他", "Other"),
            },
        ),
        Column(
            "siting_lawful",
            Label("选址合规", "Lawful siting"),
            Kind.YES_NO,
            filtered=True,
            listed=False,
            help=Label(
                "避开耕地林地、风景名胜和文物保护区、水源保护区、铁路公路干线两侧（殡葬管理条例第十条）",
                "Not in fields, woods, parks, heritage or water areas, nor by main roads (Funeral Regulation, art. 10)",
            ),
        ),
        Column(
            "plot_area",
            Label("墓穴占地（平方分米）", "Plot in square decimetres"),
            Kind.NUMBER,
            high=10_000,
            listed=False,
            help=Label("骨灰墓不超过 100（1 平方米）", "For ashes no more than 100 (one square metre)"),
        ),
        Column("headstone", Label("墓碑高（厘米）", "Headstone in centimetres"), Kind.NUMBER, high=1000, listed=False),
        Column("within_standard", Label("建设达标", "Within the standard"), Kind.YES_NO, derived=True, filtered=True),
        Column(
            "price_basis",
            Label("定价方式", "Price basis"),
            Kind.CHOICE,
            filtered=True,
            choices={
                "government": Label("政府定价", "Set by the government"),
                "guided": Label("政府指导价", "Guided by the government"),
                "market": Label("市场调节价", "Market"),
                "free": Label("免费", "Free"),
            },
        ),
        Column("price_low", Label("最低价", "Lowest price"), Kind.MONEY, listed=False),
        Column("price_high", Label("最高价", "Highest price"), Kind.MONEY, listed=False),
        Column("price_document", Label("价格文号", "Price document"), listed=False),
        Column("plots", Label("墓穴总数", "Plots"), Kind.NUMBER, needed=True, sorted=True),
        Column("plots_used", Label("已用墓穴", "Plots used"), Kind.NUMBER, needed=True),
        Column("plots_left", Label("剩余墓穴", "Plots left"), Kind.NUMBER, derived=True, sorted=True),
    ),
    name_by=("name",),
    dated="approved_on",
    derive=left,
    check=_cemetery,
    point="point",
)
