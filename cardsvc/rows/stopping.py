"""A death stops what its person is paid, by nobody's hand; what was stopped for another's death goes on.

Whoever writes a row that is paid asks in the same act (`stop_told`), so that a grant, a file or a restored row does not
come after a death that was told and is paid (MODULES.md, cross-link 2).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cardsvc.core.ids import HomeId
from cardsvc.core.local_time import local
from cardsvc.core.records import Move, Record, Value
from cardsvc.modules import Module, Payments
from cardsvc.rows import deaths, effects, keeping
from cardsvc.rows.keeping import Kept, Where
from cardsvc.store import deaths as store
from cardsvc.store.deaths import Look, Stopped
from cardsvc.store.log import Log
from cardsvc.vault.vault import Vault

DEATH, UNDONE = "death", "death_undone"
"""How the history of a row names what a case did to it."""


@dataclass(frozen=True, slots=True)
class Paying:
    """Payments of a module, and where the rows of who is paid are."""

    module: Module
    payments: Payments
    where: Where


def paying(module: Module, home_id: HomeId) -> Iterator[Paying]:
    """What a module pays."""
    for one in module.payments:
        yield Paying(module, one, Where(home_id, module.name, module.record(one.record)))


def stop_told(
    connection: Connection, vault: Vault, log: Log, where: Where, module: Module, rows: Iterable[str], now: datetime
) -> None:
    """Stop those of a record's rows whose person a case says to be dead, if that case has not stopped them before.

    `rows`: their ids, as they stand now. The log is open: no case changes meanwhile.
    """
    ids = list(rows)
    for at in paying(module, where.home_id):
        if at.where.record.name != where.record.name:
            continue
        for row, person in deaths.open_of(connection, at.where, at.payments, ids):
            for look in store.of_person(connection, where.home_id, person):
                if stop(connection, vault, log, at, look, [(row, person)], now):
                    break


def stop(
    connection: Connection,
    vault: Vault,
    log: Log,
    at: Paying,
    look: Look,
    rows: Iterable[tuple[Kept, str]],
    now: datetime,
) -> int:
    """Stop rows for what a case says of their person, once each: as the record's own move does it; how many it were."""
    home_id, payments, case_no = at.where.home_id, at.payments, look.case.case_no
    known = store.by_case(connection, home_id, case_no, at.where.module, payments.record)
    heard, stopped = {(one.row_id, one.person) for one in known if one.telling is look.telling}, 0
    for row, person in rows:
        if not look.telling or look.person != person or (row.id, person) in heard:
            continue
        what = f"death of {case_no} ({look.telling}) stops {at.where.module}/{at.where.record.name}"
        state = str(row.values[payments.state])
        move = _between(at.where.record, (state,), (payments.suspended,))
        changes: dict[str, Value] = {payments.state: payments.suspended}
        if move is not None and move.stamps:
            changes[move.stamps] = local(now).date()
        _move(connection, vault, log, at, (row, changes, move), (DEATH, what), now)
        key = (at.where.module, at.where.record.name, row.id, row.version + 1)
        store.add(connection, home_id, Stopped(*key, case_no, person, look.telling, state, now))
        stopped += 1
    return stopped


def go_on(connection: Connection, vault: Vault, log: Log, at: Paying, one: Stopped, now: datetime) -> None:
    """Let a row go on that a death stopped which was another's, if it stands as the death left it."""
    payments, record = at.payments, at.where.record
    row = keeping.find(connection, at.where, one.row_id, None)
    if row is None or not deaths.still(connection, at.where, payments, row, one):
        return
    what = f"death of {one.case_no} was another's: {at.where.module}/{record.name} goes on"
    there = _between(record, (one.state,), (payments.suspended,))
    changes: dict[str, Value] = {payments.state: one.state}
    if there is not None and there.stamps:
        changes[there.stamps] = None
    back = _between(record, (payments.suspended,), payments.paid)
    _move(connection, vault, log, at, (row, changes, back), (UNDONE, what), now)


def came_back(
    connection: Connection, vault: Vault, log: Log, where: Where, module: Module, row_id: str, now: datetime
) -> None:
    """A withdrawn row stands again: it hears what was told of its person meanwhile, or that it was another's."""
    for at in paying(module, where.home_id):
        if at.where.record.name == where.record.name:
            for one in store.undone(connection, where.home_id, where.module, where.record.name, row_id):
                go_on(connection, vault, log, at, one, now)
    stop_told(connection, vault, log, where, module, [row_id], now)


def _move(
    connection: Connection,
    vault: Vault,
    log: Log,
    at: Paying,
    moved: tuple[Kept, dict[str, Value], Move | None],
    named: tuple[str, str],
    now: datetime,
) -> None:
    """Change a row, and what the move of the same meaning does to others. `named`: for the history, for the log."""
    (row, changes, move), (name, what), record = moved, named, at.where.record
    log_no = log.add(what, row.id, "", now)
    after = {**row.values, "county": row.county, **changes}
    changes |= record.derived(after)
    if not keeping.change(connection, vault, at.where, row, changes, None, now, b"", log_no, name):
        raise LookupError(f"{at.where.module}/{record.name} changed under the lock")
    if move is not None:
        reached = effects.Act(log, name, now, local(now).date())
        effects.carry_out(connection, vault, at.where, at.module, move, (row.id, after | changes), reached)


def _between(record: Record, since: Iterable[str], to: Iterable[str]) -> Move | None:
    """The declared move from one of these states to one of those."""
    moves = record.flow.moves if record.flow is not None else ()
    return next((one for one in moves if set(since) & set(one.since) and one.to in to), None)
