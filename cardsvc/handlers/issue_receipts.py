"""Put on receipts what a payer has paid and has none for: after the stock was empty, or a receipt was void."""

from cardsvc.core.facts import StepTaken
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Receipt
from cardsvc.core.reversal import last_settled
from cardsvc.core.terms import Payer
from cardsvc.store import receipts
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, case_no: CaseNo, payer: Payer, by: StaffNo) -> list[Receipt] | Refusal:
    """The receipts that were issued now; they say how the payer settled last."""
    _, missing = receipts.looked_at(tx, case_no)
    if payer not in missing:
        return Refusal(Problem.NOT_FOUND)
    settled = last_settled(tx.stored_facts(case_no), payer)
    if settled is None or not isinstance(settled.body, StepTaken):
        return Refusal(Problem.NOT_FOUND)
    details = settled.body.details
    made = receipts.issue(tx, case_no, payer, details.means, by, tx.now, settled.cause, details.receipt)
    return made or Refusal(Problem.RECEIPT_STOCK)
