"""Furnaces, the queue of a day, and the runs of a day."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from cardsvc.core.books import bounds
from cardsvc.core.case import Case
from cardsvc.core.furnace_log import Run, runs_of
from cardsvc.core.ids import HomeId
from cardsvc.core.snapshot import Traits
from cardsvc.store import reading
from cardsvc.store import tables as t
from cardsvc.store.reconciling import cases_since
from cardsvc.store.working import CASE


@dataclass(frozen=True, slots=True)
class Furnace:
    """A furnace of the home."""

    code: str
    title_zh: str
    title_en: str
    traits: Traits


@dataclass(frozen=True, slots=True)
class Queued:
    """A place in the queue of a day, and the case as it is now."""

    number: int
    case: Case


def furnaces(connection: Connection, home_id: HomeId) -> list[Furnace]:
    """The furnaces, by code."""
    r = t.resource.c
    rows = connection.execute(select(t.resource).where(r.home_id == home_id, r.kind == "furnace").order_by(r.code))
    return [Furnace(row.code, row.title_zh, row.title_en, reading.traits(row.traits)) for row in rows]


def queue(connection: Connection, home_id: HomeId, day: date) -> list[Queued]:
    """The queue of a local day, in its order."""
    q, c = t.queue_place.c, t.funeral_case.c
    rows = connection.execute(
        select(q.number, c.body)
        .join(t.funeral_case, (c.home_id == q.home_id) & (c.case_no == q.case_no))
        .where(q.home_id == home_id, q.day == day.isoformat())
        .order_by(q.number)
    )
    return [Queued(row.number, CASE.validate_json(row.body)) for row in rows]


def runs(connection: Connection, home_id: HomeId, day: date) -> list[Run]:
    """The runs that began on a local day. Whoever was loaded then has moved since the day began."""
    since, until = bounds(day)
    return runs_of(cases_since(connection, home_id, since, open_too=False), since, until)
