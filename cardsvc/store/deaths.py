"""Which cases have something to tell the modules that pay, what they were told, and which rows a death stopped."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, tuple_, update

from cardsvc.core.case import Case
from cardsvc.core.deaths import Telling, telling
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.store import reading
from cardsvc.store import tables as t

MOST = 200
"""The most cases of one look."""
Place = tuple[int, CaseNo]
"""Where a look ended: a case's log number and case number, as cases of one transaction share the former."""
FIRST: Place = (0, CaseNo(""))


@dataclass(frozen=True, slots=True)
class Look:
    """A case, its person's blind index and what it says of them; `told` of whom, and how often in vain (`tries`)."""

    case: Case
    person: str | None
    telling: Telling
    place: Place
    told: Telling
    told_of: str | None
    tries: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Stopped:
    """A row that a case's death stopped, and its state before; `version` is the row's, as the death left it."""

    module: str
    record: str
    row_id: str
    version: int
    case_no: CaseNo
    person: str
    telling: Telling
    state: str
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Unheard:
    """A case of whose death some modules could not hear yet."""

    case_no: CaseNo
    modules: tuple[str, ...]
    next_at: datetime


def place(connection: Connection, home_id: HomeId) -> Place:
    """Up to where the cases were looked at."""
    c = t.module_death_place.c
    row = connection.execute(select(c.log_no, c.case_no).where(c.home_id == home_id)).first()
    return (row.log_no, CaseNo(row.case_no)) if row is not None else FIRST


def move_on(connection: Connection, home_id: HomeId, to: Place) -> None:
    """The cases up to here were looked at; another process that has come further stays there."""
    c = t.module_death_place.c
    values = {"log_no": to[0], "case_no": to[1]}
    behind = update(t.module_death_place).where(c.home_id == home_id, tuple_(c.log_no, c.case_no) < to)
    if connection.execute(behind.values(**values)).rowcount:
        return
    if connection.execute(select(c.log_no).where(c.home_id == home_id)).first() is None:
        connection.execute(t.module_death_place.insert().values(home_id=home_id, **values))


def changed(connection: Connection, home_id: HomeId, after: Place, most: int = MOST) -> list[Look]:
    """Cases that changed after a place, in that order."""
    c = t.funeral_case.c
    order = (c.changed_log_no, c.case_no)
    return _looks(connection, home_id, (tuple_(*order) > after,), order, most)


def due(connection: Connection, home_id: HomeId, now: datetime, most: int = MOST) -> list[Look]:
    """Cases of which a module could not hear, and is told again now."""
    d = t.module_death_told.c
    return _looks(connection, home_id, (d.next_at <= now,), (d.next_at, d.case_no), most)


def of(connection: Connection, home_id: HomeId, cases: Iterable[CaseNo]) -> list[Look]:
    """These cases."""
    c = t.funeral_case.c
    return _looks(connection, home_id, (c.case_no.in_(sorted(cases)),), (c.case_no,), MOST)


def of_person(connection: Connection, home_id: HomeId, person: str) -> list[Look]:
    """The cases of a person, by their blind index."""
    c = t.funeral_case.c
    return _looks(connection, home_id, (c.id_no_blind == person,), (c.case_no,), MOST)


def _looks(
    connection: Connection,
    home_id: HomeId,
    where: Iterable[ColumnElement[bool]],
    order: Iterable[ColumnElement[Any]],
    most: int,
) -> list[Look]:
    c, d = t.funeral_case.c, t.module_death_told.c
    rows = connection.execute(
        select(c.case_no, c.body, c.id_no_blind, c.changed_log_no, d.person, d.telling, d.tries, d.next_at)
        .outerjoin(t.module_death_told, and_(d.home_id == c.home_id, d.case_no == c.case_no))
        .where(c.home_id == home_id, *where)
        .order_by(*order)
        .limit(most)
    ).all()
    merged = _merged(connection, home_id, [row.case_no for row in rows])
    found = []
    for row in rows:
        case = reading.case(CaseNo(row.case_no), row.body)
        says = telling(case, merged.get(case.case_no, ()))
        at, told = (row.changed_log_no, case.case_no), Telling(row.telling or "")
        found.append(Look(case, row.id_no_blind, says, at, told, row.person, row.tries or 0, row.next_at is not None))
    return found


def _merged(connection: Connection, home_id: HomeId, targets: Sequence[str]) -> dict[CaseNo, list[Case]]:
    """The cases that were merged into these."""
    a, c = t.case_alias.c, t.funeral_case.c
    rows = connection.execute(
        select(a.case_no.label("target"), c.case_no, c.body)
        .join(t.funeral_case, and_(c.home_id == a.home_id, c.case_no == a.provisional_no))
        .where(a.home_id == home_id, a.case_no.in_(targets))
    )
    found: dict[CaseNo, list[Case]] = {}
    for row in rows:
        found.setdefault(CaseNo(row.target), []).append(reading.case(CaseNo(row.case_no), row.body))
    return found


def keep(
    connection: Connection, home_id: HomeId, look: Look, tries: int, faults: Iterable[str], next_at: datetime | None
) -> None:
    """What was told of a case; with faults it is told again."""
    c, case_no = t.module_death_told.c, look.case.case_no
    values: dict[str, object] = {
        "person": look.person,
        "telling": look.telling.value,
        "tries": tries,
        "next_at": next_at,
    }
    values |= {"faults": json.dumps(sorted(faults))}
    where = (c.home_id == home_id, c.case_no == case_no)
    if not connection.execute(update(t.module_death_told).where(*where).values(**values)).rowcount:
        connection.execute(t.module_death_told.insert().values(home_id=home_id, case_no=case_no, **values))


def another(connection: Connection, home_id: HomeId, person: str, but: CaseNo) -> tuple[CaseNo, Telling] | None:
    """Another case that says of a person that they are dead."""
    c = t.module_death_told.c
    where = (c.home_id == home_id, c.person == person, c.telling != "", c.case_no != but)
    row = connection.execute(select(c.case_no, c.telling).where(*where).order_by(c.case_no).limit(1)).first()
    return (CaseNo(row.case_no), Telling(row.telling)) if row is not None else None


def add(connection: Connection, home_id: HomeId, one: Stopped) -> None:
    """A death stopped a row."""
    values: dict[str, object] = {"home_id": home_id, "module": one.module, "record": one.record, "row_id": one.row_id}
    values |= {"version": one.version, "case_no": one.case_no, "person": one.person, "telling": one.telling.value}
    connection.execute(t.module_death.insert().values(**values, state=one.state, told_at=one.told_at))


def undo(connection: Connection, home_id: HomeId, one: Stopped, now: datetime) -> None:
    """It was not this person's death."""
    _set(connection, home_id, one, undone_at=now)


def hand_over(connection: Connection, home_id: HomeId, one: Stopped, to: CaseNo, says: Telling) -> None:
    """Another case says the same of the person: the row stays stopped."""
    _set(connection, home_id, one, case_no=to, telling=says.value)


def _set(connection: Connection, home_id: HomeId, one: Stopped, **values: object) -> None:
    c = t.module_death.c
    row = (c.home_id == home_id, c.module == one.module, c.record == one.record, c.row_id == one.row_id)
    connection.execute(update(t.module_death).where(*row, c.version == one.version).values(**values))


def stopped(connection: Connection, home_id: HomeId, *where: ColumnElement[bool]) -> list[Stopped]:
    """The rows that deaths stopped, but for those of which it was undone; the newest first."""
    c = t.module_death.c
    rows = connection.execute(
        select(t.module_death)
        .where(c.home_id == home_id, c.undone_at.is_(None), *where)
        .order_by(c.told_at.desc(), c.version.desc(), c.row_id)
    )
    return [stopped_of({one.name: row._mapping[one.name] for one in t.module_death.columns}) for row in rows]


def undone(connection: Connection, home_id: HomeId, module: str, record: str, row_id: str) -> list[Stopped]:
    """How a row was stopped by deaths that turned out to be another's."""
    c = t.module_death.c
    own = (c.home_id == home_id, c.module == module, c.record == record, c.row_id == row_id)
    rows = connection.execute(select(t.module_death).where(*own, c.undone_at.is_not(None)).order_by(c.version))
    return [stopped_of({one.name: row._mapping[one.name] for one in t.module_death.columns}) for row in rows]


def stopped_of(row: Mapping[str, Any]) -> Stopped:
    """A row of `module_death` as a value."""
    values = {name: row[name] for name in Stopped.__slots__}
    return Stopped(**values | {"case_no": CaseNo(row["case_no"]), "telling": Telling(row["telling"])})


def by_case(connection: Connection, home_id: HomeId, case_no: CaseNo, module: str, record: str) -> list[Stopped]:
    """The rows of a record that a case's death stopped."""
    c = t.module_death.c
    return stopped(connection, home_id, c.case_no == case_no, c.module == module, c.record == record)


def unheard(connection: Connection, home_id: HomeId, most: int) -> list[Unheard]:
    """Cases that wait to be told again."""
    c = t.module_death_told.c
    where = (c.home_id == home_id, c.next_at.is_not(None))
    rows = connection.execute(select(t.module_death_told).where(*where).order_by(c.next_at, c.case_no).limit(most))
    return [Unheard(CaseNo(row.case_no), tuple(json.loads(row.faults)), row.next_at) for row in rows]
