"""Business days as ranges of log numbers: each begins where the one before it ended, and none goes back."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from cardsvc.core.ids import HomeId
from cardsvc.core.local_time import local
from cardsvc.store import tables as t

CLOSED = "day closed"
"""What the link in the log says of a day that was closed; its subject is the day."""


class Range(NamedTuple):
    """Log numbers from the first up to, and without, the end; None: everything that is still to come."""

    first: int
    end: int | None


def begins(connection: Connection, home_id: HomeId, day: date) -> int | None:
    """The first log number of a day, or of the first later one; None when neither has begun."""
    return _first(connection, home_id, day)


def ends(connection: Connection, home_id: HomeId, day: date) -> int | None:
    """The first log number after a day; None when nothing is after it."""
    return _first(connection, home_id, day + timedelta(days=1))


def of_days(connection: Connection, home_id: HomeId, first: date, last: date) -> Range:
    """The log numbers of days; an empty range where none of them has begun."""
    begun, end = begins(connection, home_id, first), ends(connection, home_id, last)
    return Range(begun, end) if begun is not None else Range(1, 1)


def months(connection: Connection, home_id: HomeId) -> list[str]:
    """The first day of each month in which business days began, in order."""
    c = t.business_day.c
    month = func.substr(c.day, 1, 8) + "01"
    return list(connection.execute(select(month).where(c.home_id == home_id).distinct().order_by(month)).scalars())


def from_log(connection: Connection, home_id: HomeId) -> Iterator[tuple[int, str]]:
    """The days as the log tells them: (first log number, day). A day that was closed while it lasted ends there."""
    c, day = t.audit_link.c, ""
    begun: tuple[int, str] | None = None
    links = select(c.log_no, c.at, c.what, c.subject).where(c.home_id == home_id).order_by(c.log_no)
    for row in connection.execute(links.execution_options(yield_per=1_000)):
        today = local(row.at).date()
        over = row.what == CLOSED and row.subject == today.isoformat()
        now = (today + timedelta(days=over)).isoformat()
        if now > day:
            if begun is not None:
                yield begun
            day, begun = now, (row.log_no, now)
    if begun is not None:
        yield begun


def faults(connection: Connection, home_id: HomeId) -> Iterator[str]:
    """Days that are not those of the log, in words."""
    c = t.business_day.c
    rows = connection.execute(select(c.from_log_no, c.day).where(c.home_id == home_id))
    kept, told = {row.from_log_no: row.day for row in rows}, dict(from_log(connection, home_id))
    for log_no in sorted(kept.keys() | told.keys()):
        if kept.get(log_no) != told.get(log_no):
            yield f"business day {kept.get(log_no) or told.get(log_no)} does not begin at log {log_no}"


def _first(connection: Connection, home_id: HomeId, day: date) -> int | None:
    c = t.business_day.c
    where = (c.home_id == home_id, c.day >= day.isoformat())
    found: int | None = connection.execute(select(func.min(c.from_log_no)).where(*where)).scalar_one()
    return found


def open_day(connection: Connection, home_id: HomeId) -> date | None:
    """The day that what is posted now is of, unless midnight is over since; None before the first."""
    h = t.log_head.c
    day = connection.execute(select(h.day).where(h.home_id == home_id)).scalar_one()
    return date.fromisoformat(day) if day else None
