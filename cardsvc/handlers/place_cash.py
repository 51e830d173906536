"""Put cash of no shift into a drawer: whoever does so has it in their own, which is counted with it from then on."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, confirmed, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import tills
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def handle(context: Context, number: int, by: StaffNo, second: StaffNo | None, now: datetime) -> Refusal | None:
    """Put what the link `number` moved into the drawer of `by`'s open shift; it stays there (decision 0040).

    Cash that was given out makes a drawer hold less than is in it: then two people say so.
    """

    def act(connection: Connection) -> Refusal | None:
        home = context.home_id
        log = open_log(connection, home)
        staff, shift = load_staff(connection, home), tills.open_of(connection, home, by)
        if not may(staff.get(by, ()), Action.KEEP_TILL):
            return Refusal(Problem.NOT_ALLOWED, Action.KEEP_TILL)
        if shift is None:
            return Refusal(Problem.TILL_CLOSED, by)
        found = [one for one in tills.takings(connection, home, None, number - 1) if one.log_no == number]
        if not found:
            return Refusal(Problem.NOT_FOUND)
        fen = sum(one.fen for one in found)
        refusal = confirmed(by, second, staff, Action.KEEP_TILL) if fen < 0 else None
        if refusal is not None:
            return refusal
        for one in found:
            tills.place(connection, home, one, shift.shift_no)
        two = f", second {second}" if second is not None else ""
        log.add(f"cash placed in {shift.drawer}{two}", f"link {number}, {fen} fen", "", now, by)
        log.close()
        return None

    return transact(context.engine, act)
