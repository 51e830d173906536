"""Set a new version of the city's waiver table: by two people, from today or a later day on; older versions stay."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.waivers import WaiverTable
from cardsvc.store import waiver_tables
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff, price_book


def handle(
    context: Context, table: WaiverTable, by: StaffNo, second: StaffNo | None, now: datetime
) -> WaiverTable | Refusal:
    """Keep a version; every item that it names is in the price list in force."""

    def act(connection: Connection) -> WaiverTable | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        refusal = confirmed(by, second, load_staff(connection, home), Action.SET_RULES)
        if refusal is not None or second is None:
            return refusal or Refusal(Problem.FOUR_EYES)
        if table.valid_from < local(now).date():
            return Refusal(Problem.FIELD_INVALID, "valid_from")
        book = price_book(connection, home, now)
        named = dict.fromkeys(item for one in table.rules for item in (one.item, *one.set_off))
        strange = [item for item in named if book.find(item) is None]
        if strange:
            return Refusal(Problem.FIELD_INVALID, ", ".join(strange))
        kept = waiver_tables.keep(connection, home, table, by, second, now)
        log.add(f"waivers set from {kept.valid_from} with {second}", f"{kept.version}: {kept.legal_basis}", "", now, by)
        log.close()
        return kept

    return transact(context.engine, act)
