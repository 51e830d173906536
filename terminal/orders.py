"""Which QR payment a desk asks for, and waits for."""

from cardsvc.core.facts import Details, Step
from cardsvc.core.paying import LIVE, OrderState
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import AskedPay, Snapshot
from cardsvc.core.terms import Means, Payer
from terminal.entered import details_of
from terminal.session import Colour, Outcome, Paying, Session


def wish(session: Session, snapshot: Snapshot | None) -> Paying | None:
    """What is to be asked for: what was entered, or once more what came too late; an amount of 0 cannot be."""
    waits = session.paying
    if waits is not None:
        case_no, payer, fen = waits.case_no, waits.payer, waits.amount_fen
    elif session.step is Step.PAY and session.case_no is not None:
        try:
            details = details_of(session, Step.PAY)
        except ValueError:
            details = Details()
        case_no, payer, fen = session.case_no, details.payer or Payer.FAMILY, details.amount_fen or 0
    else:
        return None
    known = snapshot.cases.get(case_no) if snapshot is not None else None
    orders = known.orders if known is not None else ()
    # The service gives a live order of this payer out again: once it is paid, it is what was waited for.
    before = (one.order_no for one in orders if one.payer is not payer or one.state not in LIVE)
    return Paying(case_no, payer, fen, frozenset(before))


def come(session: Session, snapshot: Snapshot | None) -> Outcome | None:
    """What the desk says once the payment that it waits for has come."""
    waits, order = session.paying, order_of(session, snapshot)
    if waits is None or order is None or order.state is not OrderState.PAID:
        return None
    return Outcome(Colour.GO, "recorded", None, waits.case_no, Step.PAY, f"qr:{order.order_no}")


def order_of(session: Session, snapshot: Snapshot | None) -> AskedPay | None:
    """The order that the desk waits for, as far as the service has told: the newest of its payer."""
    waits = session.paying
    known = snapshot.cases.get(waits.case_no) if waits is not None and snapshot is not None else None
    if known is None or waits is None:
        return None
    ours = (one for one in known.orders if one.payer is waits.payer)
    return next((one for one in ours if one.state in LIVE or one.order_no not in waits.before), None)


def doubled(session: Session, snapshot: Snapshot, asked: Asked) -> Outcome | Refusal | None:
    """Why money by QR is not recorded by hand now: its payer's code is open, or has been paid and nobody was asked yet.

    Pressed again at the question, it is other money.
    """
    known = snapshot.cases.get(session.case_no) if session.case_no is not None else None
    if known is None or asked.step is not Step.PAY or asked.details.means is not Means.QR:
        return None
    ours = [one for one in known.orders if one.payer is (asked.details.payer or Payer.FAMILY)]
    waiting = next((one for one in ours if one.state in LIVE), None)
    if waiting is not None:
        return Refusal(Problem.PAYMENT_OPEN, waiting.order_no)
    came = any(one.state in (OrderState.PAID, OrderState.DISPUTED) for one in ours)
    was_asked = session.outcome is not None and session.outcome.message == "pay_same"
    return Outcome(Colour.AGAIN, "pay_same") if came and not was_asked else None
