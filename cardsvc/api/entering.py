"""What the office writes: a phone booking, and steps that are taken or entered at a desk. One transaction each."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from cardsvc.api.access import Signed
from cardsvc.api.errors import Refused
from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.booking import BookingForm
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import may_take
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal, refuse_all
from cardsvc.core.radar import Hit
from cardsvc.core.rules import RULES
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.core.workflow import ENDED
from cardsvc.handlers import open_case, record_tap
from cardsvc.handlers.open_case import Booking
from cardsvc.handlers.record_tap import Reported
from cardsvc.store import office
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.office import CaseRow
from cardsvc.store.opening import working_set
from cardsvc.store.working import WorkingSet

T = TypeVar("T")
WITH_FORMS = frozenset(
    {Step.BOOK, Step.MERGE, Step.CORRECT_IDENTITY, Step.CHANGE_APPLICANT, Step.REVERSE_LINE, Step.STATEMENT_PAID}
    | {Step.GIVE_BACK_HELD, Step.ASSIGN_HELD, Step.RECOVER_SHORT, Step.WRITE_OFF_SHORT, Step.UNDO_RECOVERY}
    | {Step.BANK_PAID}
)
"""Steps that come with more than details: handlers of their own take them."""
OFFICE_STEPS = tuple(
    step for step, rule in RULES.items() if StationKind.OFFICE in rule.stations and step not in WITH_FORMS
)


def mine(context: Context, signed: Signed, case_no: str) -> CaseRow:
    """A case that they may see. Raises Refused: one of another county looks as one that is not there."""
    with context.engine.connect() as connection:
        row = office.case(connection, context.home_id, CaseNo(case_no))
    if row is None or (signed.county is not None and row.county != signed.county):
        raise Refused(Refusal(Problem.NOT_FOUND))
    return row


def book(context: Context, signed: Signed, form: BookingForm) -> CaseNo | Refusal:
    """Open a case by phone, from the office."""
    if signed.county is not None and form.county != signed.county:
        return Refusal(Problem.NOT_ALLOWED, "county")

    def act(tx: WorkingSet, log_no: int) -> CaseNo | Refusal:
        booking = Booking(
            form=form,
            at=tx.now,
            cause=f"office:{log_no}",
            staff_no=signed.staff_no,
            station_kind=StationKind.OFFICE,
            observed=False,
        )
        return open_case.handle(tx, booking, log_no, context.vault, context.chance)

    return within(context, signed, "booked by phone", "", act)


def radar(context: Context, form: BookingForm) -> tuple[Hit, ...] | Refusal:
    """The cases that a booking could be mixed up with, before it is made; nothing is written but the look's lock."""

    def run(connection: Connection) -> tuple[Hit, ...] | Refusal:
        now = context.clock()
        tx = working_set(connection, context.home_id, open_log(connection, context.home_id), now)
        return open_case.listen(tx, form, now, context.vault)

    return transact(context.engine, run)


def enter(
    context: Context, signed: Signed, case_no: CaseNo, step: Step, details: Details, second: StaffNo | None
) -> Judgement | Refusal:
    """Take a step of the office; every reason against it is told at once. An alert is cleared on both of its cases."""
    if step not in OFFICE_STEPS:
        return Refusal(Problem.STEP_NOT_HERE, step)
    if not may_take(signed.roles, step):
        return Refusal(Problem.NOT_ALLOWED, step)

    def act(tx: WorkingSet, log_no: int) -> Judgement | Refusal:
        tx.load_things()
        asked = Asked(step, details, signed.staff_no, second)
        judgement = take(tx, case_no, asked, log_no)
        return _cleared_too(tx, case_no, asked) or judgement if step is Step.CLEAR_ALERT else judgement

    return within(context, signed, f"entered {step}", case_no, act)


def enter_for_all(
    context: Context, signed: Signed, cases: Sequence[CaseNo], step: Step, details: Details
) -> Judgement | Refusal:
    """Take one step for several cases, such as a trip that is put off: for all of them, or for none."""
    if step not in OFFICE_STEPS or not cases:
        return Refusal(Problem.STEP_NOT_HERE, step)

    def act(tx: WorkingSet, log_no: int) -> Judgement | Refusal:
        tx.load_things()
        tx.load_cases(cases)
        asked = Asked(step, details, signed.staff_no)
        for case_no in cases:
            link = tx.log.add(f"entered {step}", case_no, "", tx.now, signed.staff_no)
            judgement = take(tx, case_no, asked, link)
            if isinstance(judgement, Refusal):
                return Refusal(judgement.problem, f"{case_no}, {judgement.detail}")
        return judgement

    return within(context, signed, f"entered {step} for {len(cases)}", "", act)


def take(tx: WorkingSet, case_no: CaseNo, asked: Asked, log_no: int) -> Judgement | Refusal:
    """Let the office take a step in a transaction whose things are loaded; every reason against it in one refusal."""
    reported = Reported(
        case_no=case_no,
        asked=asked,
        at=tx.now,
        cause=f"office:{log_no}",
        station_kind=StationKind.OFFICE,
        happened=False,
        observed=False,
    )
    judgement = record_tap.handle(tx, reported, log_no)
    if judgement.outcome is Outcome.REFUSED:
        reasons = [Refusal(one.problem, one.detail) for one in judgement.reasons]
        return refuse_all(reasons) or Refusal(Problem.INPUT_INVALID)
    return judgement


def _cleared_too(tx: WorkingSet, case_no: CaseNo, asked: Asked) -> Refusal | None:
    """Clear the other side of an alert, if it is open still; who compared two cases has compared both."""
    other = tx.case(CaseNo(asked.details.other or ""))
    if other is None or other.stage in ENDED or all(one.other != case_no for one in other.alerts):
        return None
    details = asked.details.model_copy(update={"other": case_no})
    log_no = tx.log.add(f"entered {asked.step}", other.case_no, "", tx.now, asked.staff_no)
    taken = take(tx, other.case_no, replace(asked, details=details), log_no)
    return taken if isinstance(taken, Refusal) else None


def within(
    context: Context, signed: Signed, what: str, subject: str, act: Callable[[WorkingSet, int], T | Refusal]
) -> T | Refusal:
    """One transaction: a refusal leaves nothing behind but its link in the log."""

    def run(connection: Connection) -> T | Refusal:
        now = context.clock()
        log = open_log(connection, context.home_id)
        tx = working_set(connection, context.home_id, log, now, context.vault.sign)
        log_no = log.add(what, subject, "", now, signed.staff_no)
        outcome = act(tx, log_no)
        if isinstance(outcome, Refusal):
            log.add(f"refused {outcome.problem}", subject, "", now, signed.staff_no)
            log.close()
            return outcome
        post(context, tx)
        flush(tx)
        return outcome

    return transact(context.engine, run)
