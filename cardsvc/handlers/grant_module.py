"""Say in which modules somebody works."""

from collections.abc import Iterable
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.rows import grants
from cardsvc.store import staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(context: Context, staff_no: StaffNo, modules: Iterable[str], by: StaffNo, now: datetime) -> Refusal | None:
    """From now on they work in these modules and no others; nobody grants anything to themselves."""
    wanted = sorted(set(modules))

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        if staff.find(connection, context.home_id, staff_no) is None:
            return Refusal(Problem.NOT_FOUND)
        if staff_no == by or not set(wanted) <= set(context.modules):
            return Refusal(Problem.NOT_ALLOWED, "module")
        log.add(f"modules granted: {', '.join(wanted) or 'none'}", staff_no, "", now, by)
        grants.set_(connection, context.home_id, staff_no, wanted, by, now)
        log.close()
        return None

    return transact(context.engine, act)
