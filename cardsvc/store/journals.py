"""Stations, their journals and their records."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CaseNo, HomeId, JournalId, StationId
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem
from cardsvc.store import tables as t


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A journal as enrolled, and how far we have it; `kind` and `station_id` are its station's.

    `standing` is why nothing is taken from it: it waits for approval, was revoked, or forked; None when all is well.
    """

    journal_id: JournalId
    station_id: StationId
    kind: StationKind
    public_key: bytes
    sealing_key: bytes
    head_seq: int
    head_hash: str
    standing: Problem | None
    epoch_seen: int


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record that was stored before."""

    raw: bytes
    hash: str
    log_no: int
    outcome: str
    judgement: str


@dataclass(frozen=True, slots=True)
class CodeRow:
    """An enrolment code and the station that it is for."""

    station_id: StationId
    kind: StationKind
    number: int
    expires_at: datetime
    used_at: datetime | None


def journal(connection: Connection, home_id: HomeId, journal_id: str) -> JournalRow | None:
    """A journal that is or was enrolled."""
    j, s = t.journal.c, t.station.c
    row = connection.execute(
        select(t.journal, s.kind)
        .join(t.station, (s.home_id == j.home_id) & (s.station_id == j.station_id))
        .where(j.home_id == home_id, j.journal_id == journal_id)
    ).one_or_none()
    if row is None:
        return None
    return JournalRow(
        JournalId(row.journal_id),
        StationId(row.station_id),
        StationKind(row.kind),
        row.public_key,
        row.sealing_key,
        row.head_seq,
        row.head_hash,
        _standing(row),
        row.epoch_seen,
    )


def _standing(row: Any) -> Problem | None:
    if row.revoked_at is not None:
        return Problem.STATION_REVOKED
    if row.halted is not None:
        return Problem.JOURNAL_FORKED
    return None if row.approved_at is not None else Problem.STATION_PENDING


def heard(
    connection: Connection, home_id: HomeId, journal_id: JournalId, head: tuple[int, str], unsent: int, now: datetime
) -> None:
    """Keep how far we have a journal, and when its station spoke."""
    j = t.journal.c
    connection.execute(
        update(t.journal)
        .where(j.home_id == home_id, j.journal_id == journal_id)
        .values(head_seq=head[0], head_hash=head[1], heard_at=now, unsent=unsent)
    )


def record(connection: Connection, home_id: HomeId, journal_id: str, seq: int) -> StoredRecord | None:
    """A stored record."""
    c = t.record.c
    where = (c.home_id == home_id, c.journal_id == journal_id, c.seq == seq)
    row = connection.execute(select(c.raw, c.hash, c.log_no, c.outcome, c.judgement).where(*where)).one_or_none()
    return StoredRecord(*row) if row is not None else None


def add_records(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Store records, byte for byte."""
    if rows:
        connection.execute(t.record.insert(), rows)


def aliases(connection: Connection, home_id: HomeId, numbers: set[CaseNo]) -> dict[CaseNo, CaseNo]:
    """The case numbers that provisional ones have got."""
    c = t.case_alias.c
    rows = connection.execute(
        select(c.provisional_no, c.case_no).where(c.home_id == home_id, c.provisional_no.in_(numbers))
    )
    return {CaseNo(row.provisional_no): CaseNo(row.case_no) for row in rows}


def epoch(connection: Connection, home_id: HomeId) -> int:
    """How often the service was restored."""
    return int(connection.execute(select(t.home.c.epoch).where(t.home.c.home_id == home_id)).scalar_one())


def setup_number(home_id: HomeId, now: datetime) -> ColumnElement[int]:
    """How often staff, places, prices, rules or stations have changed: a list or rules that begin today count too."""
    b, p, today = t.price_book.c, t.policy.c, local(now).date().isoformat()
    lists = select(func.count()).where(b.home_id == home_id, b.valid_from <= today).scalar_subquery()
    rules = select(func.count()).where(p.home_id == home_id, p.valid_from <= today).scalar_subquery()
    return t.home.c.setup_version + lists + rules


def setup_version(connection: Connection, home_id: HomeId, now: datetime) -> int:
    """The number of the setup that stations are told now."""
    return int(connection.execute(select(setup_number(home_id, now)).where(t.home.c.home_id == home_id)).scalar_one())


def add_station(connection: Connection, home_id: HomeId, station_id: StationId, kind: StationKind, number: int) -> None:
    """Make a station that is not there yet."""
    s = t.station.c
    known = select(s.station_id).where(s.home_id == home_id, s.station_id == station_id)
    if connection.execute(known).first() is None:
        row = {"home_id": home_id, "station_id": station_id, "kind": kind.value, "number": number}
        connection.execute(t.station.insert().values(row))


def add_code(connection: Connection, home_id: HomeId, code_hash: str, station_id: StationId, expires: datetime) -> None:
    """Keep a one-time code's hash."""
    row = {"home_id": home_id, "code_hash": code_hash, "station_id": station_id, "expires_at": expires}
    connection.execute(t.enrolment_code.insert().values(row))


def code(connection: Connection, home_id: HomeId, code_hash: str) -> CodeRow | None:
    """An enrolment code, used or not."""
    c, s = t.enrolment_code.c, t.station.c
    row = connection.execute(
        select(c.station_id, s.kind, s.number, c.expires_at, c.used_at)
        .join(t.station, (s.home_id == c.home_id) & (s.station_id == c.station_id))
        .where(c.home_id == home_id, c.code_hash == code_hash)
    ).one_or_none()
    if row is None:
        return None
    return CodeRow(StationId(row.station_id), StationKind(row.kind), row.number, row.expires_at, row.used_at)


def enrol(connection: Connection, home_id: HomeId, code_hash: str, row: dict[str, Any], now: datetime) -> None:
    """Use a code up, and open its journal: nothing is taken from it before it is approved."""
    c = t.enrolment_code.c
    used = update(t.enrolment_code).where(c.home_id == home_id, c.code_hash == code_hash).values(used_at=now)
    connection.execute(used)
    connection.execute(t.journal.insert().values(home_id=home_id, unsent=0, **row))


def all_said_hello(connection: Connection, home_id: HomeId) -> list[StationId]:
    """The stations that have not said hello since the service was restored: until then there are no permits.

    A station that was revoked, or that nobody approved, is not waited for.
    """
    j, h = t.journal.c, t.home.c
    rows = connection.execute(
        select(j.station_id)
        .join(t.home, h.home_id == j.home_id)
        .where(j.home_id == home_id, j.approved_at.is_not(None), j.revoked_at.is_(None), j.epoch_seen < h.epoch)
        .order_by(j.station_id)
    )
    return [StationId(row.station_id) for row in rows]
