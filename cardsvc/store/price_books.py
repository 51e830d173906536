"""The price lists of a home, version by version."""

from sqlalchemy import Connection, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.prices import PriceBook
from cardsvc.store import tables as t
from cardsvc.store.working import PRICES


def all_books(connection: Connection, home_id: HomeId) -> list[tuple[PriceBook, StaffNo | None]]:
    """All versions and who imported them, the one that begins last first."""
    c = t.price_book.c
    rows = connection.execute(
        select(t.price_book).where(c.home_id == home_id).order_by(c.valid_from.desc(), c.version.desc())
    )
    return [(PRICES.validate_json(row.body), StaffNo(row.made_by) if row.made_by else None) for row in rows]


def keep(connection: Connection, home_id: HomeId, book: PriceBook, by: StaffNo) -> None:
    """Keep a version; stations learn it with their next hello."""
    h, row = t.home.c, {"home_id": home_id, "version": book.version, "valid_from": book.valid_from.isoformat()}
    connection.execute(t.price_book.insert().values(**row, body=book.model_dump_json(), made_by=by))
    connection.execute(update(t.home).where(h.home_id == home_id).values(setup_version=h.setup_version + 1))
