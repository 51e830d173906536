"""Local days as the database is asked for them: by a column of days, or by one of moments."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from cardsvc.core.local_time import CHINA
from cardsvc.core.records import Kind, Record


def within(
    record: Record, by: ColumnElement[Any], first: date | None, last: date | None
) -> Iterator[ColumnElement[bool]]:
    """That the dated column lies within local days, both included."""
    moments = record.column(record.dated).kind is Kind.MOMENT
    if first is not None:
        yield by >= (_opens(first) if moments else first)
    if last is not None and moments:
        yield by < closes(last)
    elif last is not None:
        yield by <= last


def closes(day: date) -> datetime:
    """The moment at which a local day is over; the last one that there is, for the last day."""
    return _opens(day + timedelta(days=1)) if day < date.max else datetime.max.replace(tzinfo=UTC)


def _opens(day: date) -> datetime:
    if day == date.min:  # in China it began in a year that UTC does not have
        return datetime.min.replace(tzinfo=UTC)
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)
