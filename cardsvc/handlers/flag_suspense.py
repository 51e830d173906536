"""Raise a flag on money that has been in suspense for a day: time raises it, no fact does."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.reversal import PROVIDED
from cardsvc.core.review import SUSPENSE_WAITS, Rule, old_suspense
from cardsvc.core.reviewing import ON_FACT
from cardsvc.store import held_money, reviewing, stray_money
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flagging import flag_row
from cardsvc.store.log import open_log


@dataclass(frozen=True, slots=True)
class Waits:
    """Money that came at a desk and waits; of no case where `case_no` is None."""

    log_no: int
    case_no: CaseNo | None
    cause: str
    fen: int
    at: datetime


def _at_desks(connection: Connection, home_id: HomeId) -> Iterator[Waits]:
    for held in held_money.listed(connection, home_id):
        for one in held.pieces:
            yield Waits(one.log_no, held.case_no, one.cause, min(one.amount_fen, held.fen), one.at)
    for stray in stray_money.waiting(connection, home_id):
        yield Waits(stray.log_no, None, stray.cause, stray.amount_fen, stray.at)


def handle(context: Context, now: datetime) -> int:
    """How many flags were raised; each payment is flagged once."""

    def act(connection: Connection) -> int:
        open_log(connection, context.home_id)
        rows = [
            flag_row(context.home_id, one.log_no, ON_FACT, one.case_no, one.heard_at, flag)
            for one in reviewing.unflagged_suspense(connection, context.home_id, now - SUSPENSE_WAITS)
            if (flag := old_suspense(f"{PROVIDED}{one.order_no}", one.amount_fen, one.heard_at, now)) is not None
        ]
        at_desk = {
            one.log_no: flag_row(context.home_id, one.log_no, ON_FACT, one.case_no, one.at, flag)
            for one in _at_desks(connection, context.home_id)
            if (flag := old_suspense(one.cause, one.fen, one.at, now)) is not None
        }
        fresh = reviewing.unflagged(connection, context.home_id, Rule.OLD_SUSPENSE, set(at_desk))
        rows += [row for log_no, row in sorted(at_desk.items()) if log_no in fresh]
        reviewing.add(connection, rows)
        return len(rows)

    return transact(context.engine, act)
