"""Send a message of the outbox again now: what made the receiver refuse it, or kept it away, is mended."""

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import outbox
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(context: Context, log_no: int, entry_no: int, by: StaffNo) -> Refusal | None:
    """Let it wait for now instead of later, or of never; one that is confirmed stays so."""
    now = context.clock()

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        if not outbox.send_anew(connection, context.home_id, log_no, entry_no, now):
            return Refusal(Problem.NOT_FOUND)
        log.add("message sent anew", f"{log_no}-{entry_no}", "", now, by)
        log.close()
        return None

    return transact(context.engine, act)
