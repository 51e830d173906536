"""Tell the modules that pay of a death: beside the taps, by itself, never within one.

What is paid to the person stops until somebody has looked. It goes on by itself where the deceased turns out to be
somebody else, if nobody has touched it meanwhile; the right person's payments stop then (MODULES.md, cross-link 2).
"""

import logging
from collections import Counter
from functools import partial

from cardsvc.context import Context
from cardsvc.core.deaths import Telling, next_try
from cardsvc.core.ids import CaseNo
from cardsvc.modules import Module
from cardsvc.rows import deaths as rows
from cardsvc.rows import stopping
from cardsvc.rows.stopping import Paying, paying
from cardsvc.store import deaths as store
from cardsvc.store.deaths import Look, Stopped
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import Log, open_log

LOG = logging.getLogger("cardsvc.deaths")


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
        """Stop rows that came after the death was told by a way that does not ask (`stopping.stop_told`)."""
        outcomes, home = Counter[str](), self._context.home_id
        for module in self._modules:
            for at in paying(module, home):
                with self._context.engine.connect() as connection:
                    late = rows.unstopped(connection, at.where, at.payments, self._most)
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
        for at in paying(module, home):
            known = store.by_case(connection, home, case_no, module.name, at.payments.record)
            wrong = [one for one in known if not look.telling or one.person != look.person]
            found += [self._undo(connection, log, at, look, one) for one in wrong]
            if look.telling and look.person is not None:
                open_ = [(one, look.person) for one in rows.open_(connection, at.where, at.payments, look.person)]
                stopped = stopping.stop(connection, self._context.vault, log, at, look, open_, self._context.clock())
                found += ["stopped"] * stopped
        log.close()
        return found

    def _undo(self, connection: Connection, log: Log, at: Paying, look: Look, one: Stopped) -> str:
        """Let a row go on that was stopped for a death that was not this person's."""
        home, now = self._context.home_id, self._context.clock()
        heir = store.another(connection, home, one.person, look.case.case_no)
        if heir is not None:
            store.hand_over(connection, home, one, *heir)
            return "kept"
        stopping.go_on(connection, self._context.vault, log, at, one, now)
        store.undo(connection, home, one, now)
        return "undone"


def _news(look: Look) -> bool:
    """Whether a case says something else than what was told of it."""
    if look.telling is Telling.NOTHING and look.told is Telling.NOTHING:
        return False
    return (look.telling, look.person) != (look.told, look.told_of)
