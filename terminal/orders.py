"""Which QR payment a desk waits for."""

from cardsvc.core.paying import LIVE
from cardsvc.core.snapshot import AskedPay, Snapshot
from terminal.session import Session


def order_of(session: Session, snapshot: Snapshot | None) -> AskedPay | None:
    """The order that the desk waits for, as far as the service has told: the newest of its payer."""
    waits = session.paying
    known = snapshot.cases.get(waits.case_no) if waits is not None and snapshot is not None else None
    if known is None or waits is None:
        return None
    ours = (one for one in known.orders if one.payer is waits.payer)
    return next((one for one in ours if one.state in LIVE or one.order_no not in waits.before), None)
