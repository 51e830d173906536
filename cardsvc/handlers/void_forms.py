"""Void blank forms of a stock that are spoiled, misprinted or lost: two people, and the numbers stay void for ever."""

from collections.abc import Collection
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.stock import SPOILT, FormState, ranges
from cardsvc.core.terms import Reason
from cardsvc.store import stock as stocks
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.stock import Stock


def handle(
    context: Context,
    stock: Stock,
    numbers: Collection[str],
    why: Reason,
    by: StaffNo,
    second: StaffNo | None,
    now: datetime,
) -> int | Refusal:
    """How many are void now. What a case has drawn is voided with its case, never here."""
    if why not in SPOILT:
        return Refusal(Problem.FIELD_INVALID, "reason")
    if not numbers:
        return Refusal(Problem.FIELD_MISSING, "numbers")

    def act(connection: Connection) -> int | Refusal:
        log = open_log(connection, context.home_id)
        refusal = confirmed(by, second, load_staff(connection, context.home_id), stock.keep)
        if refusal is not None:
            return refusal
        ledger = stocks.states(connection, stock, context.home_id, numbers)
        wrong = [one for one in numbers if ledger.get(one) is not FormState.STOCK]
        if wrong:
            return Refusal(stock.not_blank, ", ".join(ranges(wrong)[:10]))
        values = {"state": "void", "void_at": now, "void_why": why.value, "void_by": by, "void_second": second}
        stocks.change(connection, stock, context.home_id, numbers, values)
        log.add(f"{stock.name} void, {why}, second {second}", ", ".join(ranges(numbers)), "", now, by)
        log.close()
        return len(numbers)

    return transact(context.engine, act)
