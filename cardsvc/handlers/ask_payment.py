"""Ask a payer for money by QR: one order a case and payer at a time, never for more than is owed."""

from dataclasses import dataclass

from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo, payment_no, uuid7
from cardsvc.core.ledger import receivable
from cardsvc.core.paying import LIVES, MOST_FEN, Order, OrderState
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Payer
from cardsvc.core.workflow import in_order
from cardsvc.store import payments
from cardsvc.store.working import WorkingSet


@dataclass(frozen=True, slots=True)
class Asking:
    """What a cashier asks for."""

    case_no: CaseNo
    payer: Payer
    amount_fen: int
    by: StaffNo


def handle(tx: WorkingSet, asked: Asking, chance: bytes) -> Order | Refusal:
    """Write the order before anybody outside hears of it; pressed twice, it is the same order, unless it was let go.

    `chance`: 10 random bytes for its number.
    """
    case = tx.case(asked.case_no)
    if case is None:
        return Refusal(Problem.CASE_UNKNOWN, asked.case_no)
    refusal = in_order(case, Step.PAY)
    if refusal is not None:
        return refusal
    waiting = payments.live(tx.connection, tx.home_id, asked.case_no, asked.payer)
    if waiting is not None:
        same = waiting.amount_fen == asked.amount_fen and waiting.expires_at > tx.now
        return waiting if same else Refusal(Problem.PAYMENT_OPEN, waiting.order_no)
    owed = tx.balances(asked.case_no).get(receivable(asked.case_no, asked.payer), 0)
    if not 1 <= asked.amount_fen <= min(owed, MOST_FEN):
        return Refusal(Problem.AMOUNT_INVALID)
    order = Order(
        order_no=payment_no(tx.home_id, uuid7(int(tx.now.timestamp() * 1000), chance)),
        case_no=asked.case_no,
        payer=asked.payer,
        amount_fen=asked.amount_fen,
        state=OrderState.ASKED,
        asked_at=tx.now,
        expires_at=tx.now + LIVES,
        asked_by=asked.by,
    )
    payments.add(tx.connection, tx.home_id, order)
    return order
