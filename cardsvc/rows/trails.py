"""Rows by which ashes come to rest: what is offered, who has signed up, and whose ashes rest."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, select

from cardsvc.core.facts import Stage
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.records import CITY, Fault, Values, Wrong
from cardsvc.core.trails import Trail
from cardsvc.core.workflow import ENDED
from cardsvc.modules import Module
from cardsvc.naming.names import shape
from cardsvc.rows.keeping import Kept, Where, find, kept, sliced
from cardsvc.rows.tables import blind
from cardsvc.store import cases
from cardsvc.store import tables as t
from cardsvc.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Offered:
    """An event that is open, and how many places it has left."""

    row: Kept
    left: int


def sign_ups(home_id: HomeId, module: Module, trail: Trail) -> Where:
    """Where a module's sign-ups are."""
    return Where(home_id, module.name, module.record(trail.sign_ups.record))


def events(home_id: HomeId, module: Module, trail: Trail) -> Where:
    """Where its events are."""
    return Where(home_id, module.name, module.record(trail.events.record))


def offered(connection: Connection, home_id: HomeId, module: Module, trail: Trail, today: date) -> list[Offered]:
    """The open events from this day on that have places left, of all counties, the next one first."""
    where, e = events(home_id, module, trail), trail.events
    c = where.table.c
    asked = select(where.table).where(c.home_id == home_id, c[e.state] == e.open, c[e.held_on] >= today)
    found = [kept(where.record, row) for row in connection.execute(asked.order_by(c[e.held_on], c.id))]
    with_left = [Offered(one, left(connection, home_id, module, trail, one)) for one in found]
    return [one for one in with_left if one.left > 0]


def left(connection: Connection, home_id: HomeId, module: Module, trail: Trail, event: Kept) -> int:
    """How many places of an event nobody has."""
    places = event.values[trail.events.places]
    return (places if isinstance(places, int) else 0) - taken(connection, home_id, module, trail, event.id)


def taken(connection: Connection, home_id: HomeId, module: Module, trail: Trail, event_id: str) -> int:
    """How many places of an event somebody has."""
    where, s = sign_ups(home_id, module, trail), trail.sign_ups
    c = where.table.c
    whose = (c.home_id == home_id, c[s.event] == event_id, c[s.state].not_in(s.given_up))
    return connection.execute(select(func.count()).select_from(where.table).where(*whose)).scalar_one()


def wants_place(trail: Trail, values: Values) -> str | None:
    """The event at which a sign-up of these values has a place; None of none."""
    event_id = values.get(trail.sign_ups.event)
    return str(event_id) if event_id and values[trail.sign_ups.state] not in trail.sign_ups.given_up else None


def claims(trail: Trail, values: Values) -> str | None:
    """The case whose ashes a sign-up of these values would bury; None where nothing comes of it."""
    s = trail.sign_ups
    return str(values[s.case_no]) if values.get(s.case_no) and values[s.state] not in s.given_up else None


def claimed_by(connection: Connection, where: Where, trail: Trail, cases: Iterable[str], but: str = "") -> set[str]:
    """Which of these cases have a sign-up already that is not given up: their ashes are buried once."""
    c, s, found = where.table.c, trail.sign_ups, set[str]()
    for some in sliced(cases):
        these = (c.home_id == where.home_id, c[s.case_no].in_(some), c[s.state].not_in(s.given_up), c.id != but)
        found |= set(connection.execute(select(c[s.case_no]).where(*these)).scalars())
    return found


def disagreed(
    connection: Connection, vault: Vault, where: Where, module: Module, values: Values, before: Values, row_id: str
) -> tuple[Fault, ...]:
    """What is wrong with a row that has to do with ashes, beside others; `before`: as it stood, empty of a new one.

    A sign-up for an event without places left, that names a case of somebody else, or one that has a sign-up; an event
    with fewer places than are given. The log is locked.
    """
    trail, faults = module.trail, []
    if trail is not None and where.record.name == trail.sign_ups.record:
        s, wanted = trail.sign_ups, wants_place(trail, values)
        if wanted is not None and (not before or wanted != wants_place(trail, before)):
            at = event_at(connection, where.home_id, module, trail, wanted)
            if at is not None and left(connection, where.home_id, module, trail, at) < 1:
                faults.append(Fault(s.event, Wrong.FULL))
        claimed = claims(trail, values)
        moved = (values[s.case_no], values[s.state]) != (before.get(s.case_no), before.get(s.state))
        if claimed is not None and moved and claimed_by(connection, where, trail, [claimed], row_id):
            faults.append(Fault(s.case_no, Wrong.TWICE))
        about = (s.case_no, s.deceased, s.person)
        if values[s.case_no] is not None and any(values[one] != before.get(one) for one in (*about, "county")):
            person, number = values[s.person], CaseNo(str(values[s.case_no]))
            whose = vault.blind("id_no", str(person).upper()) if person is not None else None
            names = str(values[s.deceased])
            if not theirs(connection, vault, where.home_id, number, whose, names, str(values["county"])):
                faults.append(Fault(s.case_no, Wrong.NOT_THEIRS))
    if trail is not None and before and where.record.name == trail.events.record:
        places = values[trail.events.places]
        if isinstance(places, int) and places < taken(connection, where.home_id, module, trail, row_id):
            faults.append(Fault(trail.events.places, Wrong.FULL))
    return tuple(faults)


def theirs(
    connection: Connection, vault: Vault, home_id: HomeId, case_no: CaseNo, whose: str | None, name: str, county: str
) -> bool:
    """Whether a sign-up is about who a case's person is now, and of the case's county or the city's.

    By the blind index of the ID number; by the name only where neither knows a number.
    """
    found = cases.identity(connection, home_id, case_no)
    if found is None or county not in (found.county, CITY):
        return False
    if whose is not None or found.id_no_blind is not None:
        return whose is not None and whose == found.id_no_blind
    known = vault.show(found.deceased_name_sealed, f"funeral_case/{case_no}/deceased_name")
    return shape(known) == shape(name)


def event(connection: Connection, home_id: HomeId, module: Module, trail: Trail, row_id: str) -> Kept | None:
    """An event that is open."""
    row = event_at(connection, home_id, module, trail, row_id)
    return row if row is not None and row.values[trail.events.state] == trail.events.open else None


def event_at(connection: Connection, home_id: HomeId, module: Module, trail: Trail, row_id: str) -> Kept | None:
    """An event, open or not."""
    return find(connection, events(home_id, module, trail), row_id, None)


def of_cases(
    connection: Connection, home_id: HomeId, module: Module, trail: Trail, cases: Iterable[str]
) -> dict[CaseNo, Kept]:
    """The sign-up of each of these cases: by which it says that its ashes rest, else the newest.

    One that was given up only where there is no other.
    """
    where, s = sign_ups(home_id, module, trail), trail.sign_ups
    c = where.table.c
    asked = select(where.table).where(c.home_id == home_id, c[s.case_no].in_(sorted(cases))).order_by(c.id)
    rows = [kept(where.record, row) for row in connection.execute(asked)]
    many = {number for number, times in Counter(one.values[s.case_no] for one in rows).items() if times > 1}
    named = _resting_by(connection, where, many) if many else set()
    rows.sort(key=lambda one: (one.values[s.state] not in s.given_up, one.id in named))
    return {CaseNo(str(one.values[s.case_no])): one for one in rows}


def _resting_by(connection: Connection, where: Where, cases: Iterable[Any]) -> set[str]:
    """The sign-ups by which cases say that their ashes rest: the cause of the step that closed their trail."""
    f = t.funeral_case.c
    bodies = connection.execute(select(f.body).where(f.home_id == where.home_id, f.case_no.in_(sorted(cases))))
    cause = re.compile(f'"module:{where.module}:{where.record.name}:([0-9a-f]{{32}})"')
    return {row_id for body in bodies.scalars() for row_id in cause.findall(body)}


def rested(connection: Connection, home_id: HomeId, module: Module, trail: Trail) -> list[tuple[Kept, str | None]]:
    """Sign-ups whose ashes rest while their case still waits for it, each with its person's blind index."""
    where, s = sign_ups(home_id, module, trail), trail.sign_ups
    c, f = where.table.c, t.funeral_case.c
    waits = f.stage.in_((Stage.SEALED.value, Stage.RELEASED.value))
    asked = (
        select(where.table)
        .join(t.funeral_case, and_(f.home_id == c.home_id, f.case_no == c[s.case_no]))
        .where(c.home_id == home_id, c[s.state] == s.rested, waits)
        .order_by(c.id)
    )
    return [(kept(where.record, row), row._mapping[blind(s.person)]) for row in connection.execute(asked)]


def confirmed(connection: Connection, home_id: HomeId, module: Module, trail: Trail) -> list[tuple[Kept, str | None]]:
    """Sign-ups that somebody of the module confirmed for an event, while nobody planned where their case's ashes go."""
    where, s = sign_ups(home_id, module, trail), trail.sign_ups
    c, f = where.table.c, t.funeral_case.c
    # The body leaves out what is not set.
    open_ = f.stage.not_in([one.value for one in (*ENDED, Stage.AT_REST)]) & ~f.body.contains('"ash_plan":')
    not_these = {where.record.start[s.state], s.rested, *s.given_up}
    states = [one for one in where.record.column(s.state).choices if one not in not_these]
    asked = (
        select(where.table)
        .join(t.funeral_case, and_(f.home_id == c.home_id, f.case_no == c[s.case_no]))
        .where(c.home_id == home_id, c[s.state].in_(states), c[s.event].is_not(None), open_)
        .order_by(c.id)
    )
    return [(kept(where.record, row), row._mapping[blind(s.person)]) for row in connection.execute(asked)]


def graves(connection: Connection, home_id: HomeId, module: Module, trail: Trail) -> list[Kept]:
    """Places that have graves left."""
    if trail.graves is None:
        return []
    where = Where(home_id, module.name, module.record(trail.graves.record))
    c = where.table.c
    asked = select(where.table).where(c.home_id == home_id, c[trail.graves.left] > 0).order_by(c.id)
    return [kept(where.record, row) for row in connection.execute(asked)]
