"""People who work here, and their signed-in sessions; only hashes of session tokens are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.store import tables as t
from cardsvc.store.opening import roles_of


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works here now. `first_by`: who made the password that is not theirs yet, and when; None: it is."""

    staff_no: StaffNo
    shown_name: str
    roles: tuple[Role, ...]
    county: str | None
    password_hash: str
    pin_hash: str
    first_by: str | None
    first_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in session of somebody who still works here."""

    staff: StaffRow
    form_token: str
    opened_at: datetime
    seen_at: datetime


def find(connection: Connection, home_id: HomeId, staff_no: str) -> StaffRow | None:
    """The member of staff with this number; None for nobody, and for somebody disabled."""
    c = t.staff.c
    where = (c.home_id == home_id, c.staff_no == staff_no, c.disabled_at.is_(None))
    row = connection.execute(select(t.staff).where(*where)).first()
    return _staff(row) if row is not None else None


def ever(connection: Connection, home_id: HomeId, staff_no: StaffNo) -> tuple[tuple[Role, ...], datetime | None] | None:
    """The roles of somebody who works here, or did, and when they left; None for a number that nobody has had."""
    c = t.staff.c
    where = (c.home_id == home_id, c.staff_no == staff_no)
    row = connection.execute(select(c.roles, c.disabled_at).where(*where)).first()
    return (roles_of(row.roles), row.disabled_at) if row is not None else None


def names(connection: Connection, home_id: HomeId) -> dict[StaffNo, str]:
    """Everybody's shown name, those who have left too."""
    c = t.staff.c
    rows = connection.execute(select(c.staff_no, c.shown_name).where(c.home_id == home_id))
    return {StaffNo(row.staff_no): row.shown_name for row in rows}


def open_session(
    connection: Connection, home_id: HomeId, token_hash: str, staff_no: StaffNo, form_token: str, now: datetime
) -> None:
    """Keep a new session."""
    row = {
        "home_id": home_id,
        "token_hash": token_hash,
        "staff_no": staff_no,
        "form_token": form_token,
        "opened_at": now,
        "seen_at": now,
        "closed_at": None,
    }
    connection.execute(t.staff_session.insert(), row)


def session(connection: Connection, home_id: HomeId, token_hash: str) -> SessionRow | None:
    """The open session with this token, with its owner as they are now: roles act on the next request."""
    c, s = t.staff_session.c, t.staff.c
    row = connection.execute(
        select(t.staff_session, t.staff)
        .join(t.staff, (s.home_id == c.home_id) & (s.staff_no == c.staff_no))
        .where(c.home_id == home_id, c.token_hash == token_hash, c.closed_at.is_(None), s.disabled_at.is_(None))
    ).first()
    return SessionRow(_staff(row), row.form_token, row.opened_at, row.seen_at) if row is not None else None


def seen(connection: Connection, home_id: HomeId, token_hash: str, now: datetime) -> None:
    """The session was used."""
    c = t.staff_session.c
    where = (c.home_id == home_id, c.token_hash == token_hash)
    connection.execute(update(t.staff_session).where(*where).values(seen_at=now))


def close_session(connection: Connection, home_id: HomeId, token_hash: str, now: datetime) -> None:
    """The session ends at once."""
    c = t.staff_session.c
    where = (c.home_id == home_id, c.token_hash == token_hash)
    connection.execute(update(t.staff_session).where(*where).values(closed_at=now))


def close_sessions(connection: Connection, home_id: HomeId, staff_no: StaffNo, now: datetime, *, but: str = "") -> None:
    """All sessions of somebody end at once, save the one with this token."""
    c = t.staff_session.c
    where = (c.home_id == home_id, c.staff_no == staff_no, c.closed_at.is_(None), c.token_hash != but)
    connection.execute(update(t.staff_session).where(*where).values(closed_at=now))


def _staff(row: Any) -> StaffRow:
    return StaffRow(
        StaffNo(row.staff_no),
        row.shown_name,
        roles_of(row.roles),
        row.county,
        row.password_hash,
        row.pin_hash,
        row.first_by,
        row.first_at,
    )
