"""Open a till shift with a counted float: one a cashier, one a drawer (DOMAIN.md section 6)."""

import re
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.till import Counts, Shift, counted
from cardsvc.store import tills
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff

_DRAWER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,11}")


def handle(context: Context, staff_no: StaffNo, drawer: str, counts: Counts, now: datetime) -> Shift | Refusal:
    """Open the shift of whoever counted the float; `drawer` is the number on it, at most twelve letters and digits."""
    float_fen = counted(counts)
    if isinstance(float_fen, Refusal):
        return float_fen
    if _DRAWER.fullmatch(drawer) is None:
        return Refusal(Problem.FIELD_INVALID, "drawer")

    def act(connection: Connection) -> Shift | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        if not may(load_staff(connection, home).get(staff_no, ()), Action.KEEP_TILL):
            return Refusal(Problem.NOT_ALLOWED, Action.KEEP_TILL)
        mine, there = tills.open_of(connection, home, staff_no), tills.open_at(connection, home, drawer)
        for one in (mine, there):
            if one is not None:
                return Refusal(Problem.TILL_OPEN, f"{one.drawer}: {one.staff_no}")
        log_no = log.add(f"till shift opened at {drawer}", f"float {float_fen} fen", "", now, staff_no)
        shift = Shift(log_no, staff_no, drawer, now, float_fen)
        tills.add(connection, home, shift, counts)
        log.close()
        return shift

    return transact(context.engine, act)
