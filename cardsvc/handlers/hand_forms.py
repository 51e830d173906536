"""Hand blank forms to somebody else, who confirms that they have them (DOMAIN.md section 7)."""

from collections.abc import Collection
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.stock import FormState, ranges
from cardsvc.store import stock as stocks
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.stock import Stock


def handle(
    context: Context, stock: Stock, numbers: Collection[str], by: StaffNo, keeper: StaffNo | None, now: datetime
) -> int | Refusal:
    """`keeper` has given their own password: they have the forms now. How many there are; only blank ones go on."""
    if keeper is None:
        return Refusal(Problem.SECOND_PERSON_MISSING, "held_by")
    if not numbers:
        return Refusal(Problem.FIELD_MISSING, "numbers")

    def act(connection: Connection) -> int | Refusal:
        log = open_log(connection, context.home_id)
        ledger = stocks.states(connection, stock, context.home_id, numbers)
        wrong = [one for one in numbers if ledger.get(one) is not FormState.STOCK]
        if wrong:
            return Refusal(stock.not_blank, ", ".join(ranges(wrong)[:10]))
        stocks.change(connection, stock, context.home_id, numbers, {"held_by": keeper})
        log.add(f"{stock.name} handed to {keeper}", ", ".join(ranges(numbers)), "", now, by)
        log.close()
        return len(numbers)

    return transact(context.engine, act)
