"""Corrections of a case that need more than a step: merge, right identity, another applicant. One transaction each."""

from cardsvc.api.access import Signed
from cardsvc.api.entering import take, within
from cardsvc.api.following import follow
from cardsvc.context import Context
from cardsvc.core.correction import NewApplicant, RightIdentity
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Reason
from cardsvc.core.workflow import ENDED
from cardsvc.handlers import change_applicant, correct_identity, merge_case
from cardsvc.store.working import WorkingSet


def merge(context: Context, signed: Signed, source: CaseNo, target: CaseNo, second: StaffNo | None) -> CaseNo | Refusal:
    """End `source` as a duplicate of `target`, which has its money and answers to its number from now on.

    Its sign-up for ashes follows where `target` has none.
    """

    def act(tx: WorkingSet, log_no: int) -> CaseNo | Refusal:
        tx.load_things()
        goes_on = tx.case(target)
        if goes_on is None:
            return Refusal(Problem.CASE_UNKNOWN, target)
        if goes_on.stage in ENDED:
            return Refusal(Problem.CASE_CLOSED, target)
        asked = Asked(Step.MERGE, Details(other=target, reason=Reason.DUPLICATE), signed.staff_no, second)
        if isinstance(taken := take(tx, source, asked, log_no), Refusal):
            return taken
        merge_case.handle(tx, source, target, log_no, signed.staff_no)
        follow(context, tx, source, target, signed.staff_no)
        if any(one.other == source for one in goes_on.alerts):
            compared = Asked(Step.CLEAR_ALERT, Details(other=source, reason=Reason.COMPARED), signed.staff_no, second)
            cleared = tx.log.add(f"entered {Step.CLEAR_ALERT}", target, "", tx.now, signed.staff_no)
            if isinstance(taken := take(tx, target, compared, cleared), Refusal):
                return taken
        return target

    return within(context, signed, f"entered {Step.MERGE}", source, act)


def right_identity(
    context: Context, signed: Signed, case_no: CaseNo, right: RightIdentity, second: StaffNo | None
) -> CaseNo | Refusal:
    """Correct the name and ID number of the deceased."""

    def act(tx: WorkingSet, log_no: int) -> CaseNo | Refusal:
        tx.load_things()
        asked = Asked(Step.CORRECT_IDENTITY, Details(reason=Reason.WRONG_NAME), signed.staff_no, second)
        if isinstance(taken := take(tx, case_no, asked, log_no), Refusal):
            return taken
        refused = correct_identity.handle(tx, case_no, right, log_no, signed.staff_no, context.vault, context.chance)
        return refused or case_no

    return within(context, signed, f"entered {Step.CORRECT_IDENTITY}", case_no, act)


def another_applicant(
    context: Context, signed: Signed, case_no: CaseNo, new: NewApplicant, reason: Reason, second: StaffNo | None
) -> CaseNo | Refusal:
    """Let somebody else arrange the funeral."""

    def act(tx: WorkingSet, log_no: int) -> CaseNo | Refusal:
        tx.load_things()
        asked = Asked(Step.CHANGE_APPLICANT, Details(reason=reason), signed.staff_no, second)
        if isinstance(taken := take(tx, case_no, asked, log_no), Refusal):
            return taken
        change_applicant.handle(tx, case_no, new, log_no, signed.staff_no, context.vault, context.chance)
        return case_no

    return within(context, signed, f"entered {Step.CHANGE_APPLICANT}", case_no, act)
