"""Show a secret of a module's row to somebody who may see it and says why; the look is logged before it happens."""

from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Record
from cardsvc.core.seeing import LookWhy
from cardsvc.rows import keeping
from cardsvc.rows.keeping import Kept, Where
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def handle(
    context: Context,
    module: str,
    record: Record,
    row_id: str,
    column: str,
    why: LookWhy,
    county: str | None,
    staff_no: StaffNo,
    now: datetime,
) -> str | Refusal:
    """The value in clear; "" where there is none."""
    where = Where(context.home_id, module, record)

    def act(connection: Connection) -> Kept | Refusal:
        log = open_log(connection, context.home_id)
        found = keeping.find(connection, where, row_id, county)
        if found is None or column not in {one.name for one in record.columns if one.secret}:
            return Refusal(Problem.NOT_FOUND)
        log.add(f"revealed {module}/{record.name} {column} for {why}", row_id, "", now, staff_no)
        log.close()
        return found

    row = transact(context.engine, act)
    return row if isinstance(row, Refusal) else keeping.clear(context.vault, where, row, column)
