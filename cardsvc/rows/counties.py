"""The counties of the city, and the city itself: where rows belong (GB/T 2260)."""

from cardsvc.core.records import CITY
from cardsvc.core.words import table

CODES: tuple[str, ...] = tuple(sorted(code for code in table("zh_CN", "county") if code.isdigit()))
"""The six-digit codes of the counties."""


def counties_for(county: str | None) -> tuple[str, ...]:
    """Where somebody may keep rows: their own county, or everywhere."""
    return (county,) if county is not None else (*CODES, CITY)
