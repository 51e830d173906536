"""Relief after a disaster: batches of money and goods, approved by two, handed out."""

from collections.abc import Iterator

from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Values, Wrong


def _batch(values: Values) -> Iterator[Fault]:
    people, households = values.get("people"), values.get("households")
    if isinstance(people, int) and isinstance(households, int) and people < households:
        yield Fault("people", Wrong.RULE, Label("少于户数", "Fewer than households"))
    if not values.get("money") and not values.get("goods_value"):
        yield Fault("money", Wrong.RULE, Label("款物至少填一项", "Money, goods or both"))


def per_head(values: Values) -> Values:
    """The mean of money and goods for each person, in whole fen, the rest left out."""
    people, money, goods = (values.get(name) or 0 for name in ("people", "money", "goods_value"))
    if not isinstance(people, int) or not isinstance(money, int) or not isinstance(goods, int) or people == 0:
        return {"per_head": None}
    return {"per_head": (money + goods) // people}


BATCH = Record(
    "relief_batch",
    Label("救助批次", "Relief batch"),
    (
        Column("number", Label("批次号", "Number"), needed=True, searched=True, sorted=True, unique=True),
        Column(
            "kind",
            Label("救助类型", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "winter_spring": Label("冬春救助", "Winter and spring hardship"),
                "snow": Label("低温雨雪冰冻", "Snow and frost"),
                "typhoon": Label("台风洪涝", "Typhoon and flood"),
                "drought": Label("旱灾", "Drought"),
                "fire": Label("火灾", "Fire"),
                "other": Label("其他", "Other"),
            },
        ),
        Column("relieved_on", Label("救助日期", "Day of relief"), Kind.DATE, needed=True, sorted=True),
        Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True),
        Column("households", Label("户数", "Households"), Kind.NUMBER, needed=True, low=1, listed=False),
        Column("people", Label("人数", "People"), Kind.NUMBER, needed=True, sorted=True, low=1),
        Column("money", Label("救助资金", "Money"), Kind.MONEY, sorted=True),
        Column("goods", Label("救助物资", "Goods"), Kind.NOTE, listed=False),
        Column("goods_value", Label("物资折价", "Value of goods"), Kind.MONEY),
        Column("per_head", Label("人均", "For each person"), Kind.MONEY, derived=True, listed=False),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "drafted": Label("已拟定", "Drafted"),
                "approved": Label("已批准", "Approved"),
                "handed_out": Label("已发放", "Handed out"),
                "cancelled": Label("已取消", "Cancelled"),
            },
        ),
        Column("approved_on", Label("批准日期", "Approved on"), Kind.DATE, listed=False),
        Column("handed_out_on", Label("发放日期", "Handed out on"), Kind.DATE, listed=False),
        Column("note", Label("备注", "Note"), Kind.NOTE, listed=False),
    ),
    name_by=("number",),
    dated="relieved_on",
    derive=per_head,
    check=_batch,
    flow=Flow(
        "state",
        (
            Move("approve", Label("批准", "Approve"), ("drafted",), "approved", two=True, stamps="approved_on"),
            Move("hand_out", Label("发放完成", "Handed out"), ("approved",), "handed_out", stamps="handed_out_on"),
            Move("cancel", Label("取消", "Cancel"), ("drafted", "approved"), "cancelled", fills=("note",)),
            Move("recall", Label("退回更正", "Recall"), ("approved", "handed_out"), "drafted", two=True),
        ),
        frozen=("approved", "handed_out"),
        waits=("drafted", "approved"),
        stops=("cancelled",),
    ),
)
