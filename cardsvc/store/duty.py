"""Shifts: who has clocked in; and who is qualified for the furnace."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, and_, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.permissions import Role
from cardsvc.store import tables as t
from cardsvc.store.cards import STAFF
from cardsvc.store.opening import roles_of


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Somebody who works here: since when on shift (None: not), and until when qualified for the furnace."""

    staff_no: StaffNo
    shown_name: str
    roles: tuple[Role, ...]
    since: datetime | None
    qualified_until: date | None


def everybody(connection: Connection, home_id: HomeId) -> list[OnDuty]:
    """All who work here, by number."""
    s, d = t.staff.c, t.duty.c
    open_ = and_(d.home_id == s.home_id, d.staff_no == s.staff_no, d.off_at.is_(None))
    rows = connection.execute(
        select(s.staff_no, s.shown_name, s.roles, s.qualified_until, d.on_at)
        .outerjoin(t.duty, open_)
        .where(s.home_id == home_id, s.disabled_at.is_(None))
        .order_by(s.staff_no)
    )
    return [
        OnDuty(
            StaffNo(row.staff_no),
            row.shown_name,
            roles_of(row.roles),
            row.on_at,
            date.fromisoformat(row.qualified_until) if row.qualified_until else None,
        )
        for row in rows
    ]


def owner_of(connection: Connection, home_id: HomeId, number: str) -> StaffNo:
    """Whose staff card has this number; the number itself when it is no card's, to be judged as a staff number."""
    c = t.card.c
    where = (c.home_id == home_id, c.card_no == number, c.kind == STAFF, c.state == "bound")
    found = connection.execute(select(c.staff_no).where(*where)).scalar_one_or_none()
    return StaffNo(found or number)


def qualify(connection: Connection, home_id: HomeId, staff_no: StaffNo, until: date | None) -> None:
    """Until when somebody may run a furnace; None: not any more."""
    s = t.staff.c
    where = (s.home_id == home_id, s.staff_no == staff_no)
    connection.execute(update(t.staff).where(*where).values(qualified_until=until.isoformat() if until else None))


def works_here(connection: Connection, home_id: HomeId, staff_no: StaffNo) -> bool:
    """Whether there is such a person, not disabled."""
    s = t.staff.c
    where = (s.home_id == home_id, s.staff_no == staff_no, s.disabled_at.is_(None))
    return connection.execute(select(s.staff_no).where(*where)).first() is not None


def clock(connection: Connection, home_id: HomeId, staff_no: StaffNo, *, on: bool, now: datetime) -> bool:
    """Open or end a shift; False when it is so already."""
    d = t.duty.c
    open_ = (d.home_id == home_id, d.staff_no == staff_no, d.off_at.is_(None))
    is_on = connection.execute(select(d.on_at).where(*open_)).first() is not None
    if is_on == on:
        return False
    if on:
        connection.execute(t.duty.insert().values(home_id=home_id, staff_no=staff_no, on_at=now, off_at=None))
    else:
        connection.execute(update(t.duty).where(*open_).values(off_at=now))
    return True
