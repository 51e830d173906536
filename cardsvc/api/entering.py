"""What the office writes: a phone booking, and steps that are taken or entered at a desk. One transaction each."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from cardsvc.api.access import Signed
from cardsvc.api.errors import Refused
from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.booking import BookingForm
from cardsvc.core.facts import Details, StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal, refuse_all
from cardsvc.core.rules import RULES
from cardsvc.core.wire import Judgement, Outcome
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
WITH_FORMS = frozenset({Step.BOOK, Step.MERGE, Step.CORRECT_IDENTITY, Step.CHANGE_APPLICANT})
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

    return _within(context, signed, "booked by phone", "", act)


def enter(
    context: Context, signed: Signed, case_no: CaseNo, step: Step, details: Details, second: StaffNo | None
) -> Judgement | Refusal:
    """Take a step of the office; every reason against it is told at once."""
    if step not in OFFICE_STEPS:
        return Refusal(Problem.STEP_NOT_HERE, step)

    def act(tx: WorkingSet, log_no: int) -> Judgement | Refusal:
        tx.load_things()
        return _taken(tx, case_no, Asked(step, details, signed.staff_no, second), log_no)

    return _within(context, signed, f"entered {step}", case_no, act)


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
            judgement = _taken(tx, case_no, asked, link)
            if isinstance(judgement, Refusal):
                return Refusal(judgement.problem, f"{case_no}, {judgement.detail}")
        return judgement

    return _within(context, signed, f"entered {step} for {len(cases)}", "", act)


def _taken(tx: WorkingSet, case_no: CaseNo, asked: Asked, log_no: int) -> Judgement | Refusal:
    """A step of the office, judged and done."""
    tx.load_cases([case_no])
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
    if judgement.outcome is not Outcome.REFUSED:
        return judgement
    reasons = [Refusal(one.problem, one.detail) for one in judgement.reasons]
    return refuse_all(reasons) or Refusal(Problem.INPUT_INVALID)


def _within(
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
