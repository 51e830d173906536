"""Keep a row of a module's record: a new one, or changes of one that nobody changed meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo, uuid7
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Record
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.rows import keeping
from cardsvc.rows.counties import counties_for
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


@dataclass(frozen=True, slots=True)
class Faulty:
    """What was typed cannot be kept, and why, field by field."""

    faults: tuple[Fault, ...]


def new_id(context: Context, now: datetime) -> str:
    """An id for a row: 32 hex digits, in the order of time (UUIDv7)."""
    return uuid7(int(now.timestamp() * 1000), context.chance(10)).hex


def handle(
    context: Context,
    module: Module,
    record: Record,
    row: tuple[str, int] | None,
    texts: Mapping[str, str],
    county: str | None,
    staff_no: StaffNo,
    now: datetime,
) -> str | Faulty | Refusal:
    """Keep what was typed; the row's id. `row` is the id and version that were looked at, None of a new row.

    `texts` are by column, the county among them; a secret that is not among them stays as it is. `county` is the only
    one whose rows the writer may keep, None for all.
    """
    where = Where(context.home_id, module.name, record)
    bits = context.chance(12 * len(record.columns))
    row_id = row[0] if row is not None else new_id(context, now)
    counties = counties_for(county)

    def act(connection: Connection) -> str | Faulty | Refusal:
        log = open_log(connection, context.home_id)
        before = keeping.find(connection, where, row_id, county) if row is not None else None
        if row is not None and before is None:
            return Refusal(Problem.NOT_FOUND)
        if before is not None and record.is_frozen(before.values):
            return Refusal(Problem.ROW_FROZEN)
        kept = {one.name for one in record.typed if one.secret and one.name not in texts} if before else set()
        held = {name: keeping.clear(context.vault, where, before, name) for name in kept} if before else {}
        values, faults = cells.row(record, {**texts, **held}, counties, before.values if before is not None else None)
        faults += keeping.twice(connection, context.vault, where, values, row_id)
        if values["county"] in counties:
            records = {one.name: one for one in module.records}
            faults += keeping.lost_links(connection, module.name, context.home_id, records, record, values)
        if faults:
            return Faulty(faults)
        what = "row changed" if before is not None else "row added"
        log_no = log.add(f"{what}: {module.name}/{record.name}", row_id, "", now, staff_no)
        if before is None:
            keeping.insert(connection, context.vault, where, [(row_id, values)], staff_no, now, [bits])
        else:
            moved = {record.flow.column} if record.flow is not None else set()
            after = {name: value for name, value in values.items() if name not in moved}
            seen = before if row is None or before.version == row[1] else None
            if seen is None or not keeping.change(
                connection, context.vault, where, seen, after, staff_no, now, bits, log_no
            ):
                return Refusal(Problem.ROW_CHANGED)
        log.close()
        return row_id

    return transact(context.engine, act)
