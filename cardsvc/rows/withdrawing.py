"""Rows that were entered by mistake: taken out of their table as they stood, so that nothing finds or counts them."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from cardsvc.core.ids import StaffNo
from cardsvc.core.records import Fault, Record, Values, Wrong
from cardsvc.naming.cells import UNHELD, UNPRINTABLE
from cardsvc.rows import importing
from cardsvc.rows.keeping import Kept, Where, sliced
from cardsvc.rows.tables import sealed
from cardsvc.rows.uploads import Upload
from cardsvc.store import tables as t

W = t.module_withdrawn
REASON = 200
"""The longest reason, in characters."""
ABOUT = ("home_id", "id", "county", "version", "made_at", "made_by", "changed_at", "changed_by", "batch")
"""The columns of every row that say nothing of what it is about."""


@dataclass(frozen=True, slots=True)
class Act:
    """Who takes rows out, or puts one back, with whom, when and why."""

    reason: str
    at: datetime
    staff_no: StaffNo
    second_no: StaffNo | None = None


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A row as it stood when it was withdrawn, by which act; and by which it was put back, if it was."""

    row: Kept
    batch: str | None
    columns: dict[str, Any]
    out: Act
    back: Act | None


def sound(why: str) -> bool:
    """Whether a reason says something that can be kept."""
    said = why.strip()
    return 0 < len(said) <= REASON and not UNPRINTABLE.search(said)


def unsound(record: Record, values: Values) -> tuple[Fault, ...]:
    """What is wrong with a row by itself, as its record asks of new ones now."""
    missing = (one.name for one in record.columns if one.needed and values[one.name] is None)
    faults = tuple(Fault(name, Wrong.MISSING) for name in missing)
    return faults + (tuple(record.check(values)) if record.check is not None else ())


def brought(connection: Connection, where: Where, batch: str, since: datetime) -> dict[str, int]:
    """The rows that a file brought and that stand, with their versions; ids come in the order of time, `since` then."""
    c, least = where.table.c, f"{int(since.timestamp() * 1000):012x}"
    asked = select(c.id, c.version).where(c.home_id == where.home_id, c.id >= least, c.batch == batch)
    return {row.id: row.version for row in connection.execute(asked.order_by(c.id))}


def changed(connection: Connection, where: Where, versions: dict[str, int]) -> list[str]:
    """Which of these rows were changed since they came: a version is its first, one restored, or a change."""
    again: dict[str, int] = {}
    for some in sliced(row_id for row_id, version in versions.items() if version > 1):
        these = (*_own(where), W.c.row_id.in_(some), W.c.restored_at.is_not(None))
        counted = select(W.c.row_id, func.count().label("restored")).where(*these).group_by(W.c.row_id)
        again |= {row.row_id: row.restored for row in connection.execute(counted)}
    return [row_id for row_id, version in versions.items() if version > 1 + again.get(row_id, 0)]


def restored_of(connection: Connection, where: Where, batch: str) -> bool:
    """Whether any row that a file brought was withdrawn before, and restored."""
    asked = select(W.c.row_id).where(*_own(where), W.c.batch == batch, W.c.restored_at.is_not(None)).limit(1)
    return connection.execute(asked).first() is not None


def stood(connection: Connection, where: Where, ids: Iterable[str]) -> list[Row[Any]]:
    """Rows as their table has them, in the order of their ids."""
    c, found = where.table.c, list[Row[Any]]()
    for some in sliced(sorted(ids)):
        asked = select(where.table).where(c.home_id == where.home_id, c.id.in_(some)).order_by(c.id)
        found += connection.execute(asked)
    return found


def put_aside(connection: Connection, where: Where, rows: Sequence[Row[Any]], act: Act) -> str:
    """Keep rows as withdrawn; a digest of them. They still stand in their table (`take_out`)."""
    own: dict[str, Any] = {"home_id": where.home_id, "module": where.module, "record": where.record.name}
    own |= {"reason": act.reason, "at": act.at, "staff_no": act.staff_no, "second_no": act.second_no}
    about = [one for one in ABOUT if one not in ("home_id", "id")]
    names = [one.name for one in where.table.columns if one.name not in ABOUT]
    made, digest = [], hashlib.sha256()
    for row in rows:
        body = importing.body_of({name: getattr(row, name) for name in names})
        digest.update(f"{row.id} {row.version} {body}\n".encode())
        made.append(own | {"row_id": row.id, "body": body} | {name: getattr(row, name) for name in about})
    if made:
        connection.execute(W.insert(), made)
    return digest.hexdigest()


def take_out(connection: Connection, where: Where, versions: dict[str, int]) -> bool:
    """Take rows out of their table that still are at these versions; False where one of them is not."""
    c, gone = where.table.c, 0
    by_version: dict[int, list[str]] = {}
    for row_id, version in versions.items():
        by_version.setdefault(version, []).append(row_id)
    for version, ids in by_version.items():
        for some in sliced(ids):
            these = (c.home_id == where.home_id, c.id.in_(some), c.version == version)
            gone += connection.execute(delete(where.table).where(*these)).rowcount
    return gone == len(versions)


def put_back(connection: Connection, where: Where, rows: Sequence[Withdrawn], act: Act) -> None:
    """Let rows stand in their table again, each with its next version."""
    every = dict.fromkeys(one.name for one in where.table.columns)
    stand = [{**every, **one.columns, **_again(where, one, act)} for one in rows]
    if stand:
        connection.execute(where.table.insert(), stand)
    back = {"restored_at": act.at, "restored_by": act.staff_no, "restored_second": act.second_no}
    for some in sliced(one.row.id for one in rows):
        these = (*_own(where), W.c.row_id.in_(some), W.c.restored_at.is_(None))
        connection.execute(update(W).where(*these).values(**back, restored_why=act.reason))


def _again(where: Where, one: Withdrawn, act: Act) -> dict[str, Any]:
    row = one.row
    stands = {"home_id": where.home_id, "id": row.id, "county": row.county, "version": row.version + 1}
    stands |= {"made_at": row.made_at, "made_by": row.made_by, "batch": one.batch}
    return stands | {"changed_at": act.at, "changed_by": act.staff_no}


def of_file(connection: Connection, where: Where, upload: Upload, after: str, most: int) -> list[Withdrawn]:
    """The rows that were taken back with a file and still are, beyond an id; not what was withdrawn by itself."""
    these = (*_own(where), W.c.row_id > after, W.c.batch == upload.id, W.c.at == upload.back_at)
    asked = select(W).where(*these, W.c.restored_at.is_(None)).order_by(W.c.row_id).limit(most)
    return [_withdrawn(where, row) for row in connection.execute(asked)]


def find(connection: Connection, where: Where, row_id: str, county: str | None) -> Withdrawn | None:
    """A row that is withdrawn, of this county where somebody sees only one."""
    if UNHELD.search(row_id):
        return None
    only = (W.c.county == county,) if county is not None else ()
    asked = select(W).where(*_own(where), W.c.row_id == row_id, W.c.restored_at.is_(None), *only)
    row = connection.execute(asked).first()
    return _withdrawn(where, row) if row is not None else None


def ever(connection: Connection, where: Where, row_id: str) -> list[Withdrawn]:
    """How often a row was withdrawn, the newest first."""
    asked = select(W).where(*_own(where), W.c.row_id == row_id).order_by(W.c.version.desc())
    return [_withdrawn(where, row) for row in connection.execute(asked)]


def listed(connection: Connection, where: Where, county: str | None, after: str, most: int) -> list[Withdrawn]:
    """Withdrawn rows, the newest first, beyond a place (`place`; "" from the beginning)."""
    asked = select(W).where(*_own(where), W.c.restored_at.is_(None))
    if county is not None:
        asked = asked.where(W.c.county == county)
    if (beyond := _place(after)) is not None:
        at, row_id = beyond
        asked = asked.where(or_(W.c.at < at, and_(W.c.at == at, W.c.row_id < row_id)))
    rows = connection.execute(asked.order_by(W.c.at.desc(), W.c.row_id.desc()).limit(most))
    return [_withdrawn(where, row) for row in rows]


def place(one: Withdrawn) -> str:
    """Where a withdrawn row stands in their list."""
    return f"{one.out.at.isoformat()} {one.row.id}"


def _place(text: str) -> tuple[datetime, str] | None:
    """What `place` said; None for what says no place."""
    at, _, row_id = text.partition(" ")
    try:
        moment = datetime.fromisoformat(at)
        return (moment.astimezone(UTC), row_id) if moment.tzinfo is not None and not UNHELD.search(row_id) else None
    except (ValueError, OverflowError):
        return None


def _own(where: Where) -> tuple[Any, ...]:
    return W.c.home_id == where.home_id, W.c.module == where.module, W.c.record == where.record.name


def _withdrawn(where: Where, row: Row[Any]) -> Withdrawn:
    said = {name: one for name, one in json.loads(row.body).items() if name in where.table.c}
    columns = importing.typed(where, said)
    made = (row.made_at, row.made_by, row.changed_at, row.changed_by)
    stands = Kept(row.row_id, row.county, row.version, *made, _values(where.record, columns))
    out = Act(row.reason, row.at, row.staff_no, row.second_no)
    back = None
    if row.restored_at is not None:
        back = Act(row.restored_why, row.restored_at, row.restored_by, row.restored_second)
    return Withdrawn(stands, row.batch, columns, out, back)


def _values(record: Record, columns: dict[str, Any]) -> dict[str, Any]:
    return {one.name: columns.get(sealed(one.name) if one.secret else one.name) for one in record.columns}
