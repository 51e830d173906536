"""The name on the screen of a hall: masked, unless the booking family approved it as booked, or in words of its own."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.shown import NameChoice
from cardsvc.store import cases, screens
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

LONGEST = 20


def handle(
    context: Context, case_no: CaseNo, choice: NameChoice, words: str, by: StaffNo, now: datetime
) -> NameChoice | Refusal:
    """Keep the family's choice; `words` are its own, up to 20 characters. The log says that it chose, never a name."""
    words = words.strip()
    if choice is NameChoice.OWN and not 0 < len(words) <= LONGEST:
        return Refusal(Problem.FIELD_INVALID, "hall_name")
    sealed = (
        context.vault.hide(words, screens.where_own(case_no), context.chance(12)) if choice is NameChoice.OWN else None
    )

    def act(connection: Connection) -> NameChoice | Refusal:
        log = open_log(connection, context.home_id)
        if not cases.exists(connection, context.home_id, case_no):
            return Refusal(Problem.CASE_UNKNOWN, case_no)
        log_no = log.add(f"hall name {choice}", case_no, "", now, by)
        if choice is NameChoice.MASKED:
            screens.mask_name(connection, context.home_id, case_no)
        else:
            screens.choose_name(connection, context.home_id, case_no, log_no, sealed)
        log.close()
        return choice

    return transact(context.engine, act)
