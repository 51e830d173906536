"""Move a row through its record's flow: by a clerk, by two, or by somebody outside through the row's own link."""

from collections.abc import Mapping
from datetime import date, datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo, uuid7
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Action
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Flow, Kind, Move, Record, Value, Values, Wrong
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.rows import agreeing, effects, keeping, second_pair, stopping, trails
from cardsvc.rows.keeping import Kept, Where
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log


def open_moves(record: Record, row: Kept) -> tuple[Move, ...]:
    """The moves that a row can make now."""
    flow = record.flow
    return tuple(one for one in flow.moves if row.values[flow.column] in one.since) if flow is not None else ()


def must_fill(record: Record, row: Values, move: Move, now: datetime) -> set[str]:
    """What a move asks that the record's rule wants filled, though it may be empty in other states.

    `row`: its values in clear, the county among them. A secret that it has stays as it is where nothing is typed.
    """
    if record.flow is None or record.check is None:
        return set()
    free = [one.name for one in map(record.column, move.fills) if not (one.needed or (one.secret and row[one.name]))]
    stamped = now if move.stamps and record.column(move.stamps).kind is Kind.MOMENT else local(now).date()
    after = {**row, **dict.fromkeys((*free, *move.clears)), **({move.stamps: stamped} if move.stamps else {})}
    after[record.flow.column] = move.leads(str(row[record.flow.column]))
    return {one.column for one in record.check(after) if one.why is Wrong.MISSING} & {*free}


def handle(
    context: Context,
    module: Module,
    record: Record,
    row: tuple[str, int],
    name: str,
    texts: Mapping[str, str],
    county: str | None,
    people: tuple[StaffNo | None, StaffNo | None],
    now: datetime,
) -> tuple[Fault, ...] | Refusal | None:
    """Move a row; None when it is done. `row`: the id and version that were looked at. `texts` fill the move's columns.

    Who is here may say by `texts` too when it was, under the name of the column that it stamps; else it is `now`.

    `people`: who moves it (None: somebody outside, for whom only a move of theirs is open) and who confirms it.
    """
    where = Where(context.home_id, module.name, record)
    staff_no, second = people
    bits = context.chance(12 * len(record.columns))
    new_id = uuid7(int(now.timestamp() * 1000), context.chance(10)).hex
    fresh = context.chance(12 * max(len(one.columns) for one in module.records))

    def act(connection: Connection) -> tuple[Fault, ...] | Refusal | None:
        log = open_log(connection, context.home_id)
        before = keeping.find(connection, where, row[0], county)
        if before is None or record.flow is None:
            return Refusal(Problem.NOT_FOUND)
        move = next((one for one in open_moves(record, before) if one.name == name), None)
        if move is None or before.version != row[1]:
            return Refusal(Problem.ROW_CHANGED)
        if move.outside is not (staff_no is None):
            return Refusal(Problem.NOT_ALLOWED, Action.EDIT_RECORDS)
        whose, alone = (module.name, before.county), not move.two
        confirming = (
            second_pair.confirming(connection, context.home_id, whose, (staff_no, second), alone)
            if staff_no is not None
            else None
        )
        if isinstance(confirming, Refusal):
            return confirming
        present = {**keeping.opened(context.vault, where, before), "county": before.county}
        filled, faults = _filled(record, move, texts, present)
        to = move.leads(str(before.values[record.flow.column]))
        values = {**present, **filled, record.flow.column: to}
        values |= dict.fromkeys(move.clears)
        if move.stamps:
            stamp = _stamped(record, move, texts.get(move.stamps, "") if staff_no is not None else "", present, now)
            faults += (Fault(move.stamps, stamp),) if isinstance(stamp, Wrong) else ()
            values[move.stamps] = stamp if not isinstance(stamp, Wrong) else None
        if not faults and record.check is not None:
            faults += tuple(record.check(values))
        records, vault = {one.name: one for one in module.records}, context.vault
        faults += agreeing.disagreed(connection, vault, where, records, values, before.id, not faults)
        faults += trails.disagreed(connection, vault, where, module, values, present, before.id)
        faults += agreeing.unfounded(connection, where, records, move, before.id)
        faults += agreeing.untrue(connection, where, records, values, before.id)
        if faults:
            return faults
        moved = (*filled, *move.clears, record.flow.column, *((move.stamps,) if move.stamps else ()))
        changes = {name: values[name] for name in moved} | record.derived(values)
        day = _holds_from(record.flow, move, values, local(now).date())
        by = f" with {confirming}" if confirming is not None else ""
        log_no = log.add(f"row moved: {module.name}/{record.name} {name}{by}", row[0], "", now, staff_no)
        makes = move.makes if move.makes is not None and present[move.makes.link] is None else None
        changes |= {makes.link: new_id} if makes is not None else {}
        if not keeping.change(
            connection, context.vault, where, before, changes, staff_no, now, bits, log_no, name, confirming, day
        ):
            return Refusal(Problem.ROW_CHANGED)
        reached = effects.Act(log, f"{record.name}.{name}", now, day, staff_no, confirming)
        if makes is not None:
            effects.make(connection, vault, where, module, makes, values | changes, (new_id, fresh), reached)
        effects.carry_out(connection, vault, where, module, move, (before.id, values | changes), reached)
        for touched, touched_id in ((record.name, before.id), *reached.reached):
            there = Where(context.home_id, module.name, records[touched])
            stopping.stop_told(connection, vault, log, there, module, [touched_id], now)
        log.close()
        return None

    try:
        return transact(context.engine, act)
    except effects.Hindered as error:
        return error.faults


def _holds_from(flow: Flow, move: Move, values: Values, today: date) -> date:
    """The local day since when a move holds (decision 0036)."""
    said = values.get(flow.begins if move.from_start else move.stamps)
    return min(_day(said), today) if isinstance(said, date) else today


def _stamped(record: Record, move: Move, text: str, present: Values, now: datetime) -> Value | Wrong:
    """The time of a move: as typed, else now; what is typed has come, and is not before what led where the row is."""
    column = record.column(move.stamps)
    whole = column.kind is Kind.DATE
    if not text.strip():
        return local(now).date() if whole else now
    found = cells.read(column, text)
    if isinstance(found, Wrong) or not isinstance(found, date):
        return found
    if _day(found) > local(now).date() or (isinstance(found, datetime) and found > now):
        return Wrong.IN_FUTURE
    flow = record.flow
    came = (
        [one.stamps for one in flow.moves if one.stamps and one.to == present[flow.column]] if flow is not None else []
    )
    begins = [flow.begins] if flow is not None and flow.begins else []
    for name in (*begins, *came):
        before = present[name]
        both = isinstance(before, datetime) and isinstance(found, datetime)
        if isinstance(before, date) and (found < before if both else _day(found) < _day(before)):
            return Wrong.TOO_EARLY
    return found


def _day(at: date) -> date:
    """The local day of a day or moment."""
    return local(at).date() if isinstance(at, datetime) else at


def _filled(
    record: Record, move: Move, texts: Mapping[str, str], present: Values
) -> tuple[dict[str, Value], tuple[Fault, ...]]:
    """What was typed with a move. All of it is needed where its column is; a secret that is left empty stays."""
    values: dict[str, Value] = {}
    faults = []
    for name in move.fills:
        column, text = record.column(name), texts.get(name, "")
        if column.secret and not text.strip() and present[name] is not None:
            continue
        found = cells.read(column, text)
        if isinstance(found, Wrong):
            faults.append(Fault(name, found))
        else:
            values[name] = found
    return values, tuple(faults)
