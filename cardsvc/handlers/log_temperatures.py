"""Keep the temperatures of slots, typed at the page or sent by a sensor; one outside the limits is named in the log."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from cardsvc.context import Context
from cardsvc.core.cold import Warmth, warmth
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import cold_storage
from cardsvc.store.cold_storage import Reading
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.policies import policy_of

AHEAD = timedelta(minutes=5)
"""How far a sensor's clock may be ahead of ours."""
COLDEST, WARMEST = -600, 600
"""Tenths of a degree that a thermometer can show; beyond them it is broken or mistyped."""


def handle(context: Context, readings: Sequence[Reading], by: StaffNo, now: datetime) -> int | Refusal:
    """Keep temperatures; the number that is new. All of them or none."""

    def act(connection: Connection) -> int | Refusal:
        home = context.home_id
        known = {one.code for one in cold_storage.slots(connection, home)}
        unknown = sorted({one.slot for one in readings} - known)
        if unknown:
            return Refusal(Problem.PLACE_UNKNOWN, ", ".join(unknown))
        if any(one.at > now + AHEAD or not COLDEST <= one.tenths <= WARMEST for one in readings):
            return Refusal(Problem.FIELD_INVALID, "temperature")
        log, policy = open_log(connection, home), policy_of(connection, home, now)
        new = cold_storage.add_readings(connection, home, readings)
        for one in new:
            if warmth(one.tenths, policy) is Warmth.OUT:
                log.add(f"temperature out of range {one.tenths}", one.slot, "", now, by)
        log.close()
        return len(new)

    return transact(context.engine, act)
