"""Keep a count of forms by hand against the ledger: both kinds of difference, by number."""

from collections.abc import Collection
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.stock import compare
from cardsvc.store import stock as stocks
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff
from cardsvc.store.stock import Counted, Stock


def handle(
    context: Context, stock: Stock, numbers: Collection[str], keeper: StaffNo | None, by: StaffNo, now: datetime
) -> Counted | Refusal:
    """Keep a count of what `keeper` has, or of the whole stock; the ledger is read under the home's lock.

    Somebody who has left is counted as long as forms are in their hands.
    """

    def act(connection: Connection) -> Counted | Refusal:
        home = context.home_id
        log = open_log(connection, home)
        recorded = stocks.in_stock(connection, stock, home, keeper)
        if keeper is not None and not recorded and keeper not in load_staff(connection, home):
            return Refusal(Problem.STAFF_UNKNOWN, keeper)
        differences = compare(numbers, stocks.states(connection, stock, home, numbers), recorded)
        what = f"{stock.name} counted {len(numbers)} of {len(recorded)}"
        subject = f"missing {len(differences.missing)}, unexpected {len(differences.unexpected)}"
        log_no = log.add(f"{what}, kept by {keeper}" if keeper else what, subject, "", now, by)
        count = Counted(log_no, now, by, len(numbers), len(recorded), differences)
        stocks.add_count(connection, stock, home, count)
        log.close()
        return count

    return transact(context.engine, act)
