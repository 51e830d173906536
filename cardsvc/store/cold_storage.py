"""What the pages of cold storage read and keep: slots, bodies in our hands, temperatures, counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, and_, func, select

from cardsvc.core.case import Case
from cardsvc.core.cold import Differences
from cardsvc.core.facts import PlaceKind
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.snapshot import Traits
from cardsvc.core.storage import KEPT
from cardsvc.store import reading
from cardsvc.store import tables as t
from cardsvc.store.working import CASE

DIFFERENCES = TypeAdapter(Differences)


@dataclass(frozen=True, slots=True)
class Reading:
    """A temperature of a slot, in tenths of a degree Celsius; `source` is page or sensor."""

    slot: str
    at: datetime
    tenths: int
    source: str
    staff_no: StaffNo | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot: what it is like, who is in it, how cold it was last."""

    code: str
    title_zh: str
    title_en: str
    traits: Traits
    case_no: CaseNo | None
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A count of bodies by hand."""

    log_no: int
    at: datetime
    staff_no: StaffNo
    counted: int
    recorded: int
    differences: Differences


def slots(connection: Connection, home_id: HomeId) -> list[Slot]:
    """All slots in the order of their codes."""
    r, o = t.resource.c, t.occupancy.c
    taken = and_(o.home_id == r.home_id, o.kind == r.kind, o.code == r.code)
    latest = {one.slot: one for one in _latest(connection, home_id)}
    rows = connection.execute(
        select(t.resource, o.case_no)
        .outerjoin(t.occupancy, taken)
        .where(r.home_id == home_id, r.kind == PlaceKind.SLOT.value)
        .order_by(r.code)
    )
    return [
        Slot(
            row.code,
            row.title_zh,
            row.title_en,
            reading.traits(row.traits),
            CaseNo(row.case_no) if row.case_no else None,
            latest.get(row.code),
        )
        for row in rows
    ]


def kept(connection: Connection, home_id: HomeId) -> list[tuple[Case, str, str]]:
    """The cases whose storage term runs, with masked name and county, the oldest first."""
    c = t.funeral_case.c
    rows = connection.execute(
        select(c.body, c.shown_name, c.county)
        .where(c.home_id == home_id, c.stage.in_(sorted(stage.value for stage in KEPT)))
        .order_by(c.case_no)
    )
    return [(CASE.validate_json(row.body), row.shown_name, row.county) for row in rows]


def occupied(connection: Connection, home_id: HomeId) -> dict[str, CaseNo]:
    """Which slot the records have taken, and by which case."""
    o = t.occupancy.c
    rows = connection.execute(select(o.code, o.case_no).where(o.home_id == home_id, o.kind == PlaceKind.SLOT.value))
    return {row.code: CaseNo(row.case_no) for row in rows}


def add_readings(connection: Connection, home_id: HomeId, readings: Iterable[Reading]) -> list[Reading]:
    """Keep temperatures; one that is there already (a sensor sends again) changes nothing. The new ones."""
    c, new = t.temperature.c, []
    for one in readings:
        same = (c.home_id == home_id, c.slot == one.slot, c.at == one.at)
        if connection.execute(select(c.tenths).where(*same)).first() is None:
            values = {"slot": one.slot, "at": one.at, "tenths": one.tenths}
            who = {"source": one.source, "staff_no": one.staff_no}
            connection.execute(t.temperature.insert().values(home_id=home_id, **values, **who))
            new.append(one)
    return new


def readings(connection: Connection, home_id: HomeId, slot: str, most: int = 50) -> list[Reading]:
    """The temperatures of a slot, the newest first."""
    c = t.temperature.c
    rows = connection.execute(
        select(t.temperature).where(c.home_id == home_id, c.slot == slot).order_by(c.at.desc()).limit(most)
    )
    return [_reading(row) for row in rows]


def add_count(connection: Connection, home_id: HomeId, count: Counted) -> None:
    """Keep a count."""
    connection.execute(
        t.body_count.insert().values(
            home_id=home_id,
            log_no=count.log_no,
            at=count.at,
            staff_no=count.staff_no,
            counted=count.counted,
            recorded=count.recorded,
            body=count.differences.model_dump_json(),
        )
    )


def counts(connection: Connection, home_id: HomeId, most: int = 30) -> list[Counted]:
    """The counts, the newest first."""
    c = t.body_count.c
    rows = connection.execute(select(t.body_count).where(c.home_id == home_id).order_by(c.log_no.desc()).limit(most))
    return [
        Counted(
            *(row.log_no, row.at, StaffNo(row.staff_no), row.counted, row.recorded),
            DIFFERENCES.validate_json(row.body),
        )
        for row in rows
    ]


def _latest(connection: Connection, home_id: HomeId) -> list[Reading]:
    c = t.temperature.c
    newest = select(c.slot, func.max(c.at).label("at")).where(c.home_id == home_id).group_by(c.slot).subquery()
    rows = connection.execute(
        select(t.temperature)
        .join(newest, and_(newest.c.slot == c.slot, newest.c.at == c.at))
        .where(c.home_id == home_id)
    )
    return [_reading(row) for row in rows]


def _reading(row: Any) -> Reading:
    who = StaffNo(row.staff_no) if row.staff_no else None
    return Reading(row.slot, row.at, row.tenths, row.source, who)
