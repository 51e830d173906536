"""Void a receipt that was issued: two people; what is still paid of it is put on a new number at once."""

from dataclasses import dataclass

from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import TAKEN_BACK, Family, Receipt
from cardsvc.core.terms import Reason
from cardsvc.store import receipts
from cardsvc.store.working import ReceiptVoid, WorkingSet


@dataclass(frozen=True, slots=True)
class Voiding:
    """Which receipt of a case, why, and who says so."""

    case_no: CaseNo
    family: Family
    number: str
    why: Reason
    by: StaffNo
    second: StaffNo | None


def handle(tx: WorkingSet, asked: Voiding) -> list[Receipt] | Refusal:
    """The receipts that take its place; none where nothing of it is paid any more."""
    if asked.why not in TAKEN_BACK:
        return Refusal(Problem.FIELD_INVALID, "reason")
    refusal = confirmed(asked.by, asked.second, tx.staff, Action.KEEP_RECEIPTS)
    if refusal is not None or asked.second is None:
        return refusal or Refusal(Problem.FOUR_EYES, Action.KEEP_RECEIPTS)
    one = receipts.one(tx.connection, tx.home_id, asked.family, asked.number)
    if one is None or one.void is not None or one.receipt.case_no != asked.case_no:
        return Refusal(Problem.RECEIPT_VOID, asked.number)
    old = one.receipt
    tx.receipt_voids[(asked.family.value, asked.number)] = ReceiptVoid(tx.now, asked.why, asked.by, asked.second)
    return receipts.issue(tx, asked.case_no, old.payer, old.means, asked.by, tx.now, old.cause, slip=old.slip)
