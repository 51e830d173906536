"""How a record of somebody entitled stands: applied for, from a day on, suspended and resumed, ended or withdrawn.

What two people agree to is not begun by one: a new record is applied for, and two approve it; from then on two change
what is paid, to which account, and whose it is.

Days count, not when they were entered: what a register answers about a day follows from them alone, also afterwards
(MODULES.md, cross-links 1 and 2). Of several suspensions a row's columns know the last: who asks of a day hands in the
row as it answers about it (`rows.agreeing.stood_on`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum

from cardsvc.core.records import Basis, Column, Fault, Flow, Kind, Label, Move, Values, Wrong
from cardsvc.core.registers import RecordState


class Standing(StrEnum):
    """The states of such a record; `DEATH` waits for somebody to look at a death that was told of the person."""

    APPLIED = "applied"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DEATH = "death"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"


STATES = {
    Standing.APPLIED.value: Label("待批准", "To be approved"),
    Standing.ACTIVE.value: Label("享受待遇", "In force"),
    Standing.SUSPENDED.value: Label("暂停", "Suspended"),
    Standing.DEATH.value: Label("死亡待核", "Death under review"),
    Standing.ENDED.value: Label("终止", "Ended"),
    Standing.WITHDRAWN.value: Label("撤销", "Withdrawn"),
    Standing.REFUSED.value: Label("不予批准", "Refused"),
}
WHY = {
    "recheck": Label("复核不符合条件", "Conditions no longer met"),
    "means": Label("收入或财产变化", "Income or property changed"),
    "moved": Label("迁出", "Moved away"),
    "unreachable": Label("无法联系", "Not reached"),
    "declared_wrongly": Label("虚报、隐瞒", "Declared wrongly"),
    "death": Label("死亡", "Death"),
    "not_dead": Label("经核未死亡", "Not dead, as reviewed"),
    "other": Label("其他", "Other"),
}
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}")
"""What a bill can name: a `Code`, as facts have it."""
NUMBER_HELP = Label("只用字母、数字和 . _ -，至多 32 位", "Letters, digits, . _ -, at most 32")
NOT_IN_FORCE = Label("发放日不在享受待遇期间", "Not in force on the day of the payment")
_LIVING = (Standing.ACTIVE.value, Standing.SUSPENDED.value)
STOPPED = (Standing.SUSPENDED.value, Standing.ENDED.value, Standing.WITHDRAWN.value, Standing.REFUSED.value)
TERM = ("since", "until")
"""For how long something is paid: as much money as what is paid a month."""


def numbered(zh: str = "证号", en: str = "Number") -> Column:
    """The column of the number by which a record is named on a bill."""
    return Column("number", Label(zh, en), needed=True, unique=True, searched=True, sorted=True, help=NUMBER_HELP)


def columns(dies: bool = True) -> tuple[Column, ...]:
    """The columns of a standing; `since` and `until` are the first and last day of the grant.

    `dies`: it is a person's; a household's knows no death.
    """
    states = {name: label for name, label in STATES.items() if dies or name != Standing.DEATH}
    told = Column("death_on", Label("死亡待核日期", "Death under review since"), Kind.DATE, listed=False)
    return (
        Column("state", Label("状态", "State"), Kind.CHOICE, needed=True, filtered=True, choices=states),
        Column("since", Label("起始日期", "Since"), Kind.DATE, needed=True, sorted=True),
        Column("until", Label("有效期至", "Until"), Kind.DATE, sorted=True, listed=False),
        Column("suspended_on", Label("暂停日期", "Suspended on"), Kind.DATE, listed=False),
        Column("resumed_on", Label("恢复日期", "Resumed on"), Kind.DATE, listed=False),
        *((told,) if dies else ()),
        Column("ended_on", Label("终止日期", "Ended on"), Kind.DATE, listed=False),
        Column("reason", Label("变动原因", "Reason of the change"), Kind.CHOICE, choices=WHY, listed=False),
    )


def flow(
    dies: bool = True,
    paid: tuple[str, ...] = (),
    account: str = "",
    who: tuple[str, ...] = (),
    number: str = "",
    stands_on: Basis | None = None,
) -> Flow:
    """How a standing moves; `dies` as in `columns`. What was stopped goes on by two, while what it stands on holds.

    `paid`: the columns that say how much is paid, `account` to where, `who` whose it is, `number` by which number bills
    name it: two change them in force.
    """
    told = (Standing.DEATH.value,) if dies else ()
    open_ = (*_LIVING, *told)
    changes = (
        ("change", Label("变更待遇", "Change what is paid"), (*paid, *TERM)),
        ("change_account", Label("变更银行账号", "Change the bank account"), (account,) if account else ()),
        ("correct", Label("更正身份", "Correct who it is"), who),
        ("renumber", Label("更正证号", "Correct the number"), (number,) if number else ()),
    )
    moves = (
        Move("approve", Label("批准", "Approve"), ("applied",), "active", two=True, from_start=True),
        Move("refuse", Label("不予批准", "Refuse"), ("applied",), "refused", ("reason",)),
        Move("apply_again", Label("重新申请", "Apply again"), ("refused",), "applied", clears=("reason",)),
        Move("suspend", Label("暂停", "Suspend"), ("active",), "suspended", ("reason",), stamps="suspended_on"),
        Move(
            "resume",
            Label("恢复", "Resume"),
            ("suspended",),
            "active",
            ("reason",),
            two=True,
            stamps="resumed_on",
            stands_on=stands_on,
        ),
        Move("report_death", Label("报告死亡", "Report a death"), _LIVING, "death", stamps="death_on"),
        Move(
            "not_dead",
            Label("经核未死亡", "Not dead: go on"),
            told,
            "active",
            ("reason",),
            two=True,
            stamps="resumed_on",
            clears=("death_on",),
            stands_on=stands_on,
        ),
        Move("end", Label("终止", "End"), open_, "ended", ("reason",), stamps="ended_on"),
        Move("withdraw", Label("撤销", "Withdraw"), open_, "withdrawn", ("reason",), two=True, stamps="ended_on"),
        *(Move(name, label, open_, "", fills, two=True) for name, label, fills in changes if fills),
    )
    made = tuple(one for one in moves if dies or one.name not in ("report_death", "not_dead"))
    stops = (*told, Standing.ENDED.value, Standing.WITHDRAWN.value, Standing.REFUSED.value)
    guarded = tuple(name for _, _, fills in changes for name in fills)
    return Flow(
        "state",
        made,
        (Standing.WITHDRAWN.value, Standing.REFUSED.value),
        guards=dict.fromkeys(open_, guarded),
        waits=(Standing.APPLIED.value, *told),
        stops=stops,
        pauses=(Standing.SUSPENDED.value,),
        begins="since",
        spans=_LIVING,
    )


def faults(row: Values) -> Iterable[Fault]:
    """What is wrong with the number and the days of a standing; what is stopped says why."""
    number = row.get("number")
    if isinstance(number, str) and not NUMBER.fullmatch(number):
        yield Fault("number", Wrong.RULE, NUMBER_HELP)
    since, until = _day(row, "since"), _day(row, "until")
    if since is not None and until is not None and until < since:
        yield Fault("until", Wrong.RULE, Label("有效期早于起始日期", "It ends before it begins"))
    if row.get("state") in STOPPED and row.get("reason") is None:
        yield Fault("reason", Wrong.MISSING)


def on_day(row: Values, day: date) -> RecordState | None:
    """How a record stood on a local day; None where it was not in force.

    A death that is told of changes nothing: who was entitled until then is for the funeral. An ended record holds on
    its last day still, a withdrawn one does not.
    """
    since, until, ended = _day(row, "since"), _day(row, "until"), _day(row, "ended_on")
    state = row.get("state")
    if state in (Standing.APPLIED, Standing.REFUSED):
        return None
    if since is None or day < since or (until is not None and day > until):
        return None
    if ended is not None and state == Standing.WITHDRAWN and day >= ended:
        return RecordState.WITHDRAWN
    if ended is not None and state == Standing.ENDED and day > ended:
        return None
    stopped, resumed = _day(row, "suspended_on"), _day(row, "resumed_on")
    if stopped is None or day < stopped:
        return RecordState.ACTIVE
    over = state != Standing.SUSPENDED and resumed is not None and stopped <= resumed <= day
    return RecordState.ACTIVE if over else RecordState.SUSPENDED


def pays(row: Values, day: date) -> bool:
    """Whether what is paid by a record could be paid on a local day: it was in force, and no death was told by then."""
    state, told = row.get("state"), _day(row, "death_on")
    dead = state in (Standing.DEATH, Standing.ENDED, Standing.WITHDRAWN) and told is not None and day >= told
    unknown = (state == Standing.DEATH and told is None) or (
        state == Standing.SUSPENDED and _day(row, "suspended_on") is None
    )
    return not dead and not unknown and on_day(row, day) is RecordState.ACTIVE


def paid_in_force(*links: str, day: str = "paid_on") -> Callable[[Values, Mapping[str, Values]], Iterable[Fault]]:
    """The rule of a payment (`Record.agree`): whom one of these links leads to was paid on its day (`pays`)."""

    def agree(payment: Values, linked: Mapping[str, Values]) -> Iterable[Fault]:
        on = _day(payment, day)
        for name in links:
            if name in linked and on is not None and not pays(linked[name], on):
                yield Fault(name, Wrong.RULE, NOT_IN_FORCE)

    return agree


def weaker(first: RecordState | None, second: RecordState | None) -> RecordState | None:
    """How somebody stands who stands by two records, their own and their household's: as the weaker of them."""
    if first is None or second is None:
        return None
    return max(first, second, key=list(RecordState).index)


def _day(row: Values, name: str) -> date | None:
    value = row.get(name)
    return date.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, date) else None
