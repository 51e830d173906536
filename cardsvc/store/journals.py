"""Stations, their journals and their records."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Text, bindparam, func, select, update

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
    received_at: datetime


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
    return journals(connection, home_id, [journal_id]).get(JournalId(journal_id))


def journals(connection: Connection, home_id: HomeId, wanted: Iterable[str]) -> dict[JournalId, JournalRow]:
    """Those of the wanted journals that are or were enrolled."""
    rows = connection.execute(_JOURNALS, {"of_home": home_id, "wanted": list(wanted)})
    return {one.journal_id: one for one in map(_row, rows)}


def _row(row: Any) -> JournalRow:
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


@dataclass(frozen=True, slots=True)
class Heard:
    """How far we have a journal now, and what its station still has, in records."""

    journal_id: JournalId
    head_seq: int
    head_hash: str
    unsent: int


def heard(connection: Connection, home_id: HomeId, stations: Iterable[Heard], now: datetime) -> None:
    """Keep how far we have journals, and that their stations spoke now."""
    rows = [
        {
            "of_home": home_id,
            "of_journal": one.journal_id,
            "head_seq": one.head_seq,
            "head_hash": one.head_hash,
            "heard_at": now,
            "unsent": one.unsent,
        }
        for one in stations
    ]
    connection.execute(_HEARD, rows)


def record(connection: Connection, home_id: HomeId, journal_id: str, seq: int) -> StoredRecord | None:
    """A stored record."""
    row = connection.execute(_RECORD, {"of_home": home_id, "of_journal": journal_id, "of_seq": seq}).one_or_none()
    return StoredRecord(*row) if row is not None else None


def add_records(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Store records, byte for byte."""
    if rows:
        connection.execute(_ADD_RECORDS, rows)


def aliases(connection: Connection, home_id: HomeId, numbers: set[CaseNo]) -> dict[CaseNo, CaseNo]:
    """The case numbers that provisional ones have got."""
    if not numbers:
        return {}
    rows = connection.execute(_ALIASES, {"of_home": home_id, "numbers": sorted(numbers)})
    return {CaseNo(row.provisional_no): CaseNo(row.case_no) for row in rows}


def merged_into(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[CaseNo]:
    """The numbers that have become this case: provisional ones, and those of cases that were merged into it."""
    c = t.case_alias.c
    rows = connection.execute(select(c.provisional_no).where(c.home_id == home_id, c.case_no == case_no))
    return [CaseNo(row.provisional_no) for row in rows]


def home(connection: Connection, home_id: HomeId, now: datetime) -> Any:
    """The home's own row: its name, its epoch, the version of its hot list and the number of its setup.

    `setup_number` says how often staff, places, prices, rules or stations have changed; a list or rules that begin
    today count too.
    """
    return connection.execute(_HOME, {"of_home": home_id, "day": local(now).date().isoformat()}).one()


def epoch(connection: Connection, home_id: HomeId) -> int:
    """How often the service was restored."""
    return int(connection.execute(select(t.home.c.epoch).where(t.home.c.home_id == home_id)).scalar_one())


def setup_version(connection: Connection, home_id: HomeId, now: datetime) -> int:
    """The number of the setup that stations are told now."""
    return int(home(connection, home_id, now).setup_number)


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


def _journals() -> Select[Any]:
    j, s = t.journal.c, t.station.c
    both = (s.home_id == j.home_id) & (s.station_id == j.station_id)
    where = (j.home_id == bindparam("of_home"), j.journal_id.in_(bindparam("wanted", expanding=True)))
    return select(t.journal, s.kind).join(t.station, both).where(*where)


def _record() -> Select[Any]:
    c = t.record.c
    where = (
        c.home_id == bindparam("of_home"),
        c.journal_id == bindparam("of_journal"),
        c.seq == bindparam("of_seq"),
    )
    return select(c.raw, c.hash, c.log_no, c.outcome, c.judgement, c.received_at).where(*where)


def _aliases() -> Select[Any]:
    c = t.case_alias.c
    where = (c.home_id == bindparam("of_home"), c.provisional_no.in_(bindparam("numbers", expanding=True)))
    return select(c.provisional_no, c.case_no).where(*where)


# Built once: each exchange with a station runs them.
_OF, _DAY = bindparam("of_home", type_=Text), bindparam("day", type_=Text)
_book, _rules = t.price_book.c, t.policy.c
_JOURNALS, _RECORD, _ALIASES = _journals(), _record(), _aliases()
_HOME = select(
    t.home,
    (
        t.home.c.setup_version
        + select(func.count()).where(_book.home_id == _OF, _book.valid_from <= _DAY).scalar_subquery()
        + select(func.count()).where(_rules.home_id == _OF, _rules.valid_from <= _DAY).scalar_subquery()
    ).label("setup_number"),
).where(t.home.c.home_id == _OF)
_ADD_RECORDS = t.record.insert()
_HEARD = (
    update(t.journal)
    .where(t.journal.c.home_id == bindparam("of_home"), t.journal.c.journal_id == bindparam("of_journal"))
    .values({name: bindparam(name) for name in ("head_seq", "head_hash", "heard_at", "unsent")})
)
