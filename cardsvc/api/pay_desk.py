"""A cashier's station asks for a QR payment, or lets go of it: the order is written here, the provider is asked after.

The loop of `cardsvc.api.paying` shows it to the provider, takes its word and posts what has come; the station follows
by its snapshot.
"""

from cardsvc.context import Context
from cardsvc.core import desk
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.paying import LIVE
from cardsvc.core.permissions import may_take
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.handlers import ask_payment, record_tap
from cardsvc.handlers.ask_payment import Asking
from cardsvc.store import payments
from cardsvc.store.working import WorkingSet

ACCEPTED = Judgement(outcome=Outcome.ACCEPTED)


def ask(
    tx: WorkingSet, context: Context, kind: StationKind, by: StaffNo | None, case_no: CaseNo | None, asked: desk.AskPay
) -> Judgement:
    """Write the order; pressed twice, it is the same one."""
    refusal = _refused(tx, context, kind, by)
    if refusal is not None:
        return record_tap.refused(refusal)
    asking = Asking(case_no or CaseNo(""), asked.payer, asked.amount_fen, by or StaffNo(""))
    order = ask_payment.handle(tx, asking, context.chance(10))
    if isinstance(order, Refusal):
        return record_tap.refused(order)
    tx.changed.add(order.case_no)
    return ACCEPTED


def let_go(
    tx: WorkingSet, context: Context, kind: StationKind, by: StaffNo | None, case_no: CaseNo | None, asked: desk.DropPay
) -> Judgement:
    """Wait for it no longer: the provider is asked to take no money for it, and says whether it has been paid."""
    refusal = _refused(tx, context, kind, by)
    if refusal is not None:
        return record_tap.refused(refusal)
    order = payments.one(tx.connection, tx.home_id, asked.order_no)
    if order is None or order.case_no != case_no:
        return record_tap.refused(Refusal(Problem.NOT_FOUND, asked.order_no))
    if order.state in LIVE:
        payments.let_go(tx.connection, tx.home_id, order.order_no, tx.now)
    return ACCEPTED


def _refused(tx: WorkingSet, context: Context, kind: StationKind, by: StaffNo | None) -> Refusal | None:
    if kind is not StationKind.CASHIER:
        return Refusal(Problem.STEP_NOT_HERE, f"{Step.PAY} @ {kind}")
    if not may_take(tx.staff.get(by or StaffNo(""), ()), Step.PAY):
        return Refusal(Problem.STAFF_NOT_ALLOWED, Step.PAY)
    return Refusal(Problem.PROVIDER_MISSING) if context.provider is None else None
