"""Raise a flag on money that has been in suspense for a day: time raises it, no fact does."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.review import SUSPENSE_WAITS, old_suspense
from cardsvc.core.reviewing import ON_FACT
from cardsvc.store import reviewing
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flagging import flag_row
from cardsvc.store.log import open_log


def handle(context: Context, now: datetime) -> int:
    """How many flags were raised; each payment is flagged once."""

    def act(connection: Connection) -> int:
        open_log(connection, context.home_id)
        rows = [
            flag_row(context.home_id, one.log_no, ON_FACT, one.case_no, one.heard_at, flag)
            for one in reviewing.unflagged_suspense(connection, context.home_id, now - SUSPENSE_WAITS)
            if (flag := old_suspense(one.order_no, one.amount_fen, one.heard_at, now)) is not None
        ]
        reviewing.add(connection, rows)
        return len(rows)

    return transact(context.engine, act)
