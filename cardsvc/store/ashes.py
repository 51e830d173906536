"""What the office reads about ashes: shelves, and the cases whose ashes are here or not at rest yet."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Stage
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.workflow import ENDED
from cardsvc.store import tables as t
from cardsvc.store.working import CASE


@dataclass(frozen=True, slots=True)
class Shelf:
    """A place for one box, and the case that has it; None when it is free."""

    code: str
    title_zh: str
    title_en: str
    case_no: CaseNo | None


def shelves(connection: Connection, home_id: HomeId) -> list[Shelf]:
    """All shelf places, in the order of their codes."""
    r, o = t.resource.c, t.occupancy.c
    here = (o.home_id == r.home_id) & (o.kind == r.kind) & (o.code == r.code)
    rows = connection.execute(
        select(r.code, r.title_zh, r.title_en, o.case_no)
        .select_from(t.resource.outerjoin(t.occupancy, here))
        .where(r.home_id == home_id, r.kind == PlaceKind.SHELF.value)
        .order_by(r.code)
    )
    return [Shelf(row.code, row.title_zh, row.title_en, CaseNo(row.case_no) if row.case_no else None) for row in rows]


def followed(connection: Connection, home_id: HomeId, county: str | None = None) -> list[Case]:
    """The cases whose ashes are sealed and not all at rest, the oldest first."""
    c = t.funeral_case.c
    return _cases(connection, home_id, county, c.stage.in_((Stage.SEALED.value, Stage.RELEASED.value)))


def planned(connection: Connection, home_id: HomeId, county: str | None = None) -> list[Case]:
    """The open cases with a day of rest."""
    c = t.funeral_case.c
    # The body leaves out what is not set.
    return _cases(
        connection, home_id, county, c.stage.not_in([one.value for one in ENDED]) & c.body.contains('"rest_at":')
    )


def _cases(connection: Connection, home_id: HomeId, county: str | None, which: ColumnElement[bool]) -> list[Case]:
    c = t.funeral_case.c
    where = [c.home_id == home_id, which] + ([c.county == county] if county is not None else [])
    rows = connection.execute(select(c.body).where(*where).order_by(c.case_no))
    return [CASE.validate_json(row.body) for row in rows]
