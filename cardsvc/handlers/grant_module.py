"""Say in which modules somebody works: two people let them in, as they give a role; one takes modules away."""

from collections.abc import Iterable
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.rows import grants
from cardsvc.store import staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def handle(
    context: Context, staff_no: StaffNo, modules: Iterable[str], people: tuple[StaffNo, StaffNo | None], now: datetime
) -> Refusal | None:
    """From now on they work in these modules and no others; nobody grants anything to themselves, nor confirms it."""
    wanted, (by, second) = sorted(set(modules)), people

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        if staff.find(connection, context.home_id, staff_no) is None:
            return Refusal(Problem.NOT_FOUND)
        if staff_no in people or not set(wanted) <= set(context.modules):
            return Refusal(Problem.NOT_ALLOWED, "module")
        new = set(wanted) - grants.of(connection, context.home_id, staff_no)
        alone = confirmed(by, second, load_staff(connection, context.home_id), Action.GRANT_MODULES)
        if new and alone is not None:
            return alone
        with_whom = f" with {second}" if new else ""
        log.add(f"modules granted: {', '.join(wanted) or 'none'}{with_whom}", staff_no, "", now, by)
        grants.set_(connection, context.home_id, staff_no, wanted, by, now)
        log.close()
        return None

    return transact(context.engine, act)
