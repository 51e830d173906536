"""Keep a count of the certificate forms by hand against the ledger: both kinds of difference, by number."""

from collections.abc import Collection
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.certificates import compare
from cardsvc.core.ids import StaffNo
from cardsvc.store import certificates
from cardsvc.store.certificates import Counted
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(context: Context, numbers: Collection[str], keeper: StaffNo | None, by: StaffNo, now: datetime) -> Counted:
    """Keep a count of what `keeper` has, or of the whole stock; the ledger is read under the home's lock."""

    def act(connection: Connection) -> Counted:
        home = context.home_id
        log = open_log(connection, home)
        stock = certificates.stock(connection, home, keeper)
        differences = compare(numbers, certificates.states(connection, home, numbers), stock)
        what = f"certificates counted {len(numbers)} of {len(stock)}"
        subject = f"missing {len(differences.missing)}, unexpected {len(differences.unexpected)}"
        log_no = log.add(f"{what}, kept by {keeper}" if keeper else what, subject, "", now, by)
        count = Counted(log_no, now, by, len(numbers), len(stock), differences)
        certificates.add_count(connection, home, count)
        log.close()
        return count

    return transact(context.engine, act)
