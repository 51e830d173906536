"""What a move does to other rows: the one that a link leads to, or all that lead to the moved one, in the same act."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from cardsvc.core.ids import StaffNo
from cardsvc.core.records import Effect, Fault, Label, Move, Record, Values, Wrong
from cardsvc.modules import Module
from cardsvc.rows import keeping
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
    """Who moves a row and when; `called`: how the history of the other rows names it."""

    log: Log
    called: str
    now: datetime
    staff_no: StaffNo | None = None
    second_no: StaffNo | None = None


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
        wrong = (Fault(effect.link, Wrong.RULE, fault.label or _label(to.record, fault)) for fault in faults)
        raise Hindered(tuple(wrong))
    log_no = act.log.add(
        f"row changed: {to.module}/{to.record.name} by {act.called}", one.id, "", act.now, act.staff_no
    )
    who, changes = (act.staff_no, act.now), {**gives, **to.record.derived(after)}
    if not keeping.change(connection, vault, to, one, changes, *who, b"", log_no, act.called, act.second_no):
        raise LookupError(f"{to.module}/{to.record.name} changed under the lock")


def _label(record: Record, fault: Fault) -> Label:
    """What to call a fault that has no words of its own: the column that it is about."""
    return record.column(fault.column).label
