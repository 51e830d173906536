"""What usually comes next for a case at a station, and who can mend what a refusal names.

Both are only shown: what may be taken is decided elsewhere (`core.tap`), and the rest is never hidden for good.
"""

from collections.abc import Iterable, Mapping

from cardsvc.core.case import Case
from cardsvc.core.facts import Step
from cardsvc.core.ledger import Bill
from cardsvc.core.permissions import ALLOWED, Role
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Paper
from cardsvc.core.workflow import BESIDE

ON_OCCASION = frozenset(
    {
        *(Step.TRANSFER_OUT, Step.CONFIRM_TRANSFER, Step.EXTEND_STORAGE, Step.RELEASE_SLOT, Step.CANCEL_ITEM),
        *(Step.DECLARE, Step.DECLARE_RELATIVE, Step.SKIP_RECOGNITION, Step.REPLACE_TAG, Step.CHANGE_VEHICLE),
        *(Step.RESERVE_FURNACE, Step.PLAN_REST, Step.POSTPONE_REST, Step.SPLIT, Step.RETURN_ASHES),
        *(Step.RENEW_STORAGE, Step.REFUND, Step.SWITCH_PAYER, Step.PROVE_WAIVER, Step.WITHDRAW_WAIVER),
        Step.REVERSE_LINE,
        Step.STATEMENT_PAID,
        Step.REVERSE_PAYMENT,
        Step.GIVE_BACK_HELD,
        Step.ASSIGN_HELD,
        Step.RECOVER_SHORT,
        Step.WRITE_OFF_SHORT,
        Step.UNDO_RECOVERY,
        Step.BANK_PAID,
    }
)
"""Steps that are taken when something asks for them, never because their turn has come."""


def usual(case: Case, steps: Iterable[Step], bill: Bill | None = None) -> tuple[Step, ...]:
    """Those of the steps whose turn it is, in the order of work; the first one is the usual next step."""
    return tuple(step for step in steps if step not in ON_OCCASION and not _done(case, step, bill))


def _done(case: Case, step: Step, bill: Bill | None) -> bool:
    """Whether the step has nothing to do now, as far as the case tells."""
    match step:
        case Step.VERIFY:
            return case.paper(Paper.APPLICANT_IDENTITY) is not None and not case.certificate
        case Step.HAND_BELONGINGS:
            return case.belongings is None or case.belongings.handed
        case Step.CERTIFY:
            return not case.furnace_closed or case.certificate is not None
        case Step.PAY:
            return bill is not None and bill.open_fen <= 0
        case Step.SETTLE:
            return case.settled and bill is not None and bill.owed_fen <= 0
        case Step.SHELVE:
            return case.has_taken(Step.SHELVE)
        case _:
            return step in BESIDE and case.has_taken(step)


MENDED_BY: Mapping[Problem, Step] = {
    Problem.CASE_ON_HOLD: Step.LIFT_HOLD,
    Problem.CASE_CONFLICT: Step.RESOLVE,
    Problem.CERTIFICATE_MISSING: Step.VERIFY_DEATH,
    Problem.ISSUER_WRONG: Step.VERIFY_DEATH,
    Problem.NOT_AUTHORISED: Step.AUTHORISE,
    Problem.APPLICANT_UNVERIFIED: Step.VERIFY,
    Problem.CONSENT_MISSING: Step.VERIFY,
    Problem.OUTSIDE_UNAPPROVED: Step.VERIFY,
    Problem.ASH_PLAN_MISSING: Step.PLAN_ASHES,
    Problem.ALERT_OPEN: Step.CLEAR_ALERT,
    Problem.RECOGNITION_OPEN: Step.RECOGNISE,
    Problem.QUEUE_ORDER: Step.APPROVE,
    Problem.BELONGINGS_OPEN: Step.HAND_BELONGINGS,
    Problem.UNPAID: Step.PAY,
    Problem.BALANCE_OPEN: Step.PAY,
    Problem.OTHER_OWES: Step.PAY,
    Problem.MONEY_HELD: Step.REFUND,
    Problem.FURNACE_RECORD_OPEN: Step.CLOSE_FURNACE,
    Problem.FURNACE_NOT_CLOSED: Step.CLOSE_FURNACE,
    Problem.CERTIFICATE_NOT_ISSUED: Step.CERTIFY,
    Problem.COLLECTOR_UNVERIFIED: Step.VERIFY,
    Problem.CONTACT_UNTOLD: Step.NOTIFY,
    Problem.SCATTERING_UNAPPROVED: Step.APPROVE,
    Problem.STORAGE_TERM: Step.APPROVE,
    Problem.TRANSFER_OPEN: Step.CONFIRM_TRANSFER,
    Problem.TAG_MISMATCH: Step.HOLD,
    Problem.IDENTIFIERS_DISAGREE: Step.HOLD,
    Problem.PERMIT_NEEDED: Step.ARM,
    Problem.PERMIT_EXPIRED: Step.ARM,
}
"""The step that does away with a refusal."""


def who_can(step: Step) -> tuple[Role, ...]:
    """The roles that may take a step."""
    return tuple(role for role, allows in ALLOWED.items() if step in allows.steps)
