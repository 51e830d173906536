"""Family cards as the service knows them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from cardsvc.core.card_life import CardState, HeldCard
from cardsvc.core.case import Case
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, CaseNo, HomeId, RecordKey, StaffNo
from cardsvc.core.snapshot import HotList
from cardsvc.store import tables as t

FAMILY, STAFF = "family", "staff"
LETTERS = {FAMILY: "C", STAFF: "S"}
"""What stands after the home in a card's number, by its kind."""


def last_number(connection: Connection, home_id: HomeId, kind: str = FAMILY) -> CardNo | None:
    """The highest number so far of this kind of card."""
    c = t.card.c
    where = (c.home_id == home_id, c.kind == kind)
    found = connection.execute(select(func.max(c.card_no)).where(*where)).scalar_one_or_none()
    return CardNo(found) if found else None


def next_number(connection: Connection, home_id: HomeId, kind: str = FAMILY) -> CardNo:
    """The next free number of this kind of card."""
    last = last_number(connection, home_id, kind)
    return CardNo(f"{home_id}{LETTERS[kind]}-{int(last.split('-')[-1]) + 1 if last else 1:06d}")


def known(connection: Connection, home_id: HomeId, uid: bytes) -> bool:
    """Whether a chip is known already, under a number that was not wiped off it."""
    return by_uid(connection, home_id, uid) is not None


def by_uid(connection: Connection, home_id: HomeId, uid: bytes) -> HeldCard | None:
    """The card that a chip is now."""
    c = t.card.c
    where = (c.home_id == home_id, c.uid == uid.hex(), c.state != CardState.WIPED)
    row = connection.execute(select(t.card).where(*where)).first()
    return _held(row) if row is not None else None


def held(connection: Connection, home_id: HomeId, card_no: CardNo) -> HeldCard | None:
    """One card; None when there is none of this number."""
    c = t.card.c
    row = connection.execute(select(t.card).where(c.home_id == home_id, c.card_no == card_no)).first()
    return _held(row) if row is not None else None


def holder(connection: Connection, home_id: HomeId, card: HeldCard) -> Case | None:
    """The case that a card is, or was, bound to."""
    c = t.funeral_case.c
    where = (c.home_id == home_id, c.case_no == card.case_no)
    body = connection.execute(select(c.body).where(*where)).scalar_one_or_none()
    return Case.model_validate_json(body) if body is not None else None


def numbers(connection: Connection, home_id: HomeId, first: CardNo, last: CardNo) -> list[CardNo]:
    """The numbers from `first` to `last`, both included, that are on a chip."""
    c = t.card.c
    where = (c.home_id == home_id, c.card_no >= first, c.card_no <= last, c.state != CardState.WIPED)
    return [CardNo(row.card_no) for row in connection.execute(select(c.card_no).where(*where).order_by(c.card_no))]


def home_name(connection: Connection, home_id: HomeId) -> tuple[str, str]:
    """The home's name in Chinese and in English."""
    h = t.home.c
    row = connection.execute(select(h.name_zh, h.name_en).where(h.home_id == home_id)).one()
    return row.name_zh, row.name_en


def add(connection: Connection, row: dict[str, Any]) -> None:
    """Take a card into the pool."""
    connection.execute(t.card.insert().values(row))


def key_versions(connection: Connection, home_id: HomeId) -> dict[int, int]:
    """How many cards have keys of which version."""
    c = t.card.c
    rows = connection.execute(
        select(c.key_version, func.count()).where(c.home_id == home_id).group_by(c.key_version).order_by(c.key_version)
    )
    return {int(version): int(count) for version, count in rows}


def set_key_version(connection: Connection, home_id: HomeId, card_no: CardNo, version: int, log_no: int) -> None:
    """A card has been rekeyed; stations get its new keys with their next news."""
    c = t.card.c
    values = {"key_version": version, "changed_log_no": log_no}
    connection.execute(update(t.card).where(c.home_id == home_id, c.card_no == card_no).values(values))


def make_hot(
    connection: Connection, home_id: HomeId, card_no: CardNo, reason: HotReason, log_no: int, now: datetime
) -> None:
    """Put a card on the hot list: blocked, and told to every station with its next hello."""
    c = t.card.c
    values = {"state": "blocked", "hot_reason": reason.value, "hot_at": now, "changed_log_no": log_no}
    connection.execute(update(t.card).where(c.home_id == home_id, c.card_no == card_no).values(values))
    _next_hot_version(connection, home_id)


def move(connection: Connection, home_id: HomeId, card_no: CardNo, state: CardState, log_no: int) -> None:
    """A card goes on to another state; whether it is hot stays."""
    c = t.card.c
    values = {"state": state.value, "changed_log_no": log_no}
    connection.execute(update(t.card).where(c.home_id == home_id, c.card_no == card_no).values(values))


def renumber(connection: Connection, home_id: HomeId, card_no: CardNo, issue_no: int) -> None:
    """Say which card of its case this is."""
    c = t.card.c
    where = (c.home_id == home_id, c.card_no == card_no)
    connection.execute(update(t.card).where(*where).values(issue_no=issue_no))


def cool(connection: Connection, home_id: HomeId, card_no: CardNo, state: str, log_no: int) -> None:
    """Take a card off the hot list; `state` is what it is from now on."""
    c = t.card.c
    values = {"state": state, "hot_reason": None, "hot_at": None, "changed_log_no": log_no}
    connection.execute(update(t.card).where(c.home_id == home_id, c.card_no == card_no).values(values))
    _next_hot_version(connection, home_id)


def hot_list(connection: Connection, home_id: HomeId) -> HotList:
    """The hot list as stations know it."""
    c, h = t.card.c, t.home.c
    rows = connection.execute(
        select(c.card_no).where(c.home_id == home_id, c.hot_reason.is_not(None)).order_by(c.card_no)
    )
    cards = tuple(CardNo(row.card_no) for row in rows)
    version = connection.execute(select(h.hot_version).where(h.home_id == home_id)).scalar_one()
    return HotList(version=version, cards=cards)


def open_missing(
    connection: Connection,
    home_id: HomeId,
    named: Mapping[tuple[RecordKey, CardNo], CaseNo],
    log_no: int,
    now: datetime,
) -> None:
    """Keep the records that cards name and that have not come; each once."""
    m = t.missing_record.c
    for (key, card_no), case_no in sorted(named.items()):
        where = (m.home_id == home_id, m.journal_id == key.journal_id, m.seq == key.seq, m.card_no == card_no)
        if connection.execute(select(m.seq).where(*where)).first() is None:
            row = {"home_id": home_id, "journal_id": key.journal_id, "seq": key.seq, "card_no": card_no}
            row |= {"case_no": case_no, "opened_log_no": log_no, "opened_at": now}
            connection.execute(t.missing_record.insert().values(row))


def resolve_missing(connection: Connection, home_id: HomeId, arrived: Iterable[RecordKey], now: datetime) -> None:
    """What was missing has come."""
    m = t.missing_record.c
    for key in sorted(arrived):
        where = (m.home_id == home_id, m.journal_id == key.journal_id, m.seq == key.seq, m.resolved_at.is_(None))
        connection.execute(update(t.missing_record).where(*where).values(resolved_at=now))


def missing(connection: Connection, home_id: HomeId, case_no: CaseNo | None = None) -> Sequence[Any]:
    """Records that are missing now, the latest first, each with the station that must have them."""
    m, j = t.missing_record.c, t.journal.c
    where = [m.home_id == home_id, m.resolved_at.is_(None)] + ([m.case_no == case_no] if case_no is not None else [])
    return connection.execute(
        select(m.journal_id, m.seq, m.card_no, m.case_no, m.opened_at, j.station_id)
        .outerjoin(t.journal, (j.home_id == m.home_id) & (j.journal_id == m.journal_id))
        .where(*where)
        .order_by(m.opened_log_no.desc())
        .limit(200)
    ).all()


def _next_hot_version(connection: Connection, home_id: HomeId) -> None:
    h = t.home.c
    connection.execute(update(t.home).where(h.home_id == home_id).values(hot_version=h.hot_version + 1))


def _held(row: Any) -> HeldCard:
    return HeldCard(
        CardNo(row.card_no),
        row.uid,
        CardState(row.state),
        CaseNo(row.case_no) if row.case_no else None,
        StaffNo(row.staff_no) if row.staff_no else None,
        HotReason(row.hot_reason) if row.hot_reason else None,
        row.issue_no,
        row.counter,
    )
