"""Put on receipts what a payer has paid and has none for: after the stock was empty, or a receipt was void."""

from cardsvc.core.facts import Details, Fact, StepTaken
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import Receipt, payer_of
from cardsvc.core.terms import Payer
from cardsvc.store import receipts
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, case_no: CaseNo, payer: Payer, by: StaffNo, log_no: int) -> list[Receipt] | Refusal:
    """The receipts that were issued now; they say how the payer settled last."""
    _, missing = receipts.looked_at(tx, case_no)
    if payer not in missing:
        return Refusal(Problem.NOT_FOUND)
    settled = [one.body for one in sorted(tx.stored_facts(case_no), key=_order) if payer_of(one) is payer]
    details = settled[-1].details if settled and isinstance(settled[-1], StepTaken) else Details()
    means, slip = details.means, details.receipt
    made = receipts.issue(tx, case_no, payer, means, by, tx.now, f"office:{log_no}", slip)
    return made or Refusal(Problem.RECEIPT_STOCK)


def _order(fact: Fact) -> tuple[int, int]:
    return fact.order
