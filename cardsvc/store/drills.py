"""Drills as they are kept: append-only evidence."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from cardsvc.core.drill import Drill
from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.store import tables as t

DRILL = TypeAdapter(Drill)


def keep(connection: Connection, home_id: HomeId, drill: Drill, log_no: int, by: StaffNo, now: datetime) -> None:
    """Keep a drill."""
    values = {"at": now, "staff_no": by, "body": drill.model_dump_json()}
    connection.execute(t.drill.insert().values(home_id=home_id, log_no=log_no, **values))


def listed(connection: Connection, home_id: HomeId, most: int = 100) -> list[tuple[int, datetime, StaffNo, Drill]]:
    """The drills, the newest first: number, when, by whom, the evidence."""
    c = t.drill.c
    rows = connection.execute(select(t.drill).where(c.home_id == home_id).order_by(c.log_no.desc()).limit(most))
    return [(row.log_no, row.at, StaffNo(row.staff_no), DRILL.validate_json(row.body)) for row in rows]


def one(connection: Connection, home_id: HomeId, number: int) -> tuple[int, datetime, StaffNo, Drill] | None:
    """One drill."""
    c = t.drill.c
    row = connection.execute(select(t.drill).where(c.home_id == home_id, c.log_no == number)).first()
    return (row.log_no, row.at, StaffNo(row.staff_no), DRILL.validate_json(row.body)) if row is not None else None


def open_red(connection: Connection, home_id: HomeId) -> tuple[int, ...]:
    """Red drills that no green one has followed: open work."""
    red: list[int] = []
    for number, _, _, drill in listed(connection, home_id):
        if not drill.red:
            break
        red.append(number)
    return tuple(red)
