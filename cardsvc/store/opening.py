"""Open a working set: the people, the price list and the rules in force, at one moment."""

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.permissions import Role
from cardsvc.core.prices import PriceBook
from cardsvc.store import reading
from cardsvc.store.log import Log
from cardsvc.store.policies import policy_of
from cardsvc.store.working import WorkingSet


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
    rows = connection.execute(reading.STAFF, {"of_home": home_id})
    return {StaffNo(row.staff_no): roles_of(row.roles) for row in rows}


def roles_of(text: str) -> tuple[Role, ...]:
    """Roles as stored: names with commas between."""
    return _roles(text)


@lru_cache(256)
def _roles(text: str) -> tuple[Role, ...]:
    return tuple(Role(name) for name in text.split(",") if name)


def price_book(connection: Connection, home_id: HomeId, now: datetime) -> PriceBook:
    """The price list in force. Raises LookupError when the home has none.

    When every list that has begun is over, the newest of them goes on: taps do not stop for a late price list.
    """
    today = local(now).date()
    rows = connection.execute(reading.BEGUN_BOOKS, {"of_home": home_id, "day": today.isoformat()})
    tables = waiver_bodies(connection, home_id)
    books = [reading.price_book(row.body, tables) for row in rows]
    if not books:
        raise LookupError("no price list in force: import one")
    return next((one for one in books if one.valid_to is None or today <= one.valid_to), books[0])


def book_of(connection: Connection, home_id: HomeId, version: str | None, now: datetime) -> PriceBook:
    """The price list of a version; the one in force for None. Raises LookupError when there is none."""
    if version is None:
        return price_book(connection, home_id, now)
    one = {"of_home": home_id, "version": version}
    body = connection.execute(reading.PRICE_BOOK, one).scalar_one_or_none()
    if body is None:
        raise LookupError(f"no price list {version}")
    return reading.price_book(body, waiver_bodies(connection, home_id))


def waiver_bodies(connection: Connection, home_id: HomeId) -> tuple[str, ...]:
    """The city's waiver tables as they are kept, the newest first."""
    return tuple(connection.execute(reading.WAIVERS, {"of_home": home_id}).scalars())
