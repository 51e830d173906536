"""The routine that tells families about the storage and the rest of ashes: each thing once, through the outbox."""

from datetime import datetime

from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.ash_lists import due_notices
from cardsvc.core.facts import Details, Fact, StationKind, Step, StepTaken
from cardsvc.core.ids import StaffNo
from cardsvc.handlers.record_tap.happening import let_happen
from cardsvc.store import ashes
from cardsvc.store.chains import place_of
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
        due = [(case, due_notices(case, tx.policy, now)) for case in ashes.followed(connection, context.home_id)]
        due = [(case, notices) for case, notices in due if notices]
        if not due:
            return 0
        tx.load_cases(case.case_no for case, _ in due)
        tx.load_things()
        for case, notices in due:
            for notice in notices:
                log_no = tx.log.add(f"told {notice}", case.case_no, "", now)
                fact = Fact(
                    case_no=case.case_no,
                    body=StepTaken(step=Step.NOTIFY, details=Details(notice=notice, number=f"N{log_no}")),
                    at=now,
                    observed=False,
                    staff_no=StaffNo(""),
                    station_kind=StationKind.OFFICE,
                    cause=f"office:{log_no}",
                    order=(place_of(tx, case), log_no),
                )
                let_happen(tx, tx.cases[case.case_no], fact, log_no, late=False)
        told = len(tx.outgoing)
        post(context, tx)
        flush(tx)
        return told

    return transact(context.engine, act)
