"""Take a batch of numbered certificate forms into the stock (DOMAIN.md section 7: certificate stock ledger)."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import certificates
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

MOST = 5_000


def handle(context: Context, prefix: str, first: int, count: int, by: StaffNo, now: datetime) -> str | Refusal:
    """Numbers `prefix` + `first` and following, six digits each; a number that is there already refuses the batch."""
    if not prefix.replace("-", "").isalnum() or not prefix.isascii() or first < 1 or not 1 <= count <= MOST:
        return Refusal(Problem.FIELD_INVALID, "number")
    numbers = [f"{prefix}{number:06d}" for number in range(first, first + count)]
    batch = f"{numbers[0]}..{numbers[-1]}"

    def act(connection: Connection) -> str | Refusal:
        log = open_log(connection, context.home_id)
        if certificates.known(connection, context.home_id, numbers):
            return Refusal(Problem.CERTIFICATE_EXISTS, batch)
        certificates.add(connection, context.home_id, numbers, batch)
        log.add("certificates received", batch, "", now, by)
        log.close()
        return batch

    return transact(context.engine, act)
