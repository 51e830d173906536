"""Tell the modules that pay of a death: beside the taps, by itself, never within one.

What is paid to the person stops until somebody has looked. It goes on by itself where the deceased turns out to be
somebody else, if nobody has touched it meanwhile; the right person's payments stop then (MODULES.md, cross-link 2).
"""

import logging
from collections import Counter
from collections.abc import Iterable
from functools import partial

from cardsvc.context import Context
from cardsvc.core.deaths import Telling, next_try
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import local
from cardsvc.core.records import Move, Record, Value
from cardsvc.modules import Module, Payments
from cardsvc.rows import deaths as rows
from cardsvc.rows import effects, keeping
from cardsvc.rows.keeping import Kept, Where
from cardsvc.store import deaths as store
from cardsvc.store.deaths import Look, Stopped
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import Log, open_log

LOG = logging.getLogger("cardsvc.deaths")
DEATH, UNDONE = "death", "death_undone"
"""How the history of a row names what a case did to it."""


class Deaths:
    """Tells what is to be told; any number of processes may: each looks again before it writes."""

    def __init__(self, context: Context, most: int = store.MOST) -> None:
        self._context, self._most = context, most
        self._modules = [one for one in context.modules.values() if one.payments]

    def tell_due(self) -> Counter[str]:
        """Tell of cases that changed, and again where a module could not hear.

        How often each outcome came: `stopped`, `undone`, `kept` (another case says the same), `nothing`, or `unheard`.
        """
        outcomes, home, engine = Counter[str](), self._context.home_id, self._context.engine
        if not self._modules:
            return outcomes
        with engine.connect() as connection:
            changed = store.changed(connection, home, store.place(connection, home), self._most)
            again = store.due(connection, home, self._context.clock(), self._most)
        come = [one for one in changed if _news(one)]
        for look in {one.case.case_no: one for one in (*come, *again)}.values():
            outcomes.update(self._of(look))
        if changed:
            transact(engine, lambda connection: store.move_on(connection, home, changed[-1].place))
        return outcomes

    def tell_of_late_rows(self) -> Counter[str]:
        """Stop rows that came, or got the person's number, after the death was told."""
        outcomes, home = Counter[str](), self._context.home_id
        for module in self._modules:
            for payments in module.payments:
                where = Where(home, module.name, module.record(payments.record))
                with self._context.engine.connect() as connection:
                    late = rows.unstopped(connection, where, payments, self._most)
                    looks = store.of(connection, home, late)
                for look in looks:
                    outcomes.update(self._of(look))
        return outcomes

    def _of(self, look: Look) -> list[str]:
        """Tell every module of a case; a fault of one stops no other, nor another case."""
        found, faults, case_no = list[str](), list[str](), look.case.case_no
        for module in self._modules:
            try:
                found += transact(self._context.engine, partial(self._tell, module=module, case_no=case_no))
            except Exception as error:
                # Only the kind of the fault is said: its words may quote a row.
                LOG.error("%s: %s has not heard of the death: %s", case_no, module.name, type(error).__name__)
                faults.append(module.name)
        tries = (look.tries + 1 if look.waits else 1) if faults else 0
        next_at = next_try(tries, self._context.clock()) if faults else None
        home = self._context.home_id
        transact(self._context.engine, lambda connection: store.keep(connection, home, look, tries, faults, next_at))
        return [*found, *("unheard" for _ in faults)] or ["nothing"]

    def _tell(self, connection: Connection, module: Module, case_no: CaseNo) -> list[str]:
        """Tell a module, by the case as it is now."""
        home, found = self._context.home_id, list[str]()
        log = open_log(connection, home)
        (look,) = store.of(connection, home, [case_no])
        for payments in module.payments:
            where = Where(home, module.name, module.record(payments.record))
            known = store.by_case(connection, home, case_no, module.name, payments.record)
            wrong = [one for one in known if not look.telling or one.person != look.person]
            found += [self._undo(connection, log, module, where, payments, look, one) for one in wrong]
            if look.telling and look.person is not None:
                heard = {one.row_id for one in known if one.person == look.person and one.telling is look.telling}
                open_ = rows.open_(connection, where, payments, look.person)
                for row in (one for one in open_ if one.id not in heard):
                    self._stop(connection, log, module, where, payments, look, row)
                    found.append("stopped")
        log.close()
        return found

    def _stop(
        self,
        connection: Connection,
        log: Log,
        module: Module,
        where: Where,
        payments: Payments,
        look: Look,
        row: Kept,
    ) -> None:
        """As the record's own move does it, by nobody's hand."""
        case_no, person, now = look.case.case_no, look.person or "", self._context.clock()
        what = f"death of {case_no} ({look.telling}) stops {where.module}/{where.record.name}"
        state = str(row.values[payments.state])
        move = _between(where.record, (state,), (payments.suspended,))
        changes: dict[str, Value] = {payments.state: payments.suspended}
        if move is not None and move.stamps:
            changes[move.stamps] = local(now).date()
        self._move(connection, log, (module, where), row, changes, (DEATH, what), move)
        key = (where.module, where.record.name, row.id, row.version + 1)
        home = self._context.home_id
        store.add(connection, home, Stopped(*key, case_no, person, look.telling, state, now))

    def _undo(
        self,
        connection: Connection,
        log: Log,
        module: Module,
        where: Where,
        payments: Payments,
        look: Look,
        one: Stopped,
    ) -> str:
        """Let a row go on that was stopped for a death that was not this person's."""
        home, now = self._context.home_id, self._context.clock()
        heir = store.another(connection, home, one.person, look.case.case_no)
        if heir is not None:
            store.hand_over(connection, home, one, *heir)
            return "kept"
        row = keeping.find(connection, where, one.row_id, None)
        if row is not None and rows.still(connection, where, payments, row, one):
            what = f"death of {one.case_no} was another's: {where.module}/{where.record.name} goes on"
            there = _between(where.record, (one.state,), (payments.suspended,))
            changes: dict[str, Value] = {payments.state: one.state}
            if there is not None and there.stamps:
                changes[there.stamps] = None
            back = _between(where.record, (payments.suspended,), payments.paid)
            self._move(connection, log, (module, where), row, changes, (UNDONE, what), back)
        store.undo(connection, home, one, now)
        return "undone"

    def _move(
        self,
        connection: Connection,
        log: Log,
        at: tuple[Module, Where],
        row: Kept,
        changes: dict[str, Value],
        named: tuple[str, str],
        move: Move | None,
    ) -> None:
        """Change a row, and what the move of the same meaning does to others. `named`: for the history, for the log."""
        (module, where), (name, what), context, now = at, named, self._context, self._context.clock()
        log_no = log.add(what, row.id, "", now)
        after = {**row.values, "county": row.county, **changes}
        changes |= where.record.derived(after)
        chance = context.chance(12 * len(where.record.columns))
        if not keeping.change(connection, context.vault, where, row, changes, None, now, chance, log_no, name):
            raise LookupError(f"{where.module}/{where.record.name} changed under the lock")
        if move is not None:
            reached = effects.Act(log, name, now)
            effects.carry_out(connection, context.vault, where, module, move, (row.id, after | changes), reached)


def _between(record: Record, since: Iterable[str], to: Iterable[str]) -> Move | None:
    """The declared move from one of these states to one of those."""
    moves = record.flow.moves if record.flow is not None else ()
    return next((one for one in moves if set(since) & set(one.since) and one.to in to), None)


def _news(look: Look) -> bool:
    """Whether a case says something else than what was told of it."""
    if look.telling is Telling.NOTHING and look.told is Telling.NOTHING:
        return False
    return (look.telling, look.person) != (look.told, look.told_of)
