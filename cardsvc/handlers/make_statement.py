"""Put a payer's lines of a period on a draft: those that stand and are on no living statement."""

from datetime import date

from cardsvc.context import Context
from cardsvc.core import statements
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.statements import MOST_LINES, PAYERS, StatementState
from cardsvc.core.terms import Payer
from cardsvc.store import statements as store
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def handle(
    context: Context, payer: Payer, first: date, last: date, by: StaffNo, *, returned: bool = False
) -> int | Refusal:
    """The number of the draft. `returned`: with the lines that the payer has returned once. It has no lines where the
    payer is only to be told that some were taken back.

    Whoever makes another draft for the payer at the same moment comes after, and finds these lines taken.
    """

    def act(connection: Connection) -> int | Refusal:
        home, now = context.home_id, context.clock()
        log = open_log(connection, home)
        if not may(load_staff(connection, home).get(by, ()), Action.KEEP_STATEMENTS):
            return Refusal(Problem.NOT_ALLOWED, Action.KEEP_STATEMENTS)
        refusal = statements.period(first, last, now) if payer in PAYERS else Refusal(Problem.FIELD_INVALID, "payer")
        if refusal is not None:
            return refusal
        shares = store.unstated(connection, home, payer, last, MOST_LINES, returned=returned)[:MOST_LINES]
        if not shares and not store.untold(connection, home, payer, 1):
            return Refusal(Problem.STATEMENT_EMPTY, payer)
        draft_no = log.add(f"statement drafted {payer} {first} {last}", "", "", now, by)
        kept = store.Kept(draft_no, payer, first, last, by, now, StatementState.DRAFT, None, None, None, None, None)
        store.add(connection, home, kept, shares)
        log.close()
        return draft_no

    return transact(context.engine, act)
