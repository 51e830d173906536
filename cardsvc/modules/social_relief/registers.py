"""Who is entitled: households and their members, single severely disabled people, orphans, and by which standard."""

from collections.abc import Iterable
from datetime import date

from cardsvc.core import standing
from cardsvc.core.records import Column, Effect, Fault, Flow, Kind, Label, Move, Record, Values, Wrong

KINDS = {
    "subsistence": Label("最低生活保障", "Minimum living allowance"),
    "destitute": Label("特困人员供养", "Destitute, supported"),
    "borderline": Label("低保边缘", "Borderline"),
}
ANEW = Label("类别变动时终止本证，另立新证", "When the kind changes, end this record and make a new one")
PLACES = {"urban": Label("城镇", "Urban"), "rural": Label("农村", "Rural")}
FAMILY = {
    "head": Label("户主", "Head"),
    "spouse": Label("配偶", "Spouse"),
    "child": Label("子女", "Child"),
    "parent": Label("父母", "Parent"),
    "other": Label("其他", "Other"),
}
DISABILITIES = {
    "sight": Label("视力", "Sight"),
    "hearing": Label("听力", "Hearing"),
    "speech": Label("言语", "Speech"),
    "limbs": Label("肢体", "Limbs"),
    "intellect": Label("智力", "Intellect"),
    "mind": Label("精神", "Mind"),
    "several": Label("多重", "Several"),
}


def _allowance(row: Values) -> Values:
    """The monthly allowance: what a household's income lacks to the standard; the destitute have the standard.

    Source: 社会救助暂行办法, articles 12 and 16; the standard is the county's of the day, so it stands in the row.
    """
    whole = _number(row, "standard") * _number(row, "persons")
    match row.get("kind"):
        case "subsistence":
            return {"allowance": max(0, whole - _number(row, "income"))}
        case "destitute":
            return {"allowance": whole}
        case _:
            return {"allowance": 0}


def _number(row: Values, name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) else 0


def _severe(row: Values) -> Iterable[Fault]:
    """Severe is grade 1 or 2; of intellect and mind grade 3 too (残疾人残疾分类和分级, GB/T 26341)."""
    if _number(row, "grade") > (3 if row.get("kind") in ("intellect", "mind") else 2):
        yield Fault("grade", Wrong.RULE, Label("不是重度残疾", "Not a severe disability"))


def _finding(row: Values) -> Values:
    """Income per head, up to the fen, against the standard and the borderline; property above its limit ends it."""
    persons, standard = max(1, _number(row, "persons")), _number(row, "standard")
    per_head = _number(row, "income") // persons
    found = "above"
    if _number(row, "property") <= _number(row, "property_most"):
        if _number(row, "income") < standard * persons:
            found = "subsistence"
        elif _number(row, "income") * 100 <= standard * persons * _number(row, "borderline"):
            found = "borderline"
    return {"per_head": per_head, "finding": found}


def _too_much(check: Values, household: Values) -> Values:
    """A household in force that has more than its kind may is suspended from the day of the report."""
    on, since = check["reported_on"], household["since"]
    within = {"borderline": ("subsistence", "borderline")}.get(str(household["kind"]), ("subsistence",))
    early = isinstance(on, date) and isinstance(since, date) and on < since
    if household["state"] != "active" or check["finding"] in within or early:
        return {}
    return {"state": "suspended", "suspended_on": on, "reason": "means"}


STANDARD = Record(
    "standard",
    Label("保障标准", "Standard"),
    (
        Column("document", Label("文号", "Document"), needed=True, searched=True),
        Column(
            "of",
            Label("项目", "For"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "subsistence": KINDS["subsistence"],
                "destitute": KINDS["destitute"],
                "orphan_at_home": Label("散居孤儿", "Orphan at home"),
                "orphan_institution": Label("集中供养孤儿", "Orphan in an institution"),
            },
        ),
        Column("monthly", Label("每人每月标准", "Per head and month"), Kind.MONEY, needed=True, sorted=True, low=1),
        Column("since", Label("起始日期", "Since"), Kind.DATE, needed=True, sorted=True),
        Column("until", Label("截止日期", "Until"), Kind.DATE),
    ),
    name_by=("document", "of"),
    dated="since",
)
HOUSEHOLD = Record(
    "household",
    Label("救助家庭", "Household"),
    (
        standing.numbered("救助证号", "Certificate number"),
        Column("head", Label("户主", "Head"), needed=True, searched=True),
        Column("kind", Label("类别", "Kind"), Kind.CHOICE, needed=True, filtered=True, choices=KINDS, help=ANEW),
        Column(
            "residence",
            Label("户籍", "Residence"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices=PLACES,
            listed=False,
        ),
        Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True),
        Column("address", Label("住址", "Address"), listed=False),
        Column("phone", Label("联系电话", "Phone"), Kind.PHONE, listed=False),
        Column("account", Label("银行账号", "Bank account"), Kind.BANK_ACCOUNT, listed=False),
        Column("persons", Label("保障人口", "People covered"), Kind.NUMBER, needed=True, sorted=True, low=1, high=30),
        Column("standard", Label("每人每月标准", "Standard per head"), Kind.MONEY, needed=True, listed=False),
        Column("income", Label("家庭月收入", "Monthly income"), Kind.MONEY, needed=True, listed=False),
        Column("allowance", Label("月保障金", "Monthly allowance"), Kind.MONEY, derived=True, sorted=True),
        *standing.columns(dies=False),
    ),
    name_by=("number", "head"),
    dated="since",
    derive=_allowance,
    check=standing.faults,
    flow=standing.flow(False, ("persons", "standard", "income"), "account", ("head", "kind"), "number"),
)
MEMBER = Record(
    "member",
    Label("家庭成员", "Member"),
    (
        Column("name", Label("姓名", "Name"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("relation", Label("与户主关系", "Relation"), Kind.CHOICE, needed=True, filtered=True, choices=FAMILY),
        Column("household", Label("救助家庭", "Household"), Kind.LINK, needed=True, of="household"),
        Column("share", Label("个人月保障金", "Own share a month"), Kind.MONEY),
        *standing.columns(),
    ),
    name_by=("name", "id_no"),
    dated="since",
    check=standing.faults,
    flow=standing.flow(paid=("share",), who=("name", "id_no", "household")),
)
SINGLE = Record(
    "single",
    Label("重度残疾人单人保", "Severely disabled, covered singly"),
    (
        standing.numbered("救助证号", "Certificate number"),
        Column("name", Label("姓名", "Name"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column("household", Label("所在边缘家庭", "Borderline household"), Kind.LINK, of="household", listed=False),
        Column("town", Label("乡镇（街道）", "Town"), searched=True, sorted=True, listed=False),
        Column("kind", Label("残疾类别", "Disability"), Kind.CHOICE, needed=True, filtered=True, choices=DISABILITIES),
        Column("grade", Label("残疾等级", "Grade"), Kind.NUMBER, needed=True, filtered=True, low=1, high=4),
        Column("account", Label("银行账号", "Bank account"), Kind.BANK_ACCOUNT, listed=False),
        Column("monthly", Label("月保障金", "Monthly allowance"), Kind.MONEY, needed=True, sorted=True),
        *standing.columns(),
    ),
    name_by=("number", "name"),
    dated="since",
    check=lambda row: (*standing.faults(row), *_severe(row)),
    flow=standing.flow(paid=("monthly",), account="account", who=("name", "id_no"), number="number"),
)


INCOME_CHECK = Record(
    "income_check",
    Label("家庭经济状况核对", "Income check"),
    (
        Column("household", Label("救助家庭", "Household"), Kind.LINK, of="household", listed=False),
        Column("head", Label("申请人", "Applicant"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, searched=True),
        Column("asked_on", Label("委托日期", "Asked on"), Kind.DATE, needed=True, sorted=True),
        Column("persons", Label("家庭人口", "Persons"), Kind.NUMBER, needed=True, low=1, high=30),
        Column("income", Label("家庭月收入", "Monthly income"), Kind.MONEY, needed=True, listed=False),
        Column("property", Label("金融资产", "Savings and securities"), Kind.MONEY, needed=True, listed=False),
        Column("property_most", Label("财产限额", "Property allowed"), Kind.MONEY, needed=True, listed=False),
        Column("standard", Label("每人每月标准", "Standard per head"), Kind.MONEY, needed=True, low=1, listed=False),
        Column(
            "borderline",
            Label("边缘线（标准的 %）", "Borderline, % of the standard"),
            Kind.NUMBER,
            needed=True,
            low=100,
            high=300,
            listed=False,
        ),
        Column("per_head", Label("人均月收入", "Income per head"), Kind.MONEY, derived=True, sorted=True),
        Column(
            "finding",
            Label("核对结论", "Finding"),
            Kind.CHOICE,
            derived=True,
            filtered=True,
            choices={
                "subsistence": Label("符合低保", "Within the allowance"),
                "borderline": Label("符合低保边缘", "Borderline"),
                "above": Label("不符合", "Above"),
            },
        ),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"asked": Label("核对中", "Asked"), "reported": Label("已出报告", "Reported")},
        ),
        Column("reported_on", Label("报告日期", "Reported on"), Kind.DATE, sorted=True),
    ),
    name_by=("head", "id_no", "asked_on"),
    dated="asked_on",
    derive=_finding,
    flow=Flow(
        "state",
        (
            Move(
                "report",
                Label("出具报告", "Report"),
                ("asked",),
                "reported",
                stamps="reported_on",
                effects=(Effect("household", ("state", "suspended_on", "reason"), _too_much),),
            ),
        ),
        waits=("asked",),
        begins="asked_on",
    ),
)


ORPHAN = Record(
    "orphan",
    Label("孤儿", "Orphan"),
    (
        standing.numbered("儿童福利证号", "Certificate number"),
        Column("name", Label("姓名", "Name"), needed=True, searched=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True),
        Column(
            "kind",
            Label("类别", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "orphan": Label("孤儿", "Orphan"),
                "uncared": Label("事实无人抚养儿童", "De facto without care"),
            },
        ),
        Column(
            "placement",
            Label("安置方式", "Placement"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={"home": Label("散居", "At home"), "institution": Label("集中供养", "In an institution")},
        ),
        Column("disabled", Label("残疾", "Disabled"), Kind.YES_NO, needed=True, filtered=True, listed=False),
        Column("guardian", Label("监护人或机构", "Guardian or institution"), needed=True, listed=False),
        Column("guardian_phone", Label("监护人电话", "Guardian's phone"), Kind.PHONE, listed=False),
        Column("account", Label("银行账号", "Bank account"), Kind.BANK_ACCOUNT, listed=False),
        Column("standard", Label("适用标准", "By standard"), Kind.LINK, of="standard", listed=False),
        Column("monthly", Label("月基本生活费", "Living allowance a month"), Kind.MONEY, needed=True, sorted=True),
        *standing.columns(),
    ),
    name_by=("number", "name"),
    dated="since",
    check=standing.faults,
    flow=standing.flow(paid=("monthly",), account="account", who=("name", "id_no"), number="number"),
)
