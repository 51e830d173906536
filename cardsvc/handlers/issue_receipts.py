"""Put on receipts what a payer has paid and has none for: after the stock was empty, or a receipt was void."""

from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Receipt
from cardsvc.core.terms import Payer
from cardsvc.store import receipts
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, case_no: CaseNo, payer: Payer, by: StaffNo, log_no: int) -> list[Receipt] | Refusal:
    """The receipts that were issued now; `means` stays open, as the money came before."""
    _, missing = receipts.looked_at(tx, case_no)
    if payer not in missing:
        return Refusal(Problem.NOT_FOUND)
    made = receipts.issue(tx, case_no, payer, None, by, tx.now, f"office:{log_no}")
    return made or Refusal(Problem.RECEIPT_STOCK)
