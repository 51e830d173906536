"""Who works here and who did, as they are managed; a change counts the home's setup up, for stations to learn of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.store import tables as t
from cardsvc.store.opening import roles_of


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, or did: since when (None: longer than it is kept), and when they left.

    `waits`: they have not chosen a password of their own yet. `pin`: they have chosen one.
    """

    staff_no: StaffNo
    shown_name: str
    roles: tuple[Role, ...]
    county: str | None
    added_at: datetime | None
    left_at: datetime | None
    waits: bool
    pin: bool


def people(connection: Connection, home_id: HomeId) -> list[Person]:
    """Everybody, by number; those who have left at the end."""
    s = t.staff.c
    rows = connection.execute(select(t.staff).where(s.home_id == home_id).order_by(s.staff_no))
    return sorted((_person(row) for row in rows), key=lambda one: one.left_at is not None)


def person(connection: Connection, home_id: HomeId, staff_no: str) -> Person | None:
    """Who has this number, or had it."""
    s = t.staff.c
    row = connection.execute(select(t.staff).where(s.home_id == home_id, s.staff_no == staff_no)).first()
    return _person(row) if row is not None else None


def set_(connection: Connection, home_id: HomeId, staff_no: StaffNo, **values: object) -> None:
    """Change columns of somebody."""
    s = t.staff.c
    connection.execute(update(t.staff).where(s.home_id == home_id, s.staff_no == staff_no).values(**values))
    told(connection, home_id)


def told(connection: Connection, home_id: HomeId) -> None:
    """Stations learn of it with their next exchange."""
    h = t.home.c
    connection.execute(update(t.home).where(h.home_id == home_id).values(setup_version=h.setup_version + 1))


def _person(row: Any) -> Person:
    return Person(
        StaffNo(row.staff_no),
        row.shown_name,
        roles_of(row.roles),
        row.county,
        row.added_at,
        row.disabled_at,
        row.first_by is not None,
        bool(row.pin_hash),
    )
