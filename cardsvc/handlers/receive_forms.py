"""Take a batch of numbered forms into a stock (DOMAIN.md section 7: certificate stock ledger; section 6: receipts)."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.stock import numbers_of
from cardsvc.store import stock as stocks
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.stock import Stock


def handle(
    context: Context,
    stock: Stock,
    prefix: str,
    first: int,
    count: int,
    by: StaffNo,
    now: datetime,
    keeper: StaffNo | None = None,
) -> str | Refusal:
    """Numbers `prefix` + `first` and following, six digits each; a number that is there already refuses the batch.

    `keeper` has the forms from now on; without one, who received them.
    """
    try:
        numbers = numbers_of(prefix, first, count)
    except ValueError:
        return Refusal(Problem.FIELD_INVALID, "number")
    batch, held_by = f"{numbers[0]}..{numbers[-1]}", keeper or by

    def act(connection: Connection) -> str | Refusal:
        log = open_log(connection, context.home_id)
        if held_by not in load_staff(connection, context.home_id):
            return Refusal(Problem.STAFF_UNKNOWN, held_by)
        if stocks.states(connection, stock, context.home_id, numbers):
            return Refusal(Problem.FORMS_RECEIVED, batch)
        stocks.add(connection, stock, context.home_id, numbers, batch, held_by)
        log.add(f"{stock.name} received, kept by {held_by}", batch, "", now, by)
        log.close()
        return batch

    return transact(context.engine, act)
