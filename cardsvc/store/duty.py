"""Shifts: who has clocked in."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.store import tables as t


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
