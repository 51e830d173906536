"""When something that did not work is tried again."""

from datetime import datetime, timedelta

MOST_DOUBLINGS = 20
"""No wait is counted further: it is the longest long before."""


def doubled(tries: int, now: datetime, first: timedelta, longest: timedelta) -> datetime:
    """When it is tried again after so many tries (1 or more): each wait is twice the one before, up to the longest."""
    wait: timedelta = first * (1 << min(tries - 1, MOST_DOUBLINGS))
    return now + min(wait, longest)
