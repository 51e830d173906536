"""What the dispatcher sees: bookings that wait, trips on the way, vehicles, crews, kilometres of the day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from cardsvc.core.facts import PlaceKind, Stage
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Role
from cardsvc.core.terms import Reason
from cardsvc.store import reading
from cardsvc.store import tables as t
from cardsvc.store.office import CASE, CaseRow
from cardsvc.store.opening import roles_of


@dataclass(frozen=True, slots=True)
class Way:
    """A vehicle and its crew on the way for a case."""

    row: CaseRow
    vehicle: str
    driver: StaffNo
    mate: StaffNo
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A vehicle: out of service, on a trip for a case, or free; `kilometres` of this day."""

    code: str
    title_zh: str
    title_en: str
    plate: str | None
    closed: Reason | None
    way: Way | None
    kilometres: int


@dataclass(frozen=True, slots=True)
class Mate:
    """Somebody of the crews; `away` on a trip, `on_duty` clocked in."""

    staff_no: StaffNo
    shown_name: str
    on_duty: bool
    away: bool

    @property
    def free(self) -> bool:
        """Whether they can be sent now."""
        return self.on_duty and not self.away


@dataclass(frozen=True, slots=True)
class Board:
    """The dispatch board at one moment."""

    waiting: tuple[CaseRow, ...]
    ways: tuple[Way, ...]
    vehicles: tuple[Vehicle, ...]
    crew: tuple[Mate, ...]


def board(connection: Connection, home_id: HomeId, county: str | None, now: datetime) -> Board:
    """The board now; `county` narrows the bookings, never vehicles and crews."""
    ways = _ways(connection, home_id)
    away = {one for way in ways for one in (way.driver, way.mate)}
    return Board(
        waiting=_waiting(connection, home_id, county),
        ways=tuple(way for way in ways if county in (None, way.row.county)),
        vehicles=_vehicles(connection, home_id, ways, now),
        crew=_crew(connection, home_id, away),
    )


def _waiting(connection: Connection, home_id: HomeId, county: str | None) -> tuple[CaseRow, ...]:
    """Bookings that nobody was sent for, the most urgent first."""
    c = t.funeral_case.c
    where = [c.home_id == home_id, c.stage == Stage.BOOKED.value]
    if county is not None:
        where.append(c.county == county)
    rows = [_row(one) for one in connection.execute(select(t.funeral_case).where(*where))]
    return tuple(sorted(rows, key=lambda row: (row.case.wanted_at or row.case.opened_at, row.case.case_no)))


def _ways(connection: Connection, home_id: HomeId) -> list[Way]:
    r, c = t.trip.c, t.funeral_case.c
    joined = (c.home_id == r.home_id) & (c.case_no == r.case_no)
    rows = connection.execute(
        select(t.funeral_case, r.vehicle, r.driver, r.mate, r.started_at)
        .join(t.trip, joined)
        .where(r.home_id == home_id, r.ended_at.is_(None))
        .order_by(r.started_at)
    )
    return [Way(_row(one), one.vehicle, StaffNo(one.driver), StaffNo(one.mate), one.started_at) for one in rows]


def _vehicles(connection: Connection, home_id: HomeId, ways: list[Way], now: datetime) -> tuple[Vehicle, ...]:
    r, d = t.resource.c, t.trip.c
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    driven = connection.execute(
        select(d.vehicle, func.coalesce(func.sum(d.kilometres), 0))
        .where(d.home_id == home_id, d.started_at >= midnight)
        .group_by(d.vehicle)
    )
    kilometres = {vehicle: int(total) for vehicle, total in driven}
    by_vehicle = {way.vehicle: way for way in ways}
    rows = connection.execute(
        select(t.resource).where(r.home_id == home_id, r.kind == PlaceKind.VEHICLE.value).order_by(r.code)
    )
    found = []
    for row in rows:
        traits = reading.traits(row.traits)
        way, driven_today = by_vehicle.get(row.code), kilometres.get(row.code, 0)
        found.append(Vehicle(row.code, row.title_zh, row.title_en, traits.plate, traits.closed, way, driven_today))
    return tuple(found)


def _crew(connection: Connection, home_id: HomeId, away: set[StaffNo]) -> tuple[Mate, ...]:
    s, d = t.staff.c, t.duty.c
    on_duty = set(connection.execute(select(d.staff_no).where(d.home_id == home_id, d.off_at.is_(None))).scalars())
    rows = connection.execute(
        select(s.staff_no, s.shown_name, s.roles)
        .where(s.home_id == home_id, s.disabled_at.is_(None))
        .order_by(s.staff_no)
    )
    return tuple(
        Mate(StaffNo(row.staff_no), row.shown_name, row.staff_no in on_duty, row.staff_no in away)
        for row in rows
        if Role.CREW in roles_of(row.roles)
    )


def on_the_way(connection: Connection, home_id: HomeId, case_no: CaseNo) -> Way | None:
    """The open trip for a case."""
    return next((way for way in _ways(connection, home_id) if way.row.case.case_no == case_no), None)


def _row(row: Any) -> CaseRow:
    return CaseRow(CASE.validate_json(row.body), row.shown_name, row.county, row.relation, row.changed_log_no)
