"""The times of halls and furnaces as they are held, with what a calendar shows of the case."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from cardsvc.core.case import Case
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.periods import Held
from cardsvc.store import tables as t
from cardsvc.store.working import CASE


@dataclass(frozen=True, slots=True)
class Whose:
    """The case of a period, and its county."""

    case: Case
    county: str


def held(connection: Connection, home_id: HomeId, since: datetime, until: datetime, code: str = "") -> list[Held]:
    """The cells between two moments that are held, of all halls and furnaces or of one."""
    c = t.hall_booking.c
    where = [c.home_id == home_id, c.starts >= since, c.starts < until] + ([c.hall == code] if code else [])
    rows = connection.execute(select(c.hall, c.starts, c.case_no).where(*where))
    return [Held(row.hall, row.starts, CaseNo(row.case_no)) for row in rows]


def whose(connection: Connection, home_id: HomeId, numbers: set[CaseNo]) -> dict[CaseNo, Whose]:
    """The cases of these numbers."""
    c = t.funeral_case.c
    rows = connection.execute(
        select(c.case_no, c.body, c.county).where(c.home_id == home_id, c.case_no.in_(sorted(numbers)))
    )
    return {CaseNo(row.case_no): Whose(CASE.validate_json(row.body), row.county) for row in rows}
