"""Keep a row of a module's record: a new one, or changes of one that nobody changed meanwhile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo, uuid7
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Record, Wrong
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.rows import importing, keeping, trails
from cardsvc.rows.counties import counties_for
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

ROW_ID = re.compile(r"[0-9a-f]{32}")


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

    `texts` are by column, the county among them; a secret that is not among them stays as it is, and so does what is
    guarded. `county` is the only one whose rows the writer may keep, None for all.
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
        present = keeping.opened(context.vault, where, before) if before is not None else {}
        stood = {**present, "county": before.county} if before is not None else {}
        guarded = record.guarded(before.values) if before is not None else ()
        stays = (one for one in record.typed if one.name in present and (one.secret or one.name in guarded))
        held = {one.name: cells.written(one, present[one.name]) for one in stays}
        said = texts.get("county", "").strip()
        ids, unnamed = _linked(connection, context, module, where, texts, said if said in counties else county)
        values, faults = cells.row(record, {**held, **texts, **ids}, counties, present)
        faults += unnamed
        changed = (name for name in guarded if name in values and values[name] != present[name])
        faults += tuple(Fault(name, Wrong.GUARDED) for name in changed)
        if values["county"] in counties:
            records, vault = {one.name: one for one in module.records}, context.vault
            faults += keeping.disagreed(connection, vault, where, records, values, row_id, not faults)
            if not faults:
                faults += trails.disagreed(connection, vault, where, module, values, stood, row_id)
        if faults:
            return Faulty(faults)
        what = "row changed" if before is not None else "row added"
        log_no = log.add(f"{what}: {module.name}/{record.name}", row_id, "", now, staff_no)
        if before is None:
            keeping.insert(connection, context.vault, where, [(row_id, values)], staff_no, now, [bits])
        else:
            asked = {
                "county",
                *(one.name for one in record.typed),
                *(one.name for one in record.columns if one.derived),
            }
            after = {name: value for name, value in values.items() if name in asked}
            seen = before if row is None or before.version == row[1] else None
            if seen is None or not keeping.change(
                connection, context.vault, where, seen, after, staff_no, now, bits, log_no
            ):
                return Refusal(Problem.ROW_CHANGED)
        log.close()
        return row_id

    return transact(context.engine, act)


def _linked(
    connection: Connection,
    context: Context,
    module: Module,
    where: Where,
    texts: Mapping[str, str],
    county: str | None,
) -> tuple[dict[str, str], tuple[Fault, ...]]:
    """The ids of rows that links name by what they are called; what names none, or several, is a fault."""
    ids, faults = {}, []
    for column in importing.links(where):
        text = texts.get(column.name, "").strip()
        if text and not ROW_ID.fullmatch(text):
            scope = importing.Scope(connection, context.vault, module, county)
            to = Where(where.home_id, where.module, module.record(column.of))
            found = importing.linked(scope, to, [text])[text]
            if isinstance(found, Wrong):
                faults.append(Fault(column.name, found))
                found = ""
            ids[column.name] = found
    return ids, tuple(faults)
