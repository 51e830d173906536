"""Which notices about a storage term were sent: the audit link of the message names the term."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, select

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.terms import Notice
from cardsvc.store import tables as t


def sent(connection: Connection, home_id: HomeId, numbers: Iterable[CaseNo]) -> set[tuple[CaseNo, str]]:
    """What was told about these cases' terms: case and the words of the audit link."""
    o, a = t.outbox.c, t.audit_link.c
    link = and_(a.home_id == o.home_id, a.log_no == o.log_no)
    kinds = (Notice.STORAGE_ENDS.value, Notice.STORAGE_OVERDUE.value)
    rows = connection.execute(
        select(o.case_no, a.what)
        .join(t.audit_link, link)
        .where(o.home_id == home_id, o.notice.in_(kinds), o.case_no.in_(sorted(set(numbers))))
    )
    return {(CaseNo(row.case_no), row.what) for row in rows}
