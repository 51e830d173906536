"""Who works in which module."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.store import tables as t


def of(connection: Connection, home_id: HomeId, staff_no: StaffNo) -> frozenset[str]:
    """The modules that were granted to somebody."""
    c = t.module_grant.c
    return frozenset(connection.execute(select(c.module).where(c.home_id == home_id, c.staff_no == staff_no)).scalars())


def every(connection: Connection, home_id: HomeId) -> dict[StaffNo, frozenset[str]]:
    """All grants, by staff number."""
    c = t.module_grant.c
    found: dict[StaffNo, set[str]] = {}
    for row in connection.execute(select(c.staff_no, c.module).where(c.home_id == home_id)):
        found.setdefault(StaffNo(row.staff_no), set()).add(row.module)
    return {staff_no: frozenset(modules) for staff_no, modules in found.items()}


def set_(
    connection: Connection, home_id: HomeId, staff_no: StaffNo, modules: Iterable[str], by: StaffNo, now: datetime
) -> None:
    """From now on somebody works in these modules and no others."""
    c = t.module_grant.c
    connection.execute(delete(t.module_grant).where(c.home_id == home_id, c.staff_no == staff_no))
    key = {"home_id": home_id, "staff_no": staff_no, "given_at": now, "given_by": by}
    rows = [key | {"module": one} for one in sorted(set(modules))]
    if rows:
        connection.execute(t.module_grant.insert(), rows)
