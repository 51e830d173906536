"""A payer returns a line of a statement with its reason: it owes the line still, and is not asked for it there."""

from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.statements import ReturnedWhy, StatementState
from cardsvc.store import statements
from cardsvc.store.engine import Connection, transact
from cardsvc.store.lines import LineKey
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def handle(
    context: Context, draft_no: int, case_no: CaseNo, line: LineKey, why: ReturnedWhy, by: StaffNo
) -> Refusal | None:
    """Take the line off the statement that was sent; what becomes of it is for people to say (another payer, anew)."""

    def act(connection: Connection) -> Refusal | None:
        home, now = context.home_id, context.clock()
        log = open_log(connection, home)
        if not may(load_staff(connection, home).get(by, ()), Action.KEEP_STATEMENTS):
            return Refusal(Problem.NOT_ALLOWED, Action.KEEP_STATEMENTS)
        kept = statements.one(connection, home, draft_no)
        found = [
            one
            for one in statements.lines(connection, home, draft_no)
            if (one.share.case_no, one.share.log_no, one.share.line_no) == (case_no, *line)
        ]
        if kept is None or not found:
            return Refusal(Problem.NOT_FOUND)
        if kept.state is not StatementState.SENT or found[0].gone is not None:
            return Refusal(Problem.STATEMENT_ENDED)
        log.add(f"statement line returned {kept.number} {line[0]}:{line[1]} {why}", case_no, "", now, by)
        statements.give_back(connection, home, draft_no, found[0].share, why, by, now)
        log.close()
        return None

    return transact(context.engine, act)
