"""The cases that may have a dressing work order on a day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from cardsvc.core.case import Case
from cardsvc.core.ids import HomeId
from cardsvc.core.workflow import HERE
from cardsvc.store import tables as t
from cardsvc.store.reconciling import log_no_at
from cardsvc.store.working import CASE


@dataclass(frozen=True, slots=True)
class Body:
    """A case with its masked name."""

    case: Case
    shown_name: str


def bodies(connection: Connection, home_id: HomeId, since: datetime, county: str | None) -> list[Body]:
    """The bodies that are here, and the cases that something happened to since a moment."""
    c = t.funeral_case.c
    here = c.stage.in_(sorted(stage.value for stage in HERE))
    where = [c.home_id == home_id, or_(here, c.changed_log_no >= log_no_at(connection, home_id, since))]
    where += [c.county == county] if county is not None else []
    rows = connection.execute(select(c.body, c.shown_name).where(*where).order_by(c.case_no))
    return [Body(CASE.validate_json(row.body), row.shown_name) for row in rows]
