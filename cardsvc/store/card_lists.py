"""Cards as the office reads them: a list by key, one card, and all that is known of its life."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, or_, select, text

from cardsvc.core.card_life import CardState
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, HomeId
from cardsvc.store import tables as t
from cardsvc.store.office import PAGE

ABOUT_CARDS = text("substr(what, 1, 5) = 'card '")
"""As the index `audit_link_of_cards` has it."""


@dataclass(frozen=True, slots=True)
class CardsWanted:
    """What a list of cards is asked for; `before` is the last number of the page above."""

    text: str = ""
    state: CardState | None = None
    county: str | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card as a list shows it; `county` is its case's."""

    card_no: CardNo
    uid: str
    state: CardState
    case_no: str | None
    county: str | None
    staff_no: str | None
    issue_no: int
    counter: int
    key_version: int
    hot_reason: HotReason | None
    hot_at: datetime | None


@dataclass(frozen=True, slots=True)
class CardLink:
    """An act on a card, as the log has it."""

    log_no: int
    at: datetime
    what: str
    staff_no: str | None


@dataclass(frozen=True, slots=True)
class CardWritten:
    """A write of a card: what its counter became, where, and when the service had it."""

    counter: int
    station_id: str
    kind: str
    received_at: datetime
    journal_id: str
    seq: int


def listed(connection: Connection, home_id: HomeId, wanted: CardsWanted) -> list[CardRow]:
    """At most a page and one more, the newest first; found by a part of card, chip or case number."""
    c = t.card.c
    where: list[ColumnElement[bool]] = []
    if wanted.county is not None:
        where.append(or_(c.case_no.is_(None), t.funeral_case.c.county == wanted.county))
    if wanted.state is not None:
        where.append(c.state == wanted.state)
    if wanted.before:
        where.append(c.card_no < wanted.before)
    squeezed = "".join(wanted.text.split()).replace(":", "")
    if squeezed:
        upper, lower = squeezed.upper(), squeezed.lower()
        either = (c.card_no.contains(upper, autoescape=True), c.case_no.contains(upper, autoescape=True))
        where.append(or_(*either, c.uid.contains(lower, autoescape=True)))
    return [_row(row) for row in _cards(connection, home_id, *where)]


def one(connection: Connection, home_id: HomeId, card_no: CardNo) -> CardRow | None:
    """One card."""
    return next((_row(row) for row in _cards(connection, home_id, t.card.c.card_no == card_no)), None)


def links(connection: Connection, home_id: HomeId, card_no: CardNo) -> list[CardLink]:
    """What the office did to a card, the newest first."""
    c = t.audit_link.c
    rows = connection.execute(
        select(c.log_no, c.at, c.what, c.staff_no)
        .where(c.home_id == home_id, c.subject == card_no, ABOUT_CARDS)
        .order_by(c.log_no.desc())
    )
    return [CardLink(row.log_no, row.at, row.what, row.staff_no) for row in rows]


def writes(connection: Connection, home_id: HomeId, card_no: CardNo) -> list[CardWritten]:
    """What stations wrote on a card, the newest first."""
    w, j, r, s = t.card_write.c, t.journal.c, t.record.c, t.station.c
    rows = connection.execute(
        select(w.counter, w.journal_id, w.seq, s.station_id, s.kind, r.received_at)
        .join(t.journal, and_(j.home_id == w.home_id, j.journal_id == w.journal_id))
        .join(t.station, and_(s.home_id == j.home_id, s.station_id == j.station_id))
        .join(t.record, and_(r.home_id == w.home_id, r.journal_id == w.journal_id, r.seq == w.seq))
        .where(w.home_id == home_id, w.card_no == card_no)
        .order_by(w.counter.desc())
    )
    return [CardWritten(o.counter, o.station_id, o.kind, o.received_at, o.journal_id, o.seq) for o in rows]


def _cards(connection: Connection, home_id: HomeId, *where: ColumnElement[bool]) -> Sequence[Row[Any]]:
    c, f = t.card.c, t.funeral_case.c
    joined = and_(f.home_id == c.home_id, f.case_no == c.case_no)
    asked = select(t.card, f.county).outerjoin(t.funeral_case, joined).where(c.home_id == home_id, *where)
    return connection.execute(asked.order_by(c.card_no.desc()).limit(PAGE + 1)).all()


def _row(row: Any) -> CardRow:
    return CardRow(
        CardNo(row.card_no),
        row.uid,
        CardState(row.state),
        row.case_no,
        row.county,
        row.staff_no,
        row.issue_no,
        row.counter,
        row.key_version,
        HotReason(row.hot_reason) if row.hot_reason else None,
        row.hot_at,
    )
