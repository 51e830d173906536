"""The homes' local time: one zone for the whole country, UTC+8 without summer time."""

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+8")


def local(at: datetime) -> datetime:
    """The same moment as clocks on the wall show it."""
    return at.astimezone(CHINA)


def from_local(typed: datetime) -> datetime:
    """The moment that somebody typed from a clock on the wall, without a zone."""
    return typed.replace(tzinfo=CHINA)
