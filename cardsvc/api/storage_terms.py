"""Tell families that the term of cold storage ends, and that it is over: once for each term, through the outbox."""

from datetime import datetime, timedelta

from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.storage import term_end
from cardsvc.core.terms import Notice
from cardsvc.store import cold_storage, storage_notices
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set
from cardsvc.store.working import Message


def handle(context: Context, now: datetime) -> int:
    """Write the notices that are due now; how many. Run it every hour: a second run at the same time writes none."""

    def act(connection: Connection) -> int:
        home = context.home_id
        log = open_log(connection, home)
        tx = working_set(connection, home, log, now)
        due = []
        for case, _, _ in cold_storage.kept(connection, home):
            end = term_end(case, tx.policy)
            if end is None or now < end - timedelta(days=tx.policy.storage_notice_days):
                continue
            notice = Notice.STORAGE_OVERDUE if now > end else Notice.STORAGE_ENDS
            due.append((case.case_no, notice, f"told {notice} {end:%Y-%m-%dT%H:%M}"))
        told = storage_notices.sent(connection, home, [case_no for case_no, _, _ in due])
        for case_no, notice, what in due:
            if (case_no, what) not in told:
                tx.outgoing.append((log.add(what, case_no, "", now), Message(notice, case_no)))
        post(context, tx)
        flush(tx)
        return len(tx.outgoing)

    return transact(context.engine, act)
