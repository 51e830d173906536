"""What the office reads: lists by key, never by offset; a case with all that is known of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Connection, or_, select

from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Fact, Step
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.wire import Judgement, Observation, Record
from cardsvc.store import tables as t

CASE, FACT, JUDGEMENT, RECORD = TypeAdapter(Case), TypeAdapter(Fact), TypeAdapter(Judgement), TypeAdapter(Record)
UNSETTLED = ("refused", "conflict", "waiting", "quarantined")
"""Outcomes that a person looks at."""
PAGE = 50


class Missing:
    """There is no such case."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of cases is asked for. `blind` are keyed indexes of what was typed; `before` is the last number
    of the page above."""

    text: str = ""
    blind: tuple[str, ...] = ()
    stage: str = ""
    county: str | None = None
    before: str = ""
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a list shows it."""

    case: Case
    shown_name: str
    county: str
    relation: str
    version: int


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record that the service did not simply accept."""

    journal_id: str
    seq: int
    log_no: int
    kind: str
    case_no: str | None
    outcome: str
    judgement: Judgement
    received_at: datetime
    step: Step | None = None
    amount_fen: int | None = None
    station_id: str | None = None
    to_hold: bool = False
    "Money that came, was refused, and is in no book."


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A station's record that was refused, and why."""

    record: Record
    judgement: Judgement


def cases(connection: Connection, home_id: HomeId, wanted: Wanted) -> list[CaseRow]:
    """At most a page and one more, so that the page knows whether there is another."""
    c, w = t.funeral_case.c, t.case_word.c
    where: list[ColumnElement[bool]] = [c.home_id == home_id]
    if wanted.county is not None:
        where.append(c.county == wanted.county)
    if wanted.stage:
        where.append(c.stage == wanted.stage)
    if wanted.before:
        where.append(c.case_no > wanted.before if wanted.oldest_first else c.case_no < wanted.before)
    if wanted.text:
        named = select(w.case_no).where(w.home_id == home_id, w.word_blind.in_(wanted.blind))
        tagged = select(t.mark.c.case_no).where(t.mark.c.home_id == home_id, t.mark.c.code == wanted.text.upper())
        pattern = wanted.text.upper().replace("\\", "").replace("%", "").replace("_", "")
        a = t.case_alias.c
        known_as = select(a.case_no).where(a.home_id == home_id, a.provisional_no == wanted.text.upper())
        either = [c.case_no.in_(named), c.case_no.in_(tagged), c.id_no_blind.in_(wanted.blind), c.case_no.in_(known_as)]
        either += [c.phone_blind.in_(wanted.blind)]
        if pattern:
            either.append(c.case_no.like(f"%{pattern}%"))
        where.append(or_(*either))
    order = c.case_no.asc() if wanted.oldest_first else c.case_no.desc()
    rows = connection.execute(select(t.funeral_case).where(*where).order_by(order).limit(PAGE + 1))
    return [_case_row(row) for row in rows]


def cases_of(
    connection: Connection, home_id: HomeId, people: Iterable[str], county: str | None = None
) -> list[CaseRow]:
    """The cases of people, by the blind indexes of their ID numbers, the newest first; at most a page."""
    c = t.funeral_case.c
    where = (c.home_id == home_id, c.id_no_blind.in_(sorted(people)))
    only = (c.county == county,) if county is not None else ()
    asked = select(t.funeral_case).where(*where, *only).order_by(c.case_no.desc()).limit(PAGE)
    return [_case_row(row) for row in connection.execute(asked)]


def case(connection: Connection, home_id: HomeId, case_no: CaseNo) -> CaseRow | None:
    """One case."""
    c = t.funeral_case.c
    row = connection.execute(select(t.funeral_case).where(c.home_id == home_id, c.case_no == case_no)).first()
    return _case_row(row) if row is not None else None


def facts(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[Fact]:
    """All that happened to a case, in its causal order."""
    c = t.fact.c
    rows = connection.execute(select(c.body).where(c.home_id == home_id, c.case_no == case_no))
    return sorted((FACT.validate_json(row.body) for row in rows), key=lambda fact: fact.order)


def caused_lines(connection: Connection, home_id: HomeId, case_no: CaseNo) -> dict[str, list[tuple[str, int]]]:
    """Which lines each fact caused: (item, due fen) by cause."""
    c = t.bill_line.c
    rows = connection.execute(
        select(c.cause, c.item, c.due_fen).where(c.home_id == home_id, c.case_no == case_no).order_by(c.log_no)
    )
    caused: dict[str, list[tuple[str, int]]] = {}
    for row in rows:
        caused.setdefault(row.cause, []).append((row.item, row.due_fen))
    return caused


def unsettled(
    connection: Connection,
    home_id: HomeId,
    case_no: CaseNo | None = None,
    outcome: str = "",
    before: int | None = None,
    most: int = 200,
) -> list[RecordRow]:
    """Records that were refused, are in conflict, wait or were set aside: shown to a person, the newest first.

    `before` is the log number of the last row of the page above.
    """
    c, asked = t.record.c, [outcome] if outcome in UNSETTLED else list(UNSETTLED)
    where = [c.home_id == home_id, c.outcome.in_(asked)]
    if case_no is not None:
        where.append(c.case_no == case_no)
    if before is not None:
        where.append(c.log_no < before)
    rows = connection.execute(select(t.record).where(*where).order_by(c.log_no.desc()).limit(most)).all()
    known = _in_books(connection, home_id, [f"{row.journal_id}:{row.seq}" for row in rows])
    return [_record_row(row, known) for row in rows]


def refused(connection: Connection, home_id: HomeId, log_no: int) -> RefusedRecord | None:
    """A record that was refused, as its station wrote it."""
    c = t.record.c
    where = (c.home_id == home_id, c.log_no == log_no, c.outcome == "refused")
    row = connection.execute(select(t.record).where(*where)).one_or_none()
    if row is None:
        return None
    return RefusedRecord(RECORD.validate_json(row.raw), JUDGEMENT.validate_json(row.judgement))


def _in_books(connection: Connection, home_id: HomeId, causes: list[str]) -> set[str]:
    """Those of the records' causes whose money of no case is kept."""
    c = t.stray_money.c
    return set(connection.execute(select(c.cause).where(c.home_id == home_id, c.cause.in_(causes))).scalars())


def _record_row(row: Any, known: set[str]) -> RecordRow:
    """A record with what it says of step and money; one that cannot be read says nothing."""
    judgement = JUDGEMENT.validate_json(row.judgement)
    shown = RecordRow(
        row.journal_id, row.seq, row.log_no, row.kind, row.case_no, row.outcome, judgement, row.received_at
    )
    try:
        record = RECORD.validate_json(row.raw)
    except ValidationError:
        return shown
    step, details = getattr(record.body, "step", None), getattr(record.body, "details", None)
    fen = details.amount_fen if isinstance(details, Details) else None
    came = isinstance(record.body, Observation) and step in TAKES_MONEY and fen is not None
    lost = came and row.outcome == "refused" and f"{row.journal_id}:{row.seq}" not in known
    return replace(shown, step=step, amount_fen=fen, station_id=record.station_id, to_hold=lost)


def sealed(connection: Connection, home_id: HomeId, case_no: CaseNo, column: str) -> bytes | Missing | None:
    """A sealed column of a case."""
    c = t.funeral_case.c
    row = connection.execute(select(c[column]).where(c.home_id == home_id, c.case_no == case_no)).first()
    return Missing() if row is None else row[0]


def cards(connection: Connection, home_id: HomeId) -> Sequence[Any]:
    """All cards, the newest first."""
    c = t.card.c
    return connection.execute(select(t.card).where(c.home_id == home_id).order_by(c.card_no.desc()).limit(500)).all()


def occupied(connection: Connection, home_id: HomeId) -> set[tuple[str, str]]:
    """The places (kind, code) that somebody is in."""
    c = t.occupancy.c
    return {(row.kind, row.code) for row in connection.execute(select(c.kind, c.code).where(c.home_id == home_id))}


def periods(connection: Connection, home_id: HomeId) -> set[tuple[str, datetime]]:
    """The hall periods (hall, start) that are held."""
    c = t.hall_booking.c
    return {(row.hall, row.starts) for row in connection.execute(select(c.hall, c.starts).where(c.home_id == home_id))}


def live_permit(connection: Connection, home_id: HomeId, case_no: CaseNo, now: datetime) -> tuple[str, datetime] | None:
    """The permit with which a load of this case may still start, and until when at the latest."""
    c = t.permit.c
    where = (c.home_id == home_id, c.case_no == case_no, c.state == "live", c.until > now)
    row = connection.execute(select(c.permit, c.until).where(*where)).first()
    return (row.permit, row.until) if row is not None else None


def founded(connection: Connection, home_id: HomeId) -> bool:
    """Whether the home was founded."""
    return connection.execute(select(t.home.c.home_id).where(t.home.c.home_id == home_id)).first() is not None


def stations(connection: Connection, home_id: HomeId) -> Sequence[Any]:
    """All stations with their living journals: while a new one waits for approval there may be two."""
    s, j = t.station.c, t.journal.c
    joined = (j.home_id == s.home_id) & (j.station_id == s.station_id) & j.revoked_at.is_(None)
    return connection.execute(
        select(
            s.station_id,
            s.kind,
            s.number,
            j.journal_id,
            j.head_seq,
            j.heard_at,
            j.unsent,
            j.halted,
            j.approved_at,
            j.public_key,
        )
        .outerjoin(t.journal, joined)
        .where(s.home_id == home_id)
        .order_by(s.number, j.journal_id)
    ).all()


def links(connection: Connection, home_id: HomeId, before: int | None) -> Sequence[Any]:
    """A page of the log, the newest first."""
    c = t.audit_link.c
    where = [c.home_id == home_id] + ([c.log_no < before] if before is not None else [])
    return connection.execute(select(t.audit_link).where(*where).order_by(c.log_no.desc()).limit(PAGE + 1)).all()


def _case_row(row: Any) -> CaseRow:
    return CaseRow(CASE.validate_json(row.body), row.shown_name, row.county, row.relation, row.changed_log_no)
