"""Clock somebody in or out: who is on shift may run a furnace (DOMAIN.md section 3, 26)."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import duty
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(context: Context, staff_no: StaffNo, *, on: bool, by: StaffNo, now: datetime) -> Refusal | None:
    """Begin or end a shift; doing it twice changes nothing. `by` is who presses: themselves, or the duty manager."""

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        if not duty.works_here(connection, context.home_id, staff_no):
            return Refusal(Problem.STAFF_UNKNOWN, staff_no)
        if duty.clock(connection, context.home_id, staff_no, on=on, now=now):
            log.add("clocked in" if on else "clocked out", staff_no, "", now, by)
        log.close()
        return None

    return transact(context.engine, act)
