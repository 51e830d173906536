"""Visits with an allowance, and the rehabilitation of children."""

from collections.abc import Iterable

from cardsvc.core.records import Column, Fault, Flow, Kind, Label, Move, Record, Values, Wrong


def _aid(row: Values) -> Iterable[Fault]:
    cost, aid = row.get("cost"), row.get("aid")
    if isinstance(cost, int) and isinstance(aid, int) and aid > cost:
        yield Fault("aid", Wrong.RULE, Label("资助超过总费用", "More than the cost"))


VISIT = Record(
    "visit",
    Label("走访慰问", "Visit with allowance"),
    (
        Column("visited_on", Label("走访日期", "Visited on"), Kind.DATE, needed=True, sorted=True),
        Column(
            "whom",
            Label("对象", "Whom"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "hardship": Label("困难群众", "Families in hardship"),
                "orphan": Label("孤儿", "Orphans"),
                "disabled_child": Label("残疾儿童", "Disabled children"),
            },
        ),
        Column("occasion", Label("事由", "Occasion"), searched=True),
        Column("place", Label("走访地点", "Place"), searched=True),
        Column("persons", Label("慰问人数", "People"), Kind.NUMBER, needed=True, sorted=True, low=1),
        Column("money", Label("慰问金", "Allowance"), Kind.MONEY, needed=True, sorted=True),
        Column("goods", Label("慰问品折价", "Goods, worth"), Kind.MONEY),
    ),
    name_by=("visited_on", "whom"),
    dated="visited_on",
)
REHABILITATION = Record(
    "rehabilitation",
    Label("儿童康复", "Child rehabilitation case"),
    (
        Column("child", Label("儿童姓名", "Child"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("orphan", Label("孤儿", "Orphan"), Kind.LINK, of="orphan", listed=False),
        Column("guardian", Label("监护人", "Guardian"), listed=False),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column("treatment", Label("手术或康复项目", "Surgery or training"), Kind.NOTE, listed=False),
        Column("institution", Label("定点机构", "Institution"), needed=True, searched=True),
        Column("applied_on", Label("申请日期", "Applied on"), Kind.DATE, needed=True, sorted=True),
        Column("cost", Label("总费用", "Whole cost"), Kind.MONEY, listed=False),
        Column("aid", Label("资助金额", "Aid"), Kind.MONEY, sorted=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "applied": Label("已申请", "Applied"),
                "accepted": Label("已受理", "Accepted"),
                "refused": Label("不符合", "Refused"),
                "treated": Label("康复中", "In treatment"),
                "finished": Label("已结案", "Finished"),
            },
        ),
        Column("accepted_on", Label("受理日期", "Accepted on"), Kind.DATE, sorted=True),
        Column("started_on", Label("入院日期", "Started on"), Kind.DATE, listed=False),
        Column("finished_on", Label("结案日期", "Finished on"), Kind.DATE, sorted=True),
    ),
    name_by=("child", "id_no", "applied_on"),
    dated="accepted_on",
    flow=Flow(
        "state",
        (
            Move("accept", Label("受理", "Accept"), ("applied",), "accepted", stamps="accepted_on"),
            Move("refuse", Label("不符合", "Refuse"), ("applied",), "refused"),
            Move("start", Label("开始康复", "Start"), ("accepted",), "treated", ("institution",), stamps="started_on"),
            Move("finish", Label("结案", "Finish"), ("treated",), "finished", ("cost", "aid"), stamps="finished_on"),
        ),
        waits=("applied", "accepted"),
        stops=("refused",),
        begins="applied_on",
    ),
    check=_aid,
)
