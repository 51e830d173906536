"""Change who works here: add, roles and county, leave and come back, a first password anew.

What lets somebody act in a role takes two (`core.staffing`); the command line, for the
day when nobody can sign in, is nobody, and its changes say so in the audit log. Stations learn of each change.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from cardsvc.context import Context
from cardsvc.core import passwords
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, Role, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.staffing import Person, given, manages
from cardsvc.rows.counties import CODES
from cardsvc.store import duty, founding, managing, staff
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import Log, open_log
from cardsvc.store.opening import load_staff
from cardsvc.vault.passwords import verifier_of

NUMBER = re.compile(r"[0-9A-Za-z]{1,20}")
People = tuple[StaffNo | None, StaffNo | None]
"""Who does it (None: the command line), and the second person where there is one."""


def add(context: Context, person: Person, people: People, now: datetime) -> str | Refusal:
    """Somebody begins to work here, with no PIN yet; their first password, which is told once."""
    name, roles = " ".join(person.name.split()), _in_order(person.roles)
    wrong = {
        "staff_no": not NUMBER.fullmatch(person.staff_no),
        "name": not 1 <= len(name) <= 60,
        "roles": not roles,
        "county": person.county not in (None, *CODES),
    }
    if any(wrong.values()):
        return Refusal(Problem.FIELD_INVALID, ", ".join(field for field, is_wrong in wrong.items() if is_wrong))
    begins = replace(person, name=name, roles=roles)
    first, verifier = _first(context)
    sealed = context.vault.hide(name, f"staff/{begins.staff_no}/name", context.chance(12))

    def act(connection: Connection) -> str | Refusal:
        log = open_log(connection, context.home_id)
        if managing.person(connection, context.home_id, begins.staff_no) is not None:
            return Refusal(Problem.STAFF_KNOWN, begins.staff_no)
        if refusal := _alone(connection, context, roles, people):
            return refusal
        _tell(log, f"staff added: {_said(roles, begins.county)}", begins.staff_no, people, now)
        row = founding.staff_row(context.home_id, begins, sealed, now, password=verifier, pin="")
        founding.add_staff(connection, [row | {"first_by": people[0] or "", "first_at": now}])
        managing.told(connection, context.home_id)
        log.close()
        return first

    return transact(context.engine, act)


def change(
    context: Context, staff_no: StaffNo, roles: Iterable[Role], county: str | None, people: People, now: datetime
) -> Refusal | None:
    """From now on they act in these roles and, unless None, in this county only; sessions go on with them at once."""
    wanted = _in_order(roles)
    if not wanted or county not in (None, *CODES):
        return Refusal(Problem.FIELD_INVALID, "county" if wanted else "roles")

    def to(connection: Connection, log: Log, one: managing.Person) -> Refusal | None:
        if not manages(wanted, county) and _is_last(connection, context, one):
            return Refusal(Problem.LAST_MANAGER)
        new = given(one.roles, wanted, one.county, county)
        if refusal := _alone(connection, context, new, people):
            return refusal
        was = f"{_said(wanted, county)} (before: {_said(one.roles, one.county)})"
        _tell(log, f"staff roles: {was}", staff_no, people, now)
        managing.set_(connection, context.home_id, staff_no, roles=",".join(wanted), county=county)
        return None

    return _changed(context, staff_no, to)


def leave(context: Context, staff_no: StaffNo, people: People, now: datetime) -> Refusal | None:
    """They work here no more: sessions and shift end at once; stations refuse them from their next exchange on."""

    def to(connection: Connection, log: Log, one: managing.Person) -> Refusal | None:
        if _is_last(connection, context, one):
            return Refusal(Problem.LAST_MANAGER)
        _tell(log, "staff left", staff_no, people, now)
        duty.clock(connection, context.home_id, staff_no, on=False, now=now)
        staff.close_sessions(connection, context.home_id, staff_no, now)
        managing.set_(connection, context.home_id, staff_no, disabled_at=now)
        return None

    return _changed(context, staff_no, to)


def come_back(context: Context, staff_no: StaffNo, people: People, now: datetime) -> str | Refusal:
    """They work here again, in the roles that they had; with a first password, and the PIN that they choose with it."""

    def to(connection: Connection, log: Log, one: managing.Person) -> Refusal | None:
        _tell(log, f"staff came back: {_said(one.roles, one.county)}", staff_no, people, now)
        managing.set_(connection, context.home_id, staff_no, disabled_at=None, pin_hash="")
        return None

    return _with_first(context, staff_no, people, now, to, left=True)


def reset(context: Context, staff_no: StaffNo, people: People, now: datetime) -> str | Refusal:
    """A first password for who has forgotten theirs; all their sessions end, and they are told at the next sign-in."""

    def to(connection: Connection, log: Log, one: managing.Person) -> Refusal | None:
        _tell(log, "staff password reset", staff_no, people, now)
        return None

    return _with_first(context, staff_no, people, now, to)


Change = Callable[[Connection, Log, managing.Person], Refusal | None]


def _with_first(
    context: Context, staff_no: StaffNo, people: People, now: datetime, to: Change, *, left: bool = False
) -> str | Refusal:
    """Change somebody who gets a first password with it: who can choose it can be them, so their roles are given."""
    first, verifier = _first(context)

    def both(connection: Connection, log: Log, one: managing.Person) -> Refusal | None:
        if refusal := _alone(connection, context, one.roles, people) or to(connection, log, one):
            return refusal
        staff.close_sessions(connection, context.home_id, staff_no, now)
        values = {"password_hash": verifier, "first_by": people[0] or "", "first_at": now}
        managing.set_(connection, context.home_id, staff_no, **values)
        return None

    return _changed(context, staff_no, both, left=left) or first


def _changed(context: Context, staff_no: StaffNo, to: Change, *, left: bool = False) -> Refusal | None:
    """Change somebody who works here, or has left."""

    def act(connection: Connection) -> Refusal | None:
        log = open_log(connection, context.home_id)
        one = managing.person(connection, context.home_id, staff_no)
        if one is None or (one.left_at is not None) is not left:
            return Refusal(Problem.STAFF_UNKNOWN, staff_no)
        refusal = to(connection, log, one)
        if refusal is None:
            log.close()
        return refusal

    return transact(context.engine, act)


def _alone(connection: Connection, context: Context, roles: Collection[Role], people: People) -> Refusal | None:
    """Why they may not let somebody act in these roles; the command line may."""
    by, second = people
    if by is None or not roles:
        return None
    return confirmed(by, second, load_staff(connection, context.home_id), Action.MANAGE_STAFF)


def _is_last(connection: Connection, context: Context, one: managing.Person) -> bool:
    """Whether nobody else could manage people."""
    others = managing.people(connection, context.home_id)
    return manages(one.roles, one.county) and not any(
        manages(other.roles, other.county)
        for other in others
        if other.left_at is None and other.staff_no != one.staff_no
    )


def _tell(log: Log, what: str, whom: StaffNo, people: People, now: datetime) -> None:
    by, second = people
    by_whom = " at the command line" if by is None else f" with {second}" if second is not None else ""
    log.add(f"{what}{by_whom}", whom, "", now, by)


def _first(context: Context) -> tuple[str, str]:
    first = passwords.readable(context.chance(passwords.FIRST_BYTES))
    return first, verifier_of(first)


def _in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    wanted = frozenset(roles)
    return tuple(one for one in Role if one in wanted)


def _said(roles: Iterable[Role], county: str | None) -> str:
    return f"{', '.join(roles)} in {county or 'all counties'}"
