"""Who said whose money something is: they count as its takers when it goes back."""

from sqlalchemy import Connection, select

from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.store import tables as t
from cardsvc.store.journals import merged_into
from cardsvc.store.stray_cash import ASSIGNED


def assigned_by(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[tuple[str, StaffNo]]:
    """What was put on a case: by which cause its money is there, and who said so; each of the two for itself.

    Money held at the desks is not among it: that is a step of its case.
    """
    ours = [*merged_into(connection, home_id, case_no), case_no]
    a, s = t.payment_arrival.c, t.stray_money.c
    by_qr = select(a.order_no, a.provider_ref, a.settled_by, a.settled_second).where(
        a.home_id == home_id, a.case_no.in_(ours), a.settled == ASSIGNED
    )
    strays = select(s.cause, s.settled_by, s.settled_second).where(
        s.home_id == home_id, s.settled_case_no.in_(ours), s.settled == ASSIGNED
    )
    found: list[tuple[str, str | None]] = []
    for row in connection.execute(by_qr):
        cause = f"qr:{row.order_no}:{row.provider_ref}"
        found += [(cause, row.settled_by), (cause, row.settled_second)]
    for stray in connection.execute(strays):
        found += [(stray.cause, stray.settled_by), (stray.cause, stray.settled_second)]
    return [(cause, StaffNo(who)) for cause, who in found if who]
