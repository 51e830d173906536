"""Keep the daily count of bodies against the records (DOMAIN.md section 7): both kinds of difference are named."""

from collections.abc import Iterable
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.cold import compare
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import cold_storage
from cardsvc.store.cold_storage import Counted
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(context: Context, found: Iterable[str], by: StaffNo, now: datetime) -> Counted | Refusal:
    """Keep a count: `found` are the slots in which somebody saw a body. The records are read under the home's lock."""
    seen = frozenset(found)

    def act(connection: Connection) -> Counted | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        unknown = sorted(seen - {one.code for one in cold_storage.slots(connection, home)})
        if unknown:
            return Refusal(Problem.PLACE_UNKNOWN, ", ".join(unknown))
        recorded = cold_storage.occupied(connection, home)
        differences = compare(recorded, seen)
        what = f"bodies counted {len(seen)} of {len(recorded)}"
        log_no = log.add(what, ", ".join(one.slot for one in differences.missed), "", now, by)
        count = Counted(log_no, now, by, len(seen), len(recorded), differences)
        cold_storage.add_count(connection, home, count)
        log.close()
        return count

    return transact(context.engine, act)
