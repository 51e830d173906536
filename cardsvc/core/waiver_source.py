"""What a waiver on a line stands on, in one line of text: its category, what proves it, and the rule that gives it.

The text lives for ever: `resident booking 2026-11-01 table:1`, `low_income DB-7 table:1`,
`low_income DB-7 social_relief 2026-11-01 table:1`, `resident WP-1 list:2026-1`. Older lines name no rule; the first
word is the category in all of them, and sums by day count on it.
"""

from dataclasses import dataclass
from enum import StrEnum


class GivenBy(StrEnum):
    """What gives a waiver: a version of the city's table, or before the first one a row of the price list."""

    TABLE = "table"
    LIST = "list"


BOOKING = "booking"


@dataclass(frozen=True, slots=True)
class Source:
    """The category, and what proves it: a paper or record by its number, of a register that was asked about `day`.

    Without a number `day` is that of the booking, which said so. `rule`: what gives the waiver, and its version.
    """

    category: str
    number: str | None = None
    register: str | None = None
    day: str | None = None
    rule: tuple[GivenBy, str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it names what proves it and the rule that gives it."""
        return self.rule is not None and (self.number is not None or self.day is not None)


def written(source: Source) -> str:
    """The text of a source."""
    proof = (source.number, source.register, source.day if source.register is not None else None)
    if source.number is None and source.day is not None:
        proof = (BOOKING, source.day, None)
    rule = ":".join(source.rule) if source.rule is not None else None
    return " ".join(part for part in (source.category, *proof, rule) if part)


def read(text: str) -> Source:
    """The source that a line names."""
    category, *rest = text.split(" ")
    rule = None
    if rest and ":" in rest[-1]:
        by, version = rest.pop().split(":", 1)
        rule = (GivenBy(by), version)
    match rest:
        case [number, register, day]:
            return Source(category, number, register, day, rule)
        case [word, day] if word == BOOKING:
            return Source(category, day=day, rule=rule)
        case _:
            return Source(category, " ".join(rest) or None, rule=rule)


def category_of(text: str | None) -> str:
    """The category that a line's source names; "" where it names none."""
    return (text or "").partition(" ")[0]
