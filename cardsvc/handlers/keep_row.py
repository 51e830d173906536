"""Keep a row of a module's record: a new one, or changes of one that nobody changed meanwhile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo, uuid7
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Column, Fault, Kind, Label, Record, Wrong
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.rows import agreeing, importing, keeping, second_pair, stopping, trails
from cardsvc.rows.counties import counties_for
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

ROW_ID = re.compile(r"[0-9a-f]{32}")
SINCE_WHEN, SINCE_DAY = "since-when", "since-day"
"""Fields of a form that are no columns: since when a change holds (`day`, `beginning`; today), and that day."""
DAY = Column(SINCE_DAY, Label("", ""), Kind.DATE, needed=True)


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
    second: StaffNo | None = None,
) -> str | Faulty | Refusal:
    """Keep what was typed; the row's id. `row` is the id and version that were looked at, None of a new row.

    `texts` are by column, the county among them; a secret that is not among them stays as it is, and so does what is
    guarded. `county` is the only one whose rows the writer may keep, None for all. `second`: who confirms it,
    where it takes two. A change holds from today on; from the beginning, or from the day that is typed, where
    `SINCE_WHEN` among the texts says so (decision 0036).
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
        records, vault = {one.name: one for one in module.records}, context.vault
        if before is not None and (
            record.is_frozen(before.values) or agreeing.binding(connection, where, records, [before.values])
        ):
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
            faults += agreeing.disagreed(connection, vault, where, records, values, row_id, not faults)
            if not faults:
                faults += trails.disagreed(connection, vault, where, module, values, stood, row_id)
        since = _since(texts, local(now).date()) if before is not None else None
        if isinstance(since, Wrong):
            faults += (Fault(SINCE_DAY, since),)
        if faults or isinstance(since, Wrong):
            return Faulty(faults)
        alone = not second_pair.keeps(connection, where, records, [values, *((stood,) if before is not None else ())])
        whose, people = (module.name, str(values["county"])), (staff_no, second)
        confirming = second_pair.confirming(connection, context.home_id, whose, people, alone)
        if isinstance(confirming, Refusal):
            return confirming
        what = "row changed" if before is not None else "row added"
        told = f" since {since}" if since is not None else ""
        by = f" with {confirming}" if confirming is not None else ""
        log_no = log.add(f"{what}: {module.name}/{record.name}{told}{by}", row_id, "", now, staff_no)
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
                connection, context.vault, where, seen, after, staff_no, now, bits, log_no, "", confirming, day=since
            ):
                return Refusal(Problem.ROW_CHANGED)
        stopping.stop_told(connection, context.vault, log, where, module, [row_id], now)
        log.close()
        return row_id

    return transact(context.engine, act)


def _since(texts: Mapping[str, str], today: date) -> date | Wrong | None:
    """Since which local day a change holds, None for today: a day that is typed is never passed over."""
    when, day = texts.get(SINCE_WHEN, ""), texts.get(SINCE_DAY, "")
    if when == "beginning":
        return date.min
    if when != "day" and not day.strip():
        return None
    found = cells.read(DAY, day)
    if not isinstance(found, date):
        return found if isinstance(found, Wrong) else Wrong.MISSING
    return found if found <= today else Wrong.IN_FUTURE


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
