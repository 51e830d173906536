"""Ash trails of the modules: a confirmed sign-up plans the rest of its case, what is completed closes its trail.

Both are found beside the taps, by themselves; any number of processes may look, each again under the lock. A sign-up
of somebody else than the case's person, or of a case that does not wait for it, plans and closes nothing.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from cardsvc.api.posting import post
from cardsvc.api.signing_up import may_be_planned, plan_of, trails_of
from cardsvc.context import Context
from cardsvc.core.case import Case, Portion
from cardsvc.core.facts import Details, PlaceKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.terms import Destination
from cardsvc.core.trails import Trail
from cardsvc.handlers.record_tap import take_by_itself
from cardsvc.modules import Module
from cardsvc.rows import keeping
from cardsvc.rows import trails as rows
from cardsvc.rows.keeping import Kept
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set

LOG = logging.getLogger("cardsvc.trails")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}")
"""What a fact can have as the number of a paper (core.facts.Code)."""


Act = Callable[[Module, Trail, Kept, str | None, CaseNo, Connection], str]


class Trails:
    """Plans what a module confirmed, and closes ash trails whose ashes it says are at rest."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._modules = list(trails_of(context))

    def close_due(self) -> Counter[str]:
        """How often each outcome came.

        `planned`, `closed`, `waiting` (no box is out, or held), `another` (another's sign-up), `done` (by somebody
        else meanwhile), `failed`.
        """
        outcomes, home = Counter[str](), self._context.home_id
        for module, trail in self._modules:
            with self._context.engine.connect() as connection:
                confirmed = rows.confirmed(connection, home, module, trail)
                rested = rows.rested(connection, home, module, trail)
            outcomes += self._each(self._plan, module, trail, confirmed)
            outcomes += self._each(self._close, module, trail, rested)
        return outcomes

    def _each(self, act: Act, module: Module, trail: Trail, found: Iterable[tuple[Kept, str | None]]) -> Counter[str]:
        outcomes = Counter[str]()
        for row, whose in found:
            number = CaseNo(str(row.values[trail.sign_ups.case_no]))
            try:
                once = partial(act, module, trail, row, whose, number)
                outcomes[transact(self._context.engine, once)] += 1
            except Exception as error:
                # One case stops none behind it. Only the kind of the fault is said: its words may quote a row.
                LOG.error("%s: the ash trail did not go on: %s", number, type(error).__name__)
                outcomes["failed"] += 1
        return outcomes

    def _plan(
        self, module: Module, trail: Trail, row: Kept, whose: str | None, case_no: CaseNo, connection: Connection
    ) -> str:
        context, now = self._context, self._context.clock()
        log = open_log(connection, context.home_id)
        tx = working_set(connection, context.home_id, log, now, context.vault.sign)
        case, event = tx.case(case_no), str(row.values[trail.sign_ups.event])
        held = keeping.find(connection, rows.events(context.home_id, module, trail), event, None)
        if case is None or held is None or case.ash_plan is not None:
            return "done"
        if not self._theirs(connection, trail, row, whose, case_no):
            return "another"
        if not may_be_planned(case):
            return "waiting"
        tx.load_things()
        log_no = tx.log.add(f"{module.name}/{trail.sign_ups.record} plans the rest", case_no, row.id, now)
        cause = f"module:{module.name}:{trail.sign_ups.record}:{row.id}:plan"
        take_by_itself(tx, case, Step.PLAN_REST, plan_of(trail, held), log_no, cause=cause)
        post(context, tx)
        flush(tx)
        return "planned"

    def _close(
        self, module: Module, trail: Trail, row: Kept, whose: str | None, case_no: CaseNo, connection: Connection
    ) -> str:
        context, now = self._context, self._context.clock()
        cause = f"module:{module.name}:{trail.sign_ups.record}:{row.id}"
        tx = working_set(connection, context.home_id, open_log(connection, context.home_id), now, context.vault.sign)
        case = tx.case(case_no)
        if case is None or any(one.cause == cause for one in case.taken):
            return "done"
        if not self._theirs(connection, trail, row, whose, case_no):
            return "another"
        box = the_box(case, trail.ways.get(str(row.values[trail.sign_ups.way])))
        if box is None or case.blocked(Step.CONFIRM_REST):
            return "waiting"
        tx.load_things()
        paper = row.values[trail.sign_ups.certificate]
        receipt = str(paper) if paper is not None and CODE.fullmatch(str(paper)) else row.id
        details = Details(receipt=receipt, label=box.label, resting=row.id)
        log_no = tx.log.add(f"{module.name}/{trail.sign_ups.record} confirms the rest", case_no, row.id, now)
        take_by_itself(tx, case, Step.CONFIRM_REST, details, log_no, cause=cause)
        post(context, tx)
        flush(tx)
        return "closed"

    def _theirs(self, connection: Connection, trail: Trail, row: Kept, whose: str | None, case_no: CaseNo) -> bool:
        """Whether a sign-up is about who the case's person is now, and of its county."""
        home, vault, name = self._context.home_id, self._context.vault, str(row.values[trail.sign_ups.deceased])
        return rows.theirs(connection, vault, home, case_no, whose, name, row.county)


def the_box(case: Case, destination: Destination | None) -> Portion | None:
    """The one box that its collector has for this destination, or has at all; None where people must say which."""
    out = [one for one in case.portions if one.place.kind is PlaceKind.COLLECTOR]
    meant = [one for one in out if one.destination is destination]
    found = meant or out
    return found[0] if len(found) == 1 else None
