"""Elders, the assessment of their needs, and the subsidy that follows from it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from cardsvc.core import standing
from cardsvc.core.records import Column, Effect, Fault, Flow, Kind, Label, Move, Record, Value, Values, Wrong
from cardsvc.modules import Payments
from cardsvc.modules.elder_care.needs import (
    ABILITY,
    ABILITY_MOST,
    FINANCES,
    GRADES,
    GRANTED,
    LIVING,
    NEEDS,
    assessed,
    granted,
)
from cardsvc.modules.elder_care.places import TOWN

WHO = ("name", "id_no", "born_on")
GIVEN = ("grade", "assessed_on", "subsidy", "suspended_on", "ended_on", "reason")
"""What the decision on an assessment says of its elder."""
VALID = timedelta(days=366)
"""How old an assessment may be when a subsidy is granted by it: at least once a year it is assessed anew."""


def _elder(values: Values) -> Iterator[Fault]:
    born, id_no = values.get("born_on"), values.get("id_no")
    seen = isinstance(id_no, str) and len(id_no) == 18  # a move sees it sealed
    if born is not None and seen and f"{born:%Y%m%d}" != str(id_no)[6:14]:
        yield Fault("born_on", Wrong.RULE, Label("与身份证号不一致", "The ID number says another day"))
    if values.get("subsidy") == "receiving":
        on, granted_on = values.get("assessed_on"), values.get("granted_on")
        if values.get("grade") in (None, "none") or not isinstance(on, date):
            said = Label("须有批准的需求评估和补贴等级", "There is no approved assessment with a grade")
            yield Fault("grade", Wrong.RULE, said)
        elif isinstance(granted_on, date) and granted_on - on > VALID:
            said = Label("需求评估已满一年，须重新评估", "The assessment is older than a year: assess anew")
            yield Fault("assessed_on", Wrong.RULE, said)


def _assessment(values: Values) -> Iterator[Fault]:
    if values.get("state") == "refused" and not values.get("reason"):
        yield Fault("reason", Wrong.MISSING)


def _served_no_more(_elder: Values, order: Values) -> Values:
    """What is bought for somebody whose death is told of stops."""
    return {"state": "suspended"} if order["state"] in ("ordered", "running") else {}


def _served_again(_elder: Values, order: Values) -> Values:
    return {"state": "running"} if order["state"] == "suspended" else {}


def _served_to_the_end(elder: Values, order: Values) -> Values:
    """What stopped with a death ends with it; what is bought for somebody who lives goes on without the subsidy."""
    died, since = elder["death_on"], order["since"]
    if order["state"] != "suspended" or not isinstance(died, date) or not isinstance(since, date):
        return {}
    return {"state": "ended", "until": max(died, since), "reason": "老年人死亡"}


def pays(elder: Values, day: date) -> bool:
    """Whether a subsidy could be paid to an elder on a local day (`standing.pays`)."""
    states = {"receiving": "active"} | {one: one for one in ("suspended", "death", "ended")}
    state, since = states.get(str(elder["subsidy"])), elder["granted_on"]
    return state is not None and standing.pays({**elder, "state": state, "since": since}, day)


def _payment(payment: Values, linked: Mapping[str, Values]) -> Iterator[Fault]:
    day = payment.get("paid_on")
    if "elder" in linked and isinstance(day, date) and not pays(linked["elder"], day):
        yield Fault("elder", Wrong.RULE, standing.NOT_IN_FORCE)


def _month(payment: Values) -> Values:
    """The month that a subsidy is of, as 2026-03: it is paid once a month."""
    day = payment.get("paid_on")
    return {"month": f"{day:%Y-%m}" if isinstance(day, date) else None}


def _decided(assessment: Values, elder: Values) -> Values:
    """The newest approved assessment says the grade; a grade without a subsidy ends it."""
    on, known = assessment["assessed_on"], elder["assessed_on"]
    if not isinstance(on, date) or (isinstance(known, date) and on < known):
        return {}
    found: dict[str, Value] = {"grade": assessment["grade"], "assessed_on": on}
    if assessment["grade"] == "none" and elder["subsidy"] in ("receiving", "suspended"):
        found |= {"subsidy": "ended", "ended_on": assessment["decided_on"], "reason": "评估等级为不予补贴"}
    return found


def _undecided(assessment: Values, elder: Values) -> Values:
    """What an assessment that is decided again had said is not known any more; what was paid by it waits."""
    if elder["assessed_on"] != assessment["assessed_on"]:
        return {}
    found: dict[str, Value] = {"grade": None, "assessed_on": None}
    if elder["subsidy"] == "receiving":
        found |= {"subsidy": "suspended", "suspended_on": assessment["reopened_on"], "reason": "评估重新审批"}
    return found


ELDER = Record(
    "elder",
    Label("老年人", "Elder"),
    (
        Column("name", Label("姓名", "Name"), needed=True, searched=True, sorted=True),
        Column("id_no", Label("身份证号", "ID number"), Kind.ID_NO, needed=True, searched=True, unique=True),
        Column("born_on", Label("出生日期", "Born on"), Kind.DATE, sorted=True),
        TOWN,
        Column("living", Label("居住状况", "Living"), Kind.CHOICE, choices=LIVING, filtered=True),
        Column(
            "subsidy",
            Label("补贴状态", "Subsidy"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "none": Label("未享受", "None"),
                "receiving": Label("享受中", "Receiving"),
                "suspended": Label("暂停", "Suspended"),
                "death": Label("死亡待核", "Death under review"),
                "ended": Label("已终止", "Ended"),
            },
        ),
        Column("grade", Label("补贴等级", "Grade"), Kind.CHOICE, choices=GRADES, given=True, filtered=True),
        Column("assessed_on", Label("评估日期", "Assessed on"), Kind.DATE, given=True, listed=False),
        Column("monthly", Label("月补贴", "Monthly subsidy"), Kind.MONEY, derived=True, sorted=True),
        Column("granted_on", Label("批准日期", "Granted on"), Kind.DATE, sorted=True),
        Column("suspended_on", Label("暂停日期", "Suspended on"), Kind.DATE, listed=False),
        Column("resumed_on", Label("恢复日期", "Resumed on"), Kind.DATE, listed=False),
        Column("death_on", Label("死亡待核日期", "Death under review since"), Kind.DATE, listed=False),
        Column("ended_on", Label("终止日期", "Ended on"), Kind.DATE, listed=False),
        Column("reason", Label("暂停或终止原因", "Why suspended or ended"), listed=False),
        Column("bank_account", Label("银行账号", "Bank account"), Kind.BANK_ACCOUNT, listed=False),
        Column("phone", Label("电话", "Telephone"), Kind.PHONE, searched=True, listed=False),
        Column("address", Label("住址", "Address"), listed=False),
        Column("contact", Label("紧急联系人", "Emergency contact"), listed=False),
        Column("contact_phone", Label("紧急联系人电话", "Their telephone"), Kind.PHONE, listed=False),
    ),
    name_by=("name", "id_no"),
    dated="granted_on",
    derive=granted,
    check=_elder,
    flow=Flow(
        "subsidy",
        (
            Move(
                "grant",
                Label("批准补贴", "Grant"),
                ("none", "ended"),
                "receiving",
                two=True,
                stamps="granted_on",
                clears=("suspended_on", "resumed_on", "death_on", "ended_on", "reason"),
            ),
            Move("correct", Label("更正身份", "Correct who it is"), GRANTED, "", fills=WHO, two=True),
            Move(
                "change_account",
                Label("变更银行账号", "Change the bank account"),
                GRANTED,
                "",
                fills=("bank_account",),
                two=True,
            ),
            Move(
                "suspend",
                Label("暂停", "Suspend"),
                ("receiving",),
                "suspended",
                fills=("reason",),
                stamps="suspended_on",
            ),
            Move(
                "resume",
                Label("恢复", "Resume"),
                ("suspended", "death"),
                "receiving",
                fills=("reason",),
                two=True,
                stamps="resumed_on",
                clears=("death_on",),
                effects=(Effect("elder", ("state",), _served_again, record="service_order"),),
            ),
            Move(
                "report_death",
                Label("报告死亡", "Report a death"),
                ("none", "receiving", "suspended"),
                "death",
                stamps="death_on",
                effects=(Effect("elder", ("state",), _served_no_more, record="service_order"),),
            ),
            Move(
                "end",
                Label("终止", "End"),
                ("receiving", "suspended", "death"),
                "ended",
                fills=("reason",),
                stamps="ended_on",
                effects=(Effect("elder", ("state", "until", "reason"), _served_to_the_end, record="service_order"),),
            ),
        ),
        guards=dict.fromkeys(GRANTED, (*WHO, "bank_account")),
        waits=("death",),
        stops=("death", "ended"),
        pauses=("suspended",),
        spans=("receiving", "suspended"),
    ),
)
ASSESSMENT = Record(
    "assessment",
    Label("需求评估", "Needs assessment"),
    (
        Column("elder", Label("老年人", "Elder"), Kind.LINK, of="elder", needed=True),
        Column("assessed_on", Label("评估日期", "Assessed on"), Kind.DATE, needed=True, sorted=True),
        Column("assessor", Label("评估人", "Assessor"), needed=True, searched=True, listed=False),
        Column(
            "kind",
            Label("评估类型", "Kind"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            listed=False,
            choices={
                "first": Label("首次评估", "First"),
                "regular": Label("定期评估", "Regular"),
                "changed": Label("状况变化评估", "After a change"),
                "review": Label("复核", "Review"),
            },
        ),
        Column("finances", Label("经济状况", "Finances"), Kind.CHOICE, needed=True, choices=FINANCES, filtered=True),
        Column("living", Label("居住状况", "Living"), Kind.CHOICE, needed=True, choices=LIVING, listed=False),
        Column(
            "ability_score",
            Label("能力评估得分", "Ability score"),
            Kind.NUMBER,
            needed=True,
            high=ABILITY_MOST,
            help=Label("GB/T 42195-2022，0 至 90 分", "GB/T 42195-2022, 0 to 90"),
        ),
        *(
            Column(
                f"needs_{name}",
                Label(f"需要{label.zh}", f"Needs: {label.en.lower()}"),
                Kind.YES_NO,
                needed=True,
                listed=False,
            )
            for name, label in NEEDS.items()
        ),
        Column(
            "ability",
            Label("能力等级", "Ability"),
            Kind.CHOICE,
            choices={name: label for _, name, label in ABILITY},
            derived=True,
            filtered=True,
        ),
        Column("points", Label("总分", "Points"), Kind.NUMBER, derived=True, sorted=True),
        Column("grade", Label("等级", "Grade"), Kind.CHOICE, choices=GRADES, derived=True, filtered=True),
        Column("monthly", Label("月补贴", "Monthly subsidy"), Kind.MONEY, derived=True),
        Column(
            "state",
            Label("状态", "State"),
            Kind.CHOICE,
            needed=True,
            filtered=True,
            choices={
                "assessed": Label("已评估", "Assessed"),
                "approved": Label("已批准", "Approved"),
                "refused": Label("未批准", "Refused"),
            },
        ),
        Column("decided_on", Label("审批日期", "Decided on"), Kind.DATE, listed=False),
        Column("reopened_on", Label("重新审批日期", "Opened again on"), Kind.DATE, listed=False),
        Column("reason", Label("未批准原因", "Why refused"), listed=False),
    ),
    name_by=("elder", "assessed_on"),
    dated="assessed_on",
    derive=assessed,
    check=_assessment,
    flow=Flow(
        "state",
        (
            Move(
                "approve",
                Label("批准", "Approve"),
                ("assessed",),
                "approved",
                two=True,
                stamps="decided_on",
                effects=(Effect("elder", GIVEN, _decided),),
            ),
            Move("refuse", Label("不批准", "Refuse"), ("assessed",), "refused", fills=("reason",), stamps="decided_on"),
            Move(
                "reopen",
                Label("重新审批", "Decide again"),
                ("approved",),
                "assessed",
                two=True,
                stamps="reopened_on",
                clears=("decided_on",),
                effects=(Effect("elder", GIVEN, _undecided),),
            ),
            Move(
                "look_again",
                Label("撤销不批准", "Take the refusal back"),
                ("refused",),
                "assessed",
                two=True,
                stamps="reopened_on",
                clears=("decided_on", "reason"),
            ),
        ),
        frozen=("approved", "refused"),
        waits=("assessed",),
        stops=("refused",),
        begins="assessed_on",
    ),
)
PAYMENT = Record(
    "subsidy_payment",
    Label("补贴发放", "Subsidy payment"),
    (
        Column("elder", Label("老年人", "Elder"), Kind.LINK, of="elder", needed=True),
        Column("paid_on", Label("发放日期", "Paid on"), Kind.DATE, needed=True, sorted=True),
        Column("month", Label("所属月份", "Month"), derived=True, listed=False),
        Column("amount", Label("金额", "Amount"), Kind.MONEY, needed=True, sorted=True, low=1),
        Column("voucher", Label("凭证号", "Voucher"), searched=True),
    ),
    name_by=("elder", "paid_on"),
    dated="paid_on",
    derive=_month,
    agree=_payment,
    as_on="paid_on",
    together=(("elder", "month"),),
)
PAYMENTS = Payments(
    record="elder",
    person="id_no",
    state="subsidy",
    paid=("receiving",),
    halted=("none", "suspended"),
    suspended="death",
    ledger="subsidy_payment",
    of="elder",
    day="paid_on",
    amount="amount",
)
