"""Set until which day somebody's certificate for the furnace is valid: by two people."""

from datetime import date, datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import duty
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def handle(
    context: Context, staff_no: StaffNo, until: date | None, by: StaffNo, second: StaffNo | None, now: datetime
) -> Refusal | None:
    """Set it; None ends the qualification. Nobody changes their own, nor confirms it."""

    def act(connection: Connection) -> Refusal | None:
        home = context.home_id
        log = open_log(connection, home)
        staff = load_staff(connection, home)
        refusal = confirmed(by, second, staff, Action.CLOCK_STAFF)
        if staff_no not in staff:
            return Refusal(Problem.STAFF_UNKNOWN, staff_no)
        if refusal is not None or staff_no in (by, second):
            return refusal or Refusal(Problem.FOUR_EYES, staff_no)
        duty.qualify(connection, home, staff_no, until)
        log.add(f"qualified until {until or 'ended'} with {second}", staff_no, "", now, by)
        log.close()
        return None

    return transact(context.engine, act)
