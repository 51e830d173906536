"""Review takes a flagged line back: the decision and its counter-entry in one transaction, or neither."""

from cardsvc.api.access import Signed
from cardsvc.api.entering import take, within
from cardsvc.context import Context
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reviewing import Because
from cardsvc.core.terms import Reason
from cardsvc.handlers import review_reversal
from cardsvc.store.reviewing import Flagged
from cardsvc.store.working import WorkingSet


def reverse(context: Context, signed: Signed, flagged: Flagged, because: Because) -> CaseNo | Refusal:
    """The case whose bill has the counter-line now; the fact names line and rule, the counter-line the fact."""

    key = flagged.key

    def act(tx: WorkingSet, log_no: int) -> CaseNo | Refusal:
        tx.load_things()
        flag = review_reversal.find(tx, key, because, signed.staff_no)
        if isinstance(flag, Refusal):
            return flag
        if flag.case_no is None:
            return Refusal(Problem.NO_LINE)
        details = Details(line=f"{key.log_no}.{key.line_no}", number=key.rule.value, reason=Reason.REVIEWED)
        taken = take(tx, flag.case_no, Asked(Step.REVERSE_LINE, details, signed.staff_no), log_no)
        if isinstance(taken, Refusal):
            return taken
        review_reversal.keep(tx, flag, because, signed.staff_no)
        return flag.case_no

    return within(context, signed, f"entered {Step.REVERSE_LINE}", flagged.case_no or "", act)
