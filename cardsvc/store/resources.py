"""The home's places and things: what they are like, who is in them, and how they change."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, select, update

from cardsvc.core.facts import PlaceKind
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.snapshot import Traits
from cardsvc.store import reading
from cardsvc.store import tables as t


@dataclass(frozen=True, slots=True)
class Thing:
    """A slot, vehicle, hall, furnace or shelf, and the case that has it now."""

    kind: PlaceKind
    code: str
    title_zh: str
    title_en: str
    traits: Traits
    case_no: CaseNo | None


def things(connection: Connection, home_id: HomeId, kind: PlaceKind | None = None) -> list[Thing]:
    """All of them, or those of one kind."""
    r, o = t.resource.c, t.occupancy.c
    taken = and_(o.home_id == r.home_id, o.kind == r.kind, o.code == r.code)
    where = [r.home_id == home_id] + ([r.kind == kind.value] if kind is not None else [])
    rows = connection.execute(
        select(t.resource, o.case_no).outerjoin(t.occupancy, taken).where(*where).order_by(r.kind, r.code)
    )
    return [
        Thing(
            PlaceKind(row.kind),
            row.code,
            row.title_zh,
            row.title_en,
            reading.traits(row.traits),
            CaseNo(row.case_no) if row.case_no else None,
        )
        for row in rows
    ]


def thing(connection: Connection, home_id: HomeId, kind: PlaceKind, code: str) -> Thing | None:
    """One of them; None when there is no such thing."""
    return next((one for one in things(connection, home_id, kind) if one.code == code), None)


def in_use(connection: Connection, home_id: HomeId, kind: PlaceKind, code: str, now: datetime) -> CaseNo | None:
    """The case that has it, has reserved it, or is on the way in it; None when it is free."""
    o, b, tr = t.occupancy.c, t.hall_booking.c, t.trip.c
    queries = (
        select(o.case_no).where(o.home_id == home_id, o.kind == kind.value, o.code == code),
        select(b.case_no).where(b.home_id == home_id, b.hall == code, b.starts >= now),
        select(tr.case_no).where(tr.home_id == home_id, tr.vehicle == code, tr.ended_at.is_(None)),
    )
    found = (connection.execute(one.limit(1)).scalar_one_or_none() for one in queries)
    return next((CaseNo(number) for number in found if number is not None), None)


def has_code(connection: Connection, home_id: HomeId, code: str) -> bool:
    """Whether anything of the home has this code, of whatever kind: codes are read aloud."""
    r = t.resource.c
    return connection.execute(select(r.kind).where(r.home_id == home_id, r.code == code)).first() is not None


def add(connection: Connection, home_id: HomeId, one: Thing) -> None:
    """A new place or thing; every station learns it with its next hello."""
    connection.execute(
        t.resource.insert().values(
            home_id=home_id,
            kind=one.kind.value,
            code=one.code,
            title_zh=one.title_zh,
            title_en=one.title_en,
            traits=one.traits.model_dump_json(exclude_defaults=True),
        )
    )
    _told(connection, home_id)


def change(connection: Connection, home_id: HomeId, kind: PlaceKind, code: str, traits: Traits) -> None:
    """What it is like now."""
    r = t.resource.c
    where = (r.home_id == home_id, r.kind == kind.value, r.code == code)
    connection.execute(update(t.resource).where(*where).values(traits=traits.model_dump_json(exclude_defaults=True)))
    _told(connection, home_id)


def remove(connection: Connection, home_id: HomeId, kind: PlaceKind, code: str) -> None:
    """Take it away."""
    r = t.resource.c
    connection.execute(delete(t.resource).where(r.home_id == home_id, r.kind == kind.value, r.code == code))
    _told(connection, home_id)


def _told(connection: Connection, home_id: HomeId) -> None:
    h = t.home.c
    connection.execute(update(t.home).where(h.home_id == home_id).values(setup_version=h.setup_version + 1))
