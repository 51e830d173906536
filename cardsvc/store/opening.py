"""Open a working set: the people, the price list and the rules in force, at one moment."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Role
from cardsvc.core.prices import PriceBook
from cardsvc.store import tables as t
from cardsvc.store.log import Log
from cardsvc.store.policies import policy_of
from cardsvc.store.working import PRICES, WorkingSet


def working_set(
    connection: Connection,
    home_id: HomeId,
    log: Log,
    now: datetime,
    sign: Callable[[bytes], bytes] | None = None,
) -> WorkingSet:
    """An empty working set; `log` is locked already. Raises LookupError when the home has no price list."""
    book, staff = price_book(connection, home_id, now), load_staff(connection, home_id)
    return WorkingSet(connection, home_id, log, now, book, staff, policy=policy_of(connection, home_id, now), sign=sign)


def load_staff(connection: Connection, home_id: HomeId) -> dict[StaffNo, tuple[Role, ...]]:
    """Who works here now, and in which roles."""
    c = t.staff.c
    rows = connection.execute(select(c.staff_no, c.roles).where(c.home_id == home_id, c.disabled_at.is_(None)))
    return {StaffNo(row.staff_no): roles_of(row.roles) for row in rows}


def roles_of(text: str) -> tuple[Role, ...]:
    """Roles as stored: names with commas between."""
    return tuple(Role(name) for name in text.split(",") if name)


def price_book(connection: Connection, home_id: HomeId, now: datetime) -> PriceBook:
    """The price list in force. Raises LookupError when the home has none.

    When every list that has begun is over, the newest of them goes on: taps do not stop for a late price list.
    """
    c = t.price_book.c
    today = local(now).date()
    where = (c.home_id == home_id, c.valid_from <= today.isoformat())
    rows = connection.execute(select(c.body).where(*where).order_by(c.valid_from.desc(), c.version.desc()))
    books = [PRICES.validate_json(row.body) for row in rows]
    if not books:
        raise LookupError("no price list in force: import one")
    return next((one for one in books if one.valid_to is None or today <= one.valid_to), books[0])


def book_of(connection: Connection, home_id: HomeId, version: str | None, now: datetime) -> PriceBook:
    """The price list of a version; the one in force for None. Raises LookupError when there is none."""
    if version is None:
        return price_book(connection, home_id, now)
    c = t.price_book.c
    where = (c.home_id == home_id, c.version == version)
    body = connection.execute(select(c.body).where(*where)).scalar_one_or_none()
    if body is None:
        raise LookupError(f"no price list {version}")
    return PRICES.validate_json(body)
