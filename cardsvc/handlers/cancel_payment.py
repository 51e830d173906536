"""Cancel a payment order whose provider does not answer: what comes for it later goes to suspense."""

from cardsvc.core.paying import LIVE, Event, Order, after
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import payments
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, order_no: str) -> Order | Refusal:
    """The order as it is now: one that is over stays as it is, one that is not is told to the provider later."""
    order = payments.one(tx.connection, tx.home_id, order_no)
    if order is None:
        return Refusal(Problem.NOT_FOUND)
    if order.state not in LIVE:
        return order
    cancelled = after(order, Event.CANCEL)
    payments.keep(tx.connection, tx.home_id, cancelled, tx.now)
    return cancelled
