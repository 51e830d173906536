"""Sign-ups for what a module offers to ashes: by the home's desk with the plan of the rest, or by the family itself.

Both look under the lock of the log, so the last place is given once; what a sign-up says comes from the case.
"""

from collections.abc import Iterator
from datetime import date, datetime, time

from cardsvc.api.access import Signed
from cardsvc.api.entering import take, within
from cardsvc.context import Context
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.permissions import may_take
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Move
from cardsvc.core.trails import Trail
from cardsvc.core.workflow import in_order
from cardsvc.handlers import family_view, move_row
from cardsvc.handlers.keep_row import new_id
from cardsvc.handlers.record_tap.by_itself import NOBODY
from cardsvc.modules import Module
from cardsvc.naming import cells
from cardsvc.rows import keeping
from cardsvc.rows import trails as rows
from cardsvc.rows.keeping import Kept
from cardsvc.store import cases as case_store
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import Log, open_log
from cardsvc.store.working import WorkingSet

NINE = time(9)
"""When an event begins whose record knows only its day."""


def trails_of(context: Context) -> Iterator[tuple[Module, Trail]]:
    """The modules that have to do with ashes."""
    for module in context.modules.values():
        if module.trail is not None:
            yield module, module.trail


def sign_up(context: Context, signed: Signed, module: Module, case_no: CaseNo, event_id: str) -> Refusal | None:
    """Sign a case's family up for an event, and plan the rest of its ashes there: both, or neither.

    Refused: an event that is not open, is over, or has no place left; a case that has a sign-up; what the step refuses.
    """
    trail = module.trail
    if trail is None:
        return Refusal(Problem.NOT_FOUND)
    if not may_take(signed.roles, Step.PLAN_REST):
        return Refusal(Problem.NOT_ALLOWED, Step.PLAN_REST)

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        event = _place(tx.connection, context, module, trail, case_no, event_id, tx.now)
        if isinstance(event, Refusal):
            return event
        tx.load_things()
        asked = Asked(Step.PLAN_REST, plan_of(trail, event), signed.staff_no)
        planned = take(tx, case_no, asked, log_no)
        if isinstance(planned, Refusal):
            return planned
        return _kept(tx.connection, tx.log, context, (module, trail), case_no, event, signed.staff_no, tx.now)

    return within(context, signed, f"signed up with {module.name}", case_no, act)


def ask(context: Context, cookie: str, module: Module, event_id: str, now: datetime) -> Refusal | None:
    """Sign up by the family's page: a row in its first state, which a clerk of the module confirms.

    Refused as `sign_up` is; without the second factor; an event that is not published; a case whose rest cannot be
    planned now. The rest is planned when the clerk has confirmed (`api.trails`).
    """
    trail = module.trail

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        found = family_view.living(connection, context, cookie, now)
        if found is None or trail is None:
            return Refusal(Problem.LINK_INVALID)
        if found.view.confirmed_at is None:
            return Refusal(Problem.CODE_INVALID)
        case = found.shown.case
        if not may_be_planned(case):
            return Refusal(Problem.STEP_OUT_OF_ORDER, Step.PLAN_REST)
        event = _place(connection, context, module, trail, case.case_no, event_id, now)
        if isinstance(event, Refusal):
            return event
        if not is_published(module, trail, event):
            return Refusal(Problem.FIELD_INVALID, "event")
        log.add(f"the family signed up with {module.name}", case.case_no, "", now)
        refusal = _kept(connection, log, context, (module, trail), case.case_no, event, NOBODY, now)
        if refusal is None:
            log.close()
        return refusal

    return transact(context.engine, act)


def withdraw(context: Context, cookie: str, module: Module, now: datetime) -> Refusal | None:
    """Withdraw by the family's page what nobody has confirmed."""
    trail = module.trail
    with context.engine.connect() as connection:
        found = family_view.living(connection, context, cookie, now)
        if found is None or trail is None:
            return Refusal(Problem.LINK_INVALID)
        if found.view.confirmed_at is None:
            return Refusal(Problem.CODE_INVALID)
        case_no = found.shown.case.case_no
        row = rows.of_cases(connection, context.home_id, module, trail, [case_no]).get(case_no)
    move = withdrawal(module, trail, row) if row is not None else None
    if row is None or move is None:
        return Refusal(Problem.ROW_CHANGED)
    record, seen = module.record(trail.sign_ups.record), (row.id, row.version)
    done = move_row.handle(context, module, record, seen, move.name, {}, None, (None, None), now)
    return Refusal(Problem.FIELD_INVALID, done[0].column) if isinstance(done, tuple) else done


def may_be_planned(case: Case) -> bool:
    """Whether the rest of a case's ashes can be planned now."""
    return in_order(case, Step.PLAN_REST) is None and not case.blocked(Step.PLAN_REST)


def is_published(module: Module, trail: Trail, event: Kept) -> bool:
    """Whether people outside may know of an event."""
    record = module.record(trail.events.record)
    return not record.published or event.values[record.published] is True


def withdrawal(module: Module, trail: Trail, row: Kept) -> Move | None:
    """The move by which a family gives its sign-up up while it stands in its first state; None when it cannot."""
    record, s = module.record(trail.sign_ups.record), trail.sign_ups
    state = row.values[s.state]
    if record.flow is None or state != record.start[s.state]:
        return None
    moves = (one for one in record.flow.moves if one.outside and state in one.since and one.to in s.given_up)
    return next(moves, None)


def plan_of(trail: Trail, event: Kept) -> Details:
    """The plan of a rest at an event: where, and from when on its day."""
    e, day = trail.events, event.values[trail.events.held_on]
    if not isinstance(day, date):
        raise ValueError(f"event {event.id} has no day")
    return Details(destination=trail.ways[str(event.values[e.way])], starts=datetime.combine(day, NINE, CHINA))


def _place(
    connection: Connection,
    context: Context,
    module: Module,
    trail: Trail,
    case_no: CaseNo,
    event_id: str,
    now: datetime,
) -> Kept | Refusal:
    """An event that has a place for this case; the log is locked."""
    home = context.home_id
    event = rows.event(connection, home, module, trail, event_id)
    day = event.values[trail.events.held_on] if event is not None else None
    if event is None or not isinstance(day, date) or day < local(now).date():
        return Refusal(Problem.FIELD_INVALID, "event")
    if rows.left(connection, home, module, trail, event) < 1:
        return Refusal(Problem.PLACE_TAKEN, "event")
    known = rows.of_cases(connection, home, module, trail, [case_no]).get(case_no)
    if known is not None and known.values[trail.sign_ups.state] not in trail.sign_ups.given_up:
        return Refusal(Problem.FIELD_INVALID, "case_no")
    return event


def _kept(
    connection: Connection,
    log: Log,
    context: Context,
    of: tuple[Module, Trail],
    case_no: CaseNo,
    event: Kept,
    staff_no: StaffNo,
    now: datetime,
) -> Refusal | None:
    """The sign-up's row, with what the case knows of the deceased and of who arranges; NOBODY: by the family itself."""
    module, trail = of
    s, where = trail.sign_ups, rows.sign_ups(context.home_id, module, trail)
    found = case_store.people(connection, context.home_id, case_no)

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
        s.signed_on: local(now).date().isoformat(),
        s.way: str(event.values[trail.events.way]),
        s.event: event.id,
    }
    values, faults = cells.row(where.record, texts, (found.county,))
    if faults:
        return Refusal(Problem.FIELD_INVALID, ", ".join(one.column for one in faults))
    row_id, bits = new_id(context, now), context.chance(12 * len(where.record.columns))
    log.add(f"row added: {module.name}/{s.record}", row_id, "", now, staff_no or None)
    keeping.insert(connection, context.vault, where, [(row_id, values)], staff_no, now, [bits])
    return None
