"""Money for statements: each payment and each return of money is one transaction with the facts of its cases."""

from datetime import date

from cardsvc.api.access import Signed
from cardsvc.api.entering import within
from cardsvc.context import Context
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.workflow import in_order
from cardsvc.handlers import pay_statement
from cardsvc.handlers.record_tap import take_by_itself
from cardsvc.store.working import WorkingSet


def pay(
    context: Context, signed: Signed, draft_no: int, amount_fen: int, reference: str, received_on: date
) -> Refusal | None:
    """Enter what came for a statement; its cases have it, or nothing has happened."""
    if not may_take(signed.roles, Step.STATEMENT_PAID):
        return Refusal(Problem.NOT_ALLOWED, Step.STATEMENT_PAID)

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        postings = pay_statement.pay(tx, draft_no, amount_fen, reference, received_on, signed.staff_no, log_no)
        if isinstance(postings, Refusal):
            return postings
        tx.load_things()
        tx.load_cases([one.case_no for one in postings])
        for one in postings:
            case = tx.cases[one.case_no]
            refusal = in_order(case, Step.STATEMENT_PAID)
            if refusal is not None:
                return refusal
            step = Step.STATEMENT_PAID
            take_by_itself(tx, case, step, one.details, one.log_no, cause=one.cause, by=signed.staff_no)
        return None

    return within(context, signed, f"statement payment {draft_no}", "", act)


def give_back(
    context: Context,
    signed: Signed,
    draft_no: int,
    case_no: CaseNo,
    amount_fen: int,
    second: StaffNo | None,
    seen: int | None = None,
) -> Refusal | None:
    """Give back what a payer paid too much for a case, say two people; `seen` as of `pay_statement.last_moved`."""

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        moved = seen not in (None, pay_statement.last_moved(tx.connection, tx.home_id, [case_no])[case_no])
        if moved:
            return Refusal(Problem.LIST_CHANGED, case_no)
        return pay_statement.give_back(tx, draft_no, case_no, amount_fen, signed.staff_no, second, log_no)

    return within(context, signed, f"statement money back {draft_no} with {second}", case_no, act)
