"""Decide about money in suspense: it pays a case, or two people give it back. Each payment is decided about once.

What came for a case that was merged since is where the merge carried it.
"""

from cardsvc.core import assigning, ledger
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.paying import MOST_FEN, Posting, settled
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import one_person
from cardsvc.core.terms import Means, Payer
from cardsvc.core.workflow import in_order
from cardsvc.store import payments
from cardsvc.store.flagging import raise_flag
from cardsvc.store.payments import Held
from cardsvc.store.working import WorkingSet

ASSIGNED, REFUNDED = "assigned", "refunded"


def assign(
    tx: WorkingSet, ref: str, case_no: CaseNo, by: StaffNo, second: StaffNo | None, log_no: int
) -> Posting | Refusal:
    """The money pays this case: it leaves suspense, and becomes the step PAY."""
    held = _waiting(tx, ref)
    if isinstance(held, Refusal):
        return held
    case = tx.case(case_no)
    if case is None:
        return Refusal(Problem.CASE_UNKNOWN, case_no)
    refusal = in_order(case, Step.PAY)
    if refusal is not None:
        return refusal
    if held.amount_fen > MOST_FEN:
        return Refusal(Problem.AMOUNT_INVALID)
    order = payments.one(tx.connection, tx.home_id, held.order_no)
    asked = order is not None and case_no in (order.case_no, held.case_no)
    payer = order.payer if order is not None and asked else Payer.FAMILY
    paid = assigning.Paid(case_no, payer, held.amount_fen)
    refusal = assigning.alone(paid, tx.balances(case_no), by, second, tx.staff, own=asked)
    refusal = refusal or _leave(tx, held, log_no)
    if refusal is not None:
        return refusal
    _settle(tx, held, ASSIGNED, case_no, by, second, log_no)
    details = Details(amount_fen=held.amount_fen, means=Means.QR, payer=payer)
    return Posting(case_no, details, f"qr:{held.order_no}:{ref}", log_no)


def refund(tx: WorkingSet, ref: str, by: StaffNo, second: StaffNo | None, log_no: int) -> Refusal | None:
    """Two people say that the money goes back the way that it came: it leaves suspense and the till."""
    held = _waiting(tx, ref)
    if isinstance(held, Refusal):
        return held
    refusal = confirmed(by, second, tx.staff, Action.SETTLE_PAYMENT) or _leave(tx, held, log_no)
    if refusal is not None:
        return refusal
    _settle(tx, held, REFUNDED, held.case_no, by, second, log_no)
    order = payments.one(tx.connection, tx.home_id, held.order_no)
    asked = [(f"qr:{held.order_no}", StaffNo(order.asked_by))] if order is not None else []
    flag = one_person(f"office:{log_no}", held.amount_fen, (by, second), asked)
    raise_flag(tx, log_no, held.case_no, flag, by, second)
    return None


def _waiting(tx: WorkingSet, ref: str) -> Held | Refusal:
    held = payments.held(tx.connection, tx.home_id, ref)
    if held is None or held.why is None or held.settled is not None:
        return Refusal(Problem.NOT_FOUND)
    return held


def _leave(tx: WorkingSet, held: Held, log_no: int) -> Refusal | None:
    """Take the entry of the suspense back, or why not: it is not all there. Money of nobody's case has none.

    What came before a merge was carried on with the case, what was heard of after it may be where it was asked for.
    """
    left, entries = held.amount_fen, []
    for case_no in dict.fromkeys(one for one in (held.asked_for, held.case_no) if one is not None):
        fen = min(left, -tx.balances(case_no).get(ledger.suspense(case_no), 0))
        left -= max(0, fen)
        transfers = ledger.reversed_(ledger.suspended(case_no, fen, Means.QR)) if fen > 0 else ()
        entries += [(case_no, log_no, f"qr:{held.order_no}", entry) for entry in transfers]
    if left and held.case_no is not None:
        return Refusal(Problem.MONEY_USED)
    tx.transfers.extend(entries)
    return None


def _settle(
    tx: WorkingSet, held: Held, how: str, case_no: CaseNo | None, by: StaffNo, second: StaffNo | None, log_no: int
) -> None:
    run, home = tx.connection, tx.home_id
    payments.settle(run, home, held.ref, how, case_no, log_no, by, second, tx.now)
    order = payments.one(run, home, held.order_no)
    if order is None:
        return
    came = payments.of_order(run, home, held.order_no)
    open_left = sum(one.why is not None and one.settled is None for one in came)
    on_bill = any(one.why is None or one.settled == ASSIGNED for one in came)
    payments.keep(run, home, settled(order, open_left, on_bill), tx.now)
