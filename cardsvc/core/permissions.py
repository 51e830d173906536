"""Who may do what: one table of roles.

A role allows steps at stations and actions in the office; homes and counties narrow where (DESIGN.md section 7).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardsvc.core.facts import Step
from cardsvc.core.facts import Step as S
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal


class Role(StrEnum):
    """What a staff member is there for (DOMAIN.md section 2, column *who*)."""

    CALL_DESK = "call_desk"
    DISPATCHER = "dispatcher"
    CREW = "crew"
    COLD_CLERK = "cold_clerk"
    ARRANGER = "arranger"
    PREP_STAFF = "prep_staff"
    HALL_STEWARD = "hall_steward"
    CASHIER = "cashier"
    FURNACE_OPERATOR = "furnace_operator"
    CHECKER = "checker"
    ASH_CLERK = "ash_clerk"
    DUTY_MANAGER = "duty_manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    BUREAU_CLERK = "bureau_clerk"  # the bureau's other work (MODULES.md): in the modules that were granted
    BUREAU_LEADER = "bureau_leader"


class Action(StrEnum):
    """What can be asked of the office."""

    SEE_CASES = "see_cases"
    SEE_BILLS = "see_bills"
    BOOK = "book"
    ENTER_STEP = "enter_step"  # a typed fact, with its reason
    HOLD = "hold"
    ISSUE_CARD = "issue_card"
    BLOCK_CARD = "block_card"  # lost, damaged, stolen; replace and take back
    UNBLOCK_CARD = "unblock_card"  # found again; two people
    REVEAL = "reveal"  # see a full ID number or phone; logged with its reason
    FAMILY_LINK = "family_link"
    SEE_STATIONS = "see_stations"
    ENROL_STATION = "enrol_station"
    APPROVE_STATION = "approve_station"  # and revoke; two people
    MANAGE_STAFF = "manage_staff"
    SEE_AUDIT = "see_audit"
    SEE_OPERATIONS = "see_operations"  # outbox, reconciliation, drills, furnace log
    OPERATE = "operate"  # send again, reconcile now, run a drill
    CORRECT = "correct"  # merge, wrong name, another applicant, alike cases; two people
    DISPATCH = "dispatch"  # the dispatch board and the crew's sheet
    SEE_PLACES = "see_places"  # cold storage, halls, furnaces, vehicles, shelves
    WATCH_STORAGE = "watch_storage"  # temperatures and the count of bodies
    MANAGE_PLACES = "manage_places"  # out of service, sizes, temporary slots
    SEE_RULES = "see_rules"  # city rules, limits, price lists, who is on shift
    SET_RULES = "set_rules"  # two people
    CLOCK_STAFF = "clock_staff"  # somebody else's shift
    SEE_BOARD = "see_board"  # the live board of all open cases
    SEE_STATION_BOARDS = "see_station_boards"  # of the stations that they work at; all of them with SEE_BOARD
    SEE_CERTIFICATES = "see_certificates"  # the stock of certificate forms
    KEEP_CERTIFICATES = "keep_certificates"  # receive, hand on, count; void by two people
    SEE_CALENDAR = "see_calendar"  # the times of halls and furnaces
    SEE_DRESSING = "see_dressing"  # dressing work orders
    MANAGE_SCREENS = "manage_screens"  # screens on the walls
    TAKE_PAYMENT = "take_payment"  # ask for a QR payment, and cancel it
    SEE_TILLS = "see_tills"  # everybody's till shifts
    KEEP_TILL = "keep_till"  # open and close a till shift; a large difference by two people
    SETTLE_PAYMENT = "settle_payment"  # money in suspense: to a case, or back by two people
    REVIEW_BILLS = "review_bills"  # decide about flagged lines and payments that others caused
    CLOSE_DAY = "close_day"  # two people
    SEE_REPORTS = "see_reports"  # revenue, waivers, receivables of the whole home
    SEE_FIGURE_ROWS = "see_figure_rows"  # what the home's figures of the half-year were counted from; no names
    SEE_RECEIPTS = "see_receipts"  # receipts, and the stocks of their numbers
    KEEP_RECEIPTS = "keep_receipts"  # receive, hand on, count, print; void by two people
    KEEP_STATEMENTS = "keep_statements"  # to payers: make one, approve another's, enter what came for it
    SEE_RECORDS = "see_records"  # rows and figures of the civil-affairs modules
    EDIT_RECORDS = "edit_records"  # in the modules that were granted; some moves by two people
    REVEAL_RECORDS = "reveal_records"  # see a number in full; logged with its reason
    SET_FIGURES = "set_figures"  # targets, and what is withheld
    GRANT_MODULES = "grant_modules"  # who works in which module


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one role allows."""

    steps: frozenset[Step] = frozenset()
    actions: frozenset[Action] = frozenset()


def _may(*what: Step | Action) -> Allowance:
    return Allowance(
        frozenset(one for one in what if isinstance(one, Step)),
        frozenset(one for one in what if isinstance(one, Action)),
    )


A = Action
_SEE = (A.SEE_CASES,)
_WORK = (S.SUSPEND, S.RESUME, S.RETURN_STEP, S.VOID, A.SEE_STATION_BOARDS)

ALLOWED: Mapping[Role, Allowance] = {
    Role.CALL_DESK: _may(S.BOOK, S.BIND_CARD, A.BOOK, A.ISSUE_CARD, A.BLOCK_CARD, A.FAMILY_LINK, *_SEE, *_WORK),
    Role.DISPATCHER: _may(S.DISPATCH, A.DISPATCH, *_SEE, *_WORK),
    Role.CREW: _may(
        *(S.COLLECT, S.ARRIVE, S.BIND_CARD, S.LIST_BELONGINGS, S.CHANGE_VEHICLE, S.REPLACE_TAG, S.DECLARE), *_WORK
    ),
    Role.COLD_CLERK: _may(
        *(S.ARRIVE, S.STORE, S.TAKE_OUT, S.TRANSFER_OUT, S.CONFIRM_TRANSFER, S.EXTEND_STORAGE, S.LIST_BELONGINGS),
        *(S.ENCOFFIN, S.REPLACE_TAG, S.DECLARE, A.SEE_PLACES, A.WATCH_STORAGE, *_SEE, *_WORK),
    ),
    Role.ARRANGER: _may(
        *(S.QUOTE, S.SIGN_QUOTE, S.RESERVE, S.RELEASE_SLOT, S.AUTHORISE, S.PLAN_ASHES, S.BIND_CARD),
        *(S.RESERVE_FURNACE, S.VERIFY_DEATH, S.VERIFY, S.DECLARE_IMPLANTS, S.DECLARE_RELATIVE, S.DECLARE),
        *(S.HAND_BELONGINGS, S.CANCEL_ITEM, S.SKIP_RECOGNITION, S.EXTEND_STORAGE, S.PLAN_REST, S.CERTIFY),
        *(A.BOOK, A.ISSUE_CARD, A.BLOCK_CARD, A.FAMILY_LINK, A.REVEAL, A.SEE_BILLS, *_SEE, *_WORK),
        *(A.SEE_PLACES, A.SEE_RULES, A.SEE_CERTIFICATES, A.SEE_CALENDAR, A.SEE_DRESSING),
    ),
    Role.PREP_STAFF: _may(
        *(S.PREPARE, S.PREPARED, S.DECLARE_IMPLANTS, S.LIST_BELONGINGS, S.HAND_BELONGINGS, S.ENCOFFIN, S.REPLACE_TAG),
        *(S.DECLARE, A.SEE_DRESSING, *_WORK),
    ),
    Role.HALL_STEWARD: _may(
        *(S.FAREWELL, S.FAREWELL_OVER, S.RECOGNISE, S.SKIP_RECOGNITION, S.ENCOFFIN, A.SEE_CALENDAR, *_WORK),
    ),
    Role.CASHIER: _may(
        *(S.DEPOSIT, S.PAY, S.REFUND, S.SETTLE, S.SWITCH_PAYER, S.PROVE_WAIVER, S.WITHDRAW_WAIVER, S.REVERSE_PAYMENT),
        *(A.SEE_BILLS, A.FAMILY_LINK, A.SEE_STATION_BOARDS, A.TAKE_PAYMENT, A.SETTLE_PAYMENT, A.CLOSE_DAY, *_SEE),
        *(A.SEE_TILLS, A.KEEP_TILL, A.SEE_RECEIPTS, A.KEEP_RECEIPTS),
        *(A.KEEP_STATEMENTS, S.STATEMENT_PAID, S.GIVE_BACK_HELD, S.ASSIGN_HELD, S.RECOVER_SHORT, S.UNDO_RECOVERY),
        S.BANK_PAID,
    ),
    Role.FURNACE_OPERATOR: _may(S.QUEUE, S.ARM, S.LOAD, S.UNLOAD, S.CLOSE_FURNACE, S.ENCOFFIN, S.DECLARE, *_WORK),
    Role.CHECKER: _may(S.ARM, S.LOAD, S.UNLOAD, S.CLOSE_FURNACE, A.SEE_STATION_BOARDS),
    Role.ASH_CLERK: _may(
        *(S.SEAL, S.SPLIT, S.SHELVE, S.UNSHELVE, S.VERIFY, S.NOTIFY, S.RELEASE, S.RETURN_ASHES, S.RENEW_STORAGE),
        *(S.PLAN_REST, S.POSTPONE_REST, S.CONFIRM_REST, *_SEE, *_WORK),
    ),
    Role.DUTY_MANAGER: _may(
        A.SEE_BOARD,
        *(S.HOLD, S.LIFT_HOLD, S.RESOLVE, S.CANCEL, S.CLOSE, S.CONFIRM_REST, S.REFUND, S.BOOK, *_WORK),
        *(S.APPROVE, S.VERIFY_DEATH, S.VERIFY, S.AUTHORISE, S.DECLARE, S.DECLARE_IMPLANTS, S.DECLARE_RELATIVE),
        *(S.CERTIFY, S.VOID_CERTIFICATE, S.CLEAR_ALERT, S.NOTIFY, S.RENEW_STORAGE, S.PLAN_REST, S.POSTPONE_REST),
        *(S.VOID_DEATH_PAPER, S.CORRECT_DEATH_DAY),
        *(S.EXTEND_STORAGE, S.CONFIRM_TRANSFER, S.MERGE, S.CORRECT_IDENTITY, S.CHANGE_APPLICANT, S.SWITCH_PAYER),
        *(S.PROVE_WAIVER, S.WITHDRAW_WAIVER, S.HAND_BELONGINGS, S.REVERSE_LINE, S.REVERSE_PAYMENT),
        *(A.ISSUE_CARD, A.BLOCK_CARD, A.UNBLOCK_CARD, A.APPROVE_STATION, A.CORRECT, A.DISPATCH),
        *(A.SEE_PLACES, A.WATCH_STORAGE, A.MANAGE_PLACES, A.SEE_RULES, A.SET_RULES, A.CLOCK_STAFF),
        *(A.BOOK, A.ENTER_STEP, A.HOLD, A.REVEAL, A.FAMILY_LINK, A.SEE_BILLS, A.SEE_STATIONS, *_SEE),
        *(A.SEE_OPERATIONS, A.OPERATE, A.SEE_CERTIFICATES, A.KEEP_CERTIFICATES, A.SEE_CALENDAR, A.SEE_DRESSING),
        *(A.MANAGE_SCREENS, A.SETTLE_PAYMENT, A.CLOSE_DAY, A.REVIEW_BILLS, A.SEE_REPORTS, A.SEE_FIGURE_ROWS),
        *(A.SEE_TILLS, A.KEEP_TILL, A.SEE_RECEIPTS, A.KEEP_RECEIPTS),
        *(A.KEEP_STATEMENTS, S.STATEMENT_PAID, S.GIVE_BACK_HELD, S.ASSIGN_HELD, S.RECOVER_SHORT, S.WRITE_OFF_SHORT),
        *(S.UNDO_RECOVERY, S.BANK_PAID),
    ),
    Role.AUDITOR: _may(
        *(A.SEE_BILLS, A.SEE_STATIONS, A.SEE_AUDIT, A.SEE_OPERATIONS, A.SEE_PLACES, A.SEE_RULES, *_SEE),
        *(A.SEE_BOARD, A.SEE_STATION_BOARDS, A.SEE_CERTIFICATES, A.SEE_CALENDAR, A.SEE_DRESSING, A.REVIEW_BILLS),
        *(A.SEE_TILLS, A.SEE_RECEIPTS, A.SEE_REPORTS, A.SEE_FIGURE_ROWS, A.SEE_RECORDS),
    ),
    Role.ADMINISTRATOR: _may(
        *(
            A.GRANT_MODULES,
            A.ENROL_STATION,
            A.APPROVE_STATION,
            A.MANAGE_STAFF,
            A.SEE_STATIONS,
            A.SEE_AUDIT,
            A.SEE_OPERATIONS,
        ),
        *(A.SEE_PLACES, A.MANAGE_PLACES, A.SEE_RULES, A.SET_RULES, A.SEE_CALENDAR, A.MANAGE_SCREENS),
    ),
    Role.BUREAU_CLERK: _may(A.SEE_RECORDS, A.EDIT_RECORDS, A.REVEAL_RECORDS),
    Role.BUREAU_LEADER: _may(
        *(A.SEE_RECORDS, A.EDIT_RECORDS, A.REVEAL_RECORDS, A.SET_FIGURES, A.GRANT_MODULES, A.SEE_FIGURE_ROWS)
    ),
}
EVERY_MODULE = frozenset({Role.BUREAU_LEADER, Role.AUDITOR})
"""Who needs no grant for a module."""


MONEY_BY_TWO = frozenset(
    {
        *(S.REFUND, S.REVERSE_PAYMENT, S.GIVE_BACK_HELD, S.SWITCH_PAYER, S.PROVE_WAIVER, S.WITHDRAW_WAIVER),
        *(S.RECOVER_SHORT, S.WRITE_OFF_SHORT, S.UNDO_RECOVERY),
        S.BANK_PAID,  # where it is corrected
        S.CLOSE,  # with money open
    }
)
DECIDED_BY_TWO = MONEY_BY_TWO | {
    *(S.LIFT_HOLD, S.CANCEL, S.RESOLVE, S.APPROVE, S.VOID_CERTIFICATE, S.CLEAR_ALERT, S.MERGE, S.CORRECT_IDENTITY),
    *(S.CHANGE_APPLICANT, S.VOID_DEATH_PAPER, S.CORRECT_DEATH_DAY),
}
"""Steps of the desks that two people decide: the second one has a say about them by their role."""


def may_take(roles: Iterable[Role], step: Step) -> bool:
    """Whether any of the roles allows the step."""
    return any(step in ALLOWED[role].steps for role in roles)


def may(roles: Iterable[Role], action: Action) -> bool:
    """Whether any of the roles allows the office action."""
    return any(action in ALLOWED[role].actions for role in roles)


def who_may(action: Action) -> tuple[Role, ...]:
    """The roles that allow an office action."""
    return tuple(role for role, allows in ALLOWED.items() if action in allows.actions)


def may_confirm(roles: Iterable[Role], action: Action) -> bool:
    """Whether they may be the second pair of eyes on it: whoever may do it, and the auditor."""
    return Role.AUDITOR in roles or may(roles, action)


def not_second(second: StaffNo | None, roles: Iterable[Role] | None, step: Step) -> Refusal | None:
    """Why this second person does not confirm a step; None when they do, or when nobody is said to.

    `roles` are theirs, None where nobody here knows the number. Beside a body any colleague is a second pair of eyes
    (the gates want more); about money and papers it is who may take the step, who settles money, or the auditor.
    """
    if second is None:
        return None
    if roles is None:
        return Refusal(Problem.STAFF_UNKNOWN, second)
    theirs = frozenset(roles)
    able = Role.AUDITOR in theirs or may_take(theirs, step) or (step in MONEY_BY_TWO and Role.CASHIER in theirs)
    return None if able or step not in DECIDED_BY_TWO else Refusal(Problem.SECOND_PERSON_NOT_ALLOWED, step)


def four_eyes(
    first: StaffNo, second: StaffNo | None, staff: Mapping[StaffNo, Iterable[Role]], action: Action
) -> Refusal | None:
    """Why these two may not do together what nobody does alone; None when they may.

    `staff` has the roles of everybody who works here now; each of the two must be allowed the action.
    """
    if second is None or second == first:
        return Refusal(Problem.FOUR_EYES, action)
    if not all(may(staff.get(one, ()), action) for one in (first, second)):
        return Refusal(Problem.NOT_ALLOWED, action)
    return None


def confirmed(
    first: StaffNo, second: StaffNo | None, staff: Mapping[StaffNo, Iterable[Role]], action: Action
) -> Refusal | None:
    """Why the second person does not confirm what the first one does; None when they do.

    The first must be allowed the action; the second may be the auditor too.
    """
    if second is None or second == first:
        return Refusal(Problem.FOUR_EYES, action)
    able = may(staff.get(first, ()), action) and may_confirm(staff.get(second, ()), action)
    return None if able else Refusal(Problem.NOT_ALLOWED, action)
