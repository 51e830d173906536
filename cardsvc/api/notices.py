"""The routine that tells families about terms of storage and the rest of ashes: each thing once, by the outbox."""

from datetime import datetime

from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.facts import Details, Step
from cardsvc.core.notices import due_notices
from cardsvc.handlers.record_tap import take_by_itself
from cardsvc.store import ashes, cold_storage
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set


def handle(context: Context, now: datetime) -> int:
    """Tell what is due now; returns how many messages wait to be sent. Running it twice tells nothing twice.

    What was told is a fact of the case, written with its message in one transaction under the home's log.
    """

    def act(connection: Connection) -> int:
        tx = working_set(connection, context.home_id, open_log(connection, context.home_id), now, context.vault.sign)
        followed = [*ashes.followed(connection, context.home_id)]
        followed += [case for case, _, _ in cold_storage.kept(connection, context.home_id)]
        due = [(case, notices) for case in followed if (notices := due_notices(case, tx.policy, now))]
        if not due:
            return 0
        tx.load_cases(case.case_no for case, _ in due)
        tx.load_things()
        for case, notices in due:
            for notice in notices:
                log_no = tx.log.add(f"told {notice}", case.case_no, "", now)
                details = Details(notice=notice, number=f"N{log_no}")
                take_by_itself(tx, tx.cases[case.case_no], Step.NOTIFY, details, log_no)
        told = len(tx.outgoing)
        post(context, tx)
        flush(tx)
        return told

    return transact(context.engine, act)
