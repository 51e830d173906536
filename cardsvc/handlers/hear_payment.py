"""Take the provider's word on an order: money that fits is to be posted, money that does not goes to suspense."""

from dataclasses import replace

from cardsvc.core import ledger
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.paying import Event, Order, Posting, hear
from cardsvc.core.provider import Standing
from cardsvc.core.terms import Means
from cardsvc.core.workflow import OVER, in_order
from cardsvc.store import payments
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, order_no: str, standing: Standing, closing: Event) -> tuple[Posting, ...] | None:
    """Keep what the order has become; what is to be posted, or None when nothing was new.

    The log is locked: whoever hears the same at the same moment comes after, and finds it known.
    """
    run, home = tx.connection, tx.home_id
    order = payments.one(run, home, order_no)
    if order is None:
        return None
    case = _goes_on(tx, order)
    known = payments.known(run, home, [one.ref for one in standing.payments])
    moved = hear(order, standing, known, payable=_payable(tx, case, order), closing=closing, now=tx.now)
    if moved.order == order and not moved.arrivals:
        return None
    order, postings = moved.order, []
    if not moved.arrivals:
        tx.log.add(f"payment {order.state} {order_no}", order.case_no, "", tx.now)
    for one in moved.arrivals:
        what = "posted" if one.why is None else f"in suspense {one.why}"
        log_no = tx.log.add(f"payment {what} {order_no}", case.case_no, "", tx.now)
        payments.arrived(run, home, order_no, case.case_no, log_no, one, tx.now)
        if one.why is None:
            details = Details(amount_fen=one.payment.amount_fen, means=Means.QR, payer=order.payer, number=order_no)
            postings.append(Posting(case.case_no, details, f"qr:{order_no}", log_no))
            order = replace(order, paid_log_no=log_no)
        else:
            transfers = ledger.suspended(case.case_no, one.payment.amount_fen, Means.QR)
            tx.transfers.extend((case.case_no, log_no, f"qr:{order_no}", entry) for entry in transfers)
    payments.keep(run, home, order, tx.now)
    tx.changed.add(case.case_no)  # the cashier's station follows it
    return tuple(postings)


def _payable(tx: WorkingSet, case: Case, order: Order) -> bool:
    """Whether the money may go onto the bill by itself; into a case that is over only what it still owes."""
    owed = tx.balances(case.case_no).get(ledger.receivable(case.case_no, order.payer), 0)
    return in_order(case, Step.PAY) is None and (case.stage not in OVER or order.amount_fen <= owed)


def _goes_on(tx: WorkingSet, order: Order) -> Case:
    """The order's case, or the one that it was merged into."""
    case = tx.case(order.case_no)
    while case is not None and case.merged_into is not None:
        case = tx.case(case.merged_into)
    if case is None:
        raise LookupError(f"order {order.order_no} has no case")
    return case
