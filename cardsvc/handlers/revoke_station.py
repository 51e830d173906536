"""Revoke a station's journal: stolen, or out of service; two people, and nothing more is taken from it."""

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo, StationId
from cardsvc.core.permissions import Action, four_eyes
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import RevokedWhy
from cardsvc.store import journals, standing
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff

ASKED_FOR = (RevokedWhy.OUT_OF_SERVICE, RevokedWhy.STOLEN)
"""What people may give as the reason; the others follow from an approval."""


def handle(
    context: Context, journal_id: str, why: RevokedWhy, first: StaffNo, second: StaffNo | None
) -> StationId | Refusal:
    """Revoke a journal. A station out of service is not waited for after a restore; a stolen one's key is suspect."""
    now = context.clock()

    def act(connection: Connection) -> StationId | Refusal:
        log = open_log(connection, context.home_id)
        refusal = four_eyes(first, second, load_staff(connection, context.home_id), Action.APPROVE_STATION)
        if refusal is not None:
            return refusal
        if why not in ASKED_FOR:
            return Refusal(Problem.INPUT_INVALID, why)
        row = journals.journal(connection, context.home_id, journal_id)
        if row is None or row.standing is Problem.STATION_REVOKED:
            return Refusal(Problem.STATION_UNKNOWN, journal_id)
        standing.revoke(connection, context.home_id, row.journal_id, why, now)
        log.add("station revoked", f"{row.station_id} {row.journal_id} {why} {second}", "", now, first)
        log.close()
        return row.station_id

    return transact(context.engine, act)
