"""Move a row through its record's flow: by a clerk, by two, or by somebody outside through the row's own link."""

from collections.abc import Mapping
from datetime import date, datetime

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import EVERY_MODULE, Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Fault, Kind, Move, Record, Value, Values, Wrong
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.rows import effects, grants, keeping, trails
from cardsvc.rows.keeping import Kept, Where
from cardsvc.store import staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log
from cardsvc.store.opening import load_staff


def open_moves(record: Record, row: Kept) -> tuple[Move, ...]:
    """The moves that a row can make now."""
    flow = record.flow
    return tuple(one for one in flow.moves if row.values[flow.column] in one.since) if flow is not None else ()


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
        if move.two and staff_no is not None:
            people_here = load_staff(connection, context.home_id)
            if (alone := confirmed(staff_no, second, people_here, Action.EDIT_RECORDS)) is not None:
                return alone
            if second is None or not _works_there(connection, context, second, module.name, before.county):
                return Refusal(Problem.NOT_ALLOWED, module.name)
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
        faults += keeping.disagreed(connection, vault, where, records, values, before.id, not faults)
        faults += trails.disagreed(connection, vault, where, module, values, present, before.id)
        if faults:
            return faults
        moved = (*filled, *move.clears, record.flow.column, *((move.stamps,) if move.stamps else ()))
        changes = {name: values[name] for name in moved} | record.derived(values)
        confirming = second if move.two else None
        by = f" with {confirming}" if confirming is not None else ""
        log_no = log.add(f"row moved: {module.name}/{record.name} {name}{by}", row[0], "", now, staff_no)
        if not keeping.change(
            connection, context.vault, where, before, changes, staff_no, now, bits, log_no, name, confirming
        ):
            return Refusal(Problem.ROW_CHANGED)
        reached = effects.Act(log, f"{record.name}.{name}", now, staff_no, confirming)
        effects.carry_out(connection, vault, where, module, move, (before.id, values | changes), reached)
        log.close()
        return None

    try:
        return transact(context.engine, act)
    except effects.Hindered as error:
        return error.faults


def _works_there(connection: Connection, context: Context, staff_no: StaffNo, module: str, county: str) -> bool:
    """Whether somebody works in the module, and with rows of this county: the second pair of eyes must see the row."""
    member = staff.find(connection, context.home_id, staff_no)
    if member is None or member.county not in (None, county):
        return False
    granted = grants.of(connection, context.home_id, staff_no)
    return bool(EVERY_MODULE & set(member.roles)) or module in granted


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
