"""What a move does to other rows: the one that a link leads to, or all that lead to the moved one, in the same act."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, select

from cardsvc.core.ids import StaffNo
from cardsvc.core.records import Effect, Fault, Label, Made, Move, Record, Value, Values, Wrong
from cardsvc.modules import Module
from cardsvc.rows import agreeing, keeping
from cardsvc.rows.keeping import Kept, Where
from cardsvc.store.log import Log
from cardsvc.vault.vault import Vault


class Hindered(Exception):
    """A rule of another row stands against what a move does to it: the whole act has to be given up."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(one.column for one in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Act:
    """Who moves a row, when, and on which local day it was; `called`: how the history of the other rows names it.

    `reached`: the other rows that it changed or made, by their records' names.
    """

    log: Log
    called: str
    now: datetime
    day: date
    staff_no: StaffNo | None = None
    second_no: StaffNo | None = None
    reached: list[tuple[str, str]] = field(default_factory=list)


def carry_out(
    connection: Connection, vault: Vault, where: Where, module: Module, move: Move, row: tuple[str, Values], act: Act
) -> None:
    """Do what a move of a row (its id, and its values after it) does to others. Raises Hindered."""
    for effect in move.effects:
        other = module.record(effect.record or where.record.column(effect.link).of)
        to = Where(where.home_id, where.module, other)
        for one in _meant(connection, to, effect, row):
            _give(connection, vault, to, effect, one, row[1], act)


def _meant(connection: Connection, to: Where, effect: Effect, row: tuple[str, Values]) -> Iterator[Kept]:
    if not effect.record:
        found = keeping.find(connection, to, str(row[1].get(effect.link) or ""), None)
        yield from (found,) if found is not None else ()
        return
    c = to.table.c
    asked = select(to.table).where(c.home_id == to.home_id, c[effect.link] == row[0]).order_by(c.id)
    yield from [keeping.kept(to.record, one) for one in connection.execute(asked)]


def _give(connection: Connection, vault: Vault, to: Where, effect: Effect, one: Kept, own: Values, act: Act) -> None:
    gives = effect.gives(own, {**one.values, "county": one.county})
    if strange := gives.keys() - set(effect.columns):
        raise ValueError(f"{to.record.name}: an effect changes {sorted(strange)[0]} without saying so")
    if all(one.values[name] == value for name, value in gives.items()):
        return
    after = {**keeping.opened(vault, to, one), "county": one.county, **gives}
    if faults := list(to.record.check(after)) if to.record.check is not None else []:
        raise Hindered(tuple(_elsewhere(effect.link, to.record, fault) for fault in faults))
    log_no = act.log.add(
        f"row changed: {to.module}/{to.record.name} by {act.called}", one.id, "", act.now, act.staff_no
    )
    who, changes = (act.staff_no, act.now), {**gives, **to.record.derived(after)}
    if not keeping.change(connection, vault, to, one, changes, *who, b"", log_no, act.called, act.second_no, act.day):
        raise LookupError(f"{to.module}/{to.record.name} changed under the lock")
    act.reached.append((to.record.name, one.id))


def make(
    connection: Connection,
    vault: Vault,
    where: Where,
    module: Module,
    made: Made,
    row: Values,
    new: tuple[str, bytes],
    act: Act,
) -> None:
    """Make the row that follows from a moved one, whose values then are in clear.

    `new`: its id, and 12 bytes of chance for each of its columns. Raises Hindered.
    """
    other = module.record(where.record.column(made.link).of)
    to, (row_id, chance) = Where(where.home_id, where.module, other), new
    values: dict[str, Value] = dict.fromkeys(one.name for one in other.columns) | other.start
    values |= {**made.gives(row), "county": row["county"]}
    values |= other.derived(values)
    faults = [Fault(one.name, Wrong.MISSING) for one in other.columns if one.needed and values[one.name] is None]
    faults += other.check(values) if other.check is not None else ()
    records = {one.name: one for one in module.records}
    faults += agreeing.disagreed(connection, vault, to, records, values, row_id, not faults)
    if faults:
        own = {one.name for one in where.record.columns}
        raise Hindered(tuple(one if one.column in own else _elsewhere(made.link, other, one) for one in faults))
    act.log.add(f"row added: {to.module}/{other.name} by {act.called}", row_id, "", act.now, act.staff_no)
    keeping.insert(connection, vault, to, [(row_id, values)], act.staff_no or StaffNo(""), act.now, [chance])
    act.reached.append((other.name, row_id))


def _elsewhere(link: str, other: Record, fault: Fault) -> Fault:
    """A fault of another row, told at the column that leads to it."""
    return Fault(link, Wrong.RULE, fault.label or _label(other, fault))


def _label(record: Record, fault: Fault) -> Label:
    """What to call a fault that has no words of its own: the column that it is about."""
    return record.column(fault.column).label
