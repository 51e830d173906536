"""Ash trails of the modules: a family signs up from its case, and what a module completes closes the case's trail.

The completion is found beside the taps, by itself; any number of processes may look, each again under the lock. A
sign-up of somebody else than the case's person, or of a case that does not wait for it, closes nothing.
"""

import logging
import re
from collections import Counter
from datetime import date, datetime, time
from functools import partial

from cardsvc.api.access import Signed
from cardsvc.api.entering import take, within
from cardsvc.api.posting import post
from cardsvc.context import Context
from cardsvc.core.case import Case, Portion
from cardsvc.core.facts import Details, PlaceKind, Step
from cardsvc.core.ids import CaseNo
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.permissions import may_take
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Destination
from cardsvc.core.trails import Trail
from cardsvc.handlers.keep_row import new_id
from cardsvc.handlers.record_tap import take_by_itself
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.naming.names import shape
from cardsvc.rows import keeping
from cardsvc.rows import trails as rows
from cardsvc.rows.keeping import Kept
from cardsvc.store import cases as case_store
from cardsvc.store.engine import Connection, transact
from cardsvc.store.flushing import flush
from cardsvc.store.log import open_log
from cardsvc.store.opening import working_set
from cardsvc.store.registers import person
from cardsvc.store.working import WorkingSet

LOG = logging.getLogger("cardsvc.trails")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}")
"""What a fact can have as the number of a paper (core.facts.Code)."""
NINE = time(9)
"""When an event begins whose record knows only its day."""


class Trails:
    """Closes ash trails whose ashes a module says are at rest."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._modules = [(one, one.trail) for one in context.modules.values() if one.trail is not None]

    def close_due(self) -> Counter[str]:
        """How often each outcome came: `closed`, `waiting` (no box is out, or held), `another` (another's sign-up)."""
        outcomes = Counter[str]()
        for module, trail in self._modules:
            with self._context.engine.connect() as connection:
                found = rows.rested(connection, self._context.home_id, module, trail)
            for row, whose in found:
                number = CaseNo(str(row.values[trail.sign_ups.case_no]))
                try:
                    act = partial(self._close, module=module, trail=trail, row=row, whose=whose, case_no=number)
                    outcomes[transact(self._context.engine, act)] += 1
                except Exception as error:
                    # One case stops none behind it. Only the kind of the fault is said: its words may quote a row.
                    LOG.error("%s: the ash trail was not closed: %s", number, type(error).__name__)
                    outcomes["failed"] += 1
        return outcomes

    def _close(
        self, connection: Connection, module: Module, trail: Trail, row: Kept, whose: str | None, case_no: CaseNo
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
        """Whether a sign-up is about who the case's person is now: by the ID number, without one by the name."""
        home, vault = self._context.home_id, self._context.vault
        if whose is not None:
            return whose == person(connection, home, case_no)
        sealed = case_store.identity(connection, home, case_no).deceased_name_sealed
        name = vault.show(sealed, f"funeral_case/{case_no}/deceased_name")
        return shape(name) == shape(str(row.values[trail.sign_ups.deceased]))


def the_box(case: Case, destination: Destination | None) -> Portion | None:
    """The one box that its collector has for this destination, or has at all; None where people must say which."""
    out = [one for one in case.portions if one.place.kind is PlaceKind.COLLECTOR]
    meant = [one for one in out if one.destination is destination]
    found = meant or out
    return found[0] if len(found) == 1 else None


def sign_up(context: Context, signed: Signed, module: Module, case_no: CaseNo, event_id: str) -> Refusal | None:
    """Sign a case's family up for an event, and plan the rest of its ashes there: both, or neither.

    Refused: an event that is not open, is over, or has no place left; a case that has a sign-up; what the step refuses.
    """
    trail, home = module.trail, context.home_id
    if trail is None:
        return Refusal(Problem.NOT_FOUND)
    if not may_take(signed.roles, Step.PLAN_REST):
        return Refusal(Problem.NOT_ALLOWED, Step.PLAN_REST)

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        event = rows.event(tx.connection, home, module, trail, event_id)
        day = event.values[trail.events.held_on] if event is not None else None
        if event is None or not isinstance(day, date) or day < local(tx.now).date():
            return Refusal(Problem.FIELD_INVALID, "event")
        if rows.left(tx.connection, home, module, trail, event) < 1:
            return Refusal(Problem.PLACE_TAKEN, "event")
        known = rows.of_cases(tx.connection, home, module, trail, [case_no]).get(case_no)
        if known is not None and known.values[trail.sign_ups.state] not in trail.sign_ups.given_up:
            return Refusal(Problem.FIELD_INVALID, "case_no")
        way = str(event.values[trail.events.way])
        starts = datetime.combine(day, NINE, CHINA)
        tx.load_things()
        asked = Asked(Step.PLAN_REST, Details(destination=trail.ways[way], starts=starts), signed.staff_no)
        planned = take(tx, case_no, asked, log_no)
        return planned if isinstance(planned, Refusal) else _kept(context, tx, signed, module, trail, case_no, event)

    return within(context, signed, f"signed up with {module.name}", case_no, act)


def _kept(
    context: Context, tx: WorkingSet, signed: Signed, module: Module, trail: Trail, case_no: CaseNo, event: Kept
) -> Refusal | None:
    """The sign-up's row, with what the case knows of the deceased and of who arranges."""
    s, where = trail.sign_ups, rows.sign_ups(context.home_id, module, trail)
    found = case_store.people(tx.connection, context.home_id, case_no)

    def shown(column: str) -> str:
        sealed = getattr(found, f"{column}_sealed")
        return context.vault.show(sealed, f"funeral_case/{case_no}/{column}") if sealed is not None else ""

    texts = {
        "county": found.county,
        s.case_no: case_no,
        s.deceased: shown("deceased_name"),
        s.person: shown("id_no"),
        s.applicant: shown("applicant_name"),
        s.phone: shown("applicant_phone"),
        s.signed_on: local(tx.now).date().isoformat(),
        s.way: str(event.values[trail.events.way]),
        s.event: event.id,
    }
    values, faults = cells.row(where.record, texts, (found.county,))
    if faults:
        return Refusal(Problem.FIELD_INVALID, ", ".join(one.column for one in faults))
    row_id, bits = new_id(context, tx.now), context.chance(12 * len(where.record.columns))
    tx.log.add(f"row added: {module.name}/{s.record}", row_id, "", tx.now, signed.staff_no)
    keeping.insert(tx.connection, context.vault, where, [(row_id, values)], signed.staff_no, tx.now, [bits])
    return None
