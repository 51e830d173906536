"""The price lists of a home, version by version, and those that wait for their second person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.price_rules import DraftState
from cardsvc.core.prices import PriceBook
from cardsvc.core.words import Language
from cardsvc.store import reading
from cardsvc.store import tables as t
from cardsvc.store.working import PRICES


@dataclass(frozen=True, slots=True)
class Version:
    """A list as published: who brought it, who published it, when; None of a list that was founded with the home."""

    book: PriceBook
    made_by: StaffNo | None
    second: StaffNo | None
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A list as brought, and what became of it."""

    number: int
    book: PriceBook
    made_at: datetime
    made_by: StaffNo
    state: DraftState
    ended_at: datetime | None
    ended_by: StaffNo | None


def versions(connection: Connection, home_id: HomeId) -> list[Version]:
    """All versions, the one that begins last first."""
    c = t.price_book.c
    rows = connection.execute(
        select(t.price_book).where(c.home_id == home_id).order_by(c.valid_from.desc(), c.version.desc())
    )
    return [Version(PRICES.validate_json(one.body), one.made_by, one.second, one.made_at) for one in rows]


def item_names(connection: Connection, home_id: HomeId) -> dict[str, dict[Language, str]]:
    """What each item is called, in the newest list that has it."""
    return {
        one.item: {"zh_CN": one.name_zh, "en": one.name_en}
        for version in reversed(versions(connection, home_id))
        for one in version.book.items
    }


def taken(connection: Connection, home_id: HomeId) -> Sequence[str]:
    """The versions that there are, published or in draft."""
    c, d = t.price_book.c, t.price_draft.c
    published = connection.execute(select(c.version).where(c.home_id == home_id)).scalars().all()
    open_ = select(d.version).where(d.home_id == home_id, d.state == DraftState.DRAFT.value)
    return [*published, *connection.execute(open_).scalars()]


def keep(connection: Connection, home_id: HomeId, book: PriceBook, by: StaffNo, second: StaffNo, now: datetime) -> None:
    """Keep a version; stations learn it with their next hello."""
    h, row = t.home.c, {"home_id": home_id, "version": book.version, "valid_from": book.valid_from.isoformat()}
    who = {"made_by": by, "second": second, "made_at": now}
    connection.execute(t.price_book.insert().values(**row, **who, body=book.model_dump_json()))
    connection.execute(update(t.home).where(h.home_id == home_id).values(setup_version=h.setup_version + 1))


def add_draft(connection: Connection, home_id: HomeId, book: PriceBook, by: StaffNo, now: datetime) -> int:
    """Keep a draft; its number. The log of the home is open: nobody else numbers meanwhile."""
    d = t.price_draft.c
    last = connection.execute(select(func.max(d.number)).where(d.home_id == home_id)).scalar_one()
    number = (last or 0) + 1
    row = {"home_id": home_id, "number": number, "version": book.version, "made_at": now, "made_by": by}
    connection.execute(t.price_draft.insert().values(**row, body=book.model_dump_json(), state=DraftState.DRAFT.value))
    return number


def end_draft(
    connection: Connection, home_id: HomeId, number: int, state: DraftState, by: StaffNo, now: datetime
) -> None:
    """Say what became of a draft."""
    d = t.price_draft.c
    ended = {"state": state.value, "ended_at": now, "ended_by": by}
    connection.execute(update(t.price_draft).where(d.home_id == home_id, d.number == number).values(**ended))


def drafts(connection: Connection, home_id: HomeId) -> list[Draft]:
    """What was brought, the newest first."""
    d = t.price_draft.c
    rows = connection.execute(select(t.price_draft).where(d.home_id == home_id).order_by(d.number.desc()).limit(50))
    return [_draft(row) for row in rows]


def draft(connection: Connection, home_id: HomeId, number: int) -> Draft | None:
    """One of them; None when there is none with this number."""
    d = t.price_draft.c
    row = connection.execute(select(t.price_draft).where(d.home_id == home_id, d.number == number)).one_or_none()
    return _draft(row) if row is not None else None


def _draft(row: Any) -> Draft:
    book, state = PRICES.validate_json(row.body), DraftState(row.state)
    return Draft(row.number, book, row.made_at, row.made_by, state, row.ended_at, row.ended_by)


def regimes(connection: Connection, home_id: HomeId) -> dict[tuple[str, str], str]:
    """How each item of each published list is bound: (version, item) to the regime."""
    c = t.price_book.c
    rows = connection.execute(select(c.version, c.body).where(c.home_id == home_id))
    return {(version, one.item): one.regime.value for version, body in rows for one in reading.price_book(body).items}
