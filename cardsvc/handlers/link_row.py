"""Give somebody outside a link of their own to one row: its secret is shown once, and kept only as a hash."""

import base64
from datetime import datetime, timedelta

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Record
from cardsvc.rows import keeping, links
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import Connection, transact
from cardsvc.store.family import hash_of
from cardsvc.store.log import open_log

HOLDS = timedelta(days=60)


def handle(
    context: Context, module: str, record: Record, row_id: str, county: str | None, staff_no: StaffNo, now: datetime
) -> str | Refusal:
    """The secret of a new link, 43 characters; earlier links to the row end."""
    token = base64.urlsafe_b64encode(context.chance(32)).decode().rstrip("=")
    where = Where(context.home_id, module, record)

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        outside = record.flow is not None and any(one.outside for one in record.flow.moves)
        if not outside or keeping.find(connection, where, row_id, county) is None:
            return Refusal(Problem.NOT_FOUND)
        log.add(f"link made: {module}/{record.name}", row_id, "", now, staff_no)
        to = (module, record.name, row_id)
        links.make(connection, context.home_id, hash_of(token), to, now + HOLDS, staff_no, now)
        log.close()
        return None

    refusal = transact(context.engine, act)
    return refusal if refusal is not None else token
