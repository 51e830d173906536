"""What makes a price list fit to be published, and how two lists differ.

Every fault names its row and its cell, so that a person can mend it (DOMAIN.md section 6). A list that was stored
before a rule came stays readable: the rules are asked when a list is published, never when it is read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cardsvc.core.money import in_yuan
from cardsvc.core.prices import PriceBook, PriceItem, Regime

MOST_FEN = 1_000_000_000
MOST_LETTERS = 200
NUMBERS = (
    *("price_fen", "included", "extra_fen", "floors_included", "floor_fen", "waiver_fen", "waiver_units"),
    *("period_days", "within_hours", "cap_fen", "low_fen", "high_fen"),
)
"""The fields of an item that are whole numbers."""


class Wrong(StrEnum):
    """What can be wrong with a cell of a price list: a closed vocabulary, each with its words."""

    MISSING = "missing"
    UNREADABLE = "unreadable"  # not an amount, a number, a day, or one of the words that may stand there
    TOO_LONG = "too_long"
    TWICE = "twice"
    NO_ITEMS = "no_items"
    NO_BASIS = "no_basis"
    CAP_MISSING = "cap_missing"
    ABOVE_CAP = "above_cap"
    RANGE_MISSING = "range_missing"
    RANGE_ORDER = "range_order"
    OUTSIDE_RANGE = "outside_range"  # and nobody has written why
    NOT_FOR_REGIME = "not_for_regime"  # a cap, a range or a reason where the regime knows none
    INCLUDES_UNKNOWN = "includes_unknown"
    INCLUDES_IN_CIRCLE = "includes_in_circle"
    TIERS = "tiers"  # out of order, or not for a day of storage
    DAYS_ORDER = "days_order"
    DAY_PAST = "day_past"
    VERSION_TAKEN = "version_taken"
    COLUMN_UNKNOWN = "column_unknown"
    COLUMN_MISSING = "column_missing"


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot stay, and what stands there; `row` counts the items from 0, None is the list itself."""

    row: int | None
    field: str
    why: Wrong
    value: str = ""


def faults(book: PriceBook, today: date, taken: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Why this list cannot be published today beside the versions `taken`; nothing when it can."""
    return (*list_faults(book, today, taken), *item_faults(dict(enumerate(book.items))))


def list_faults(book: PriceBook, today: date, taken: Iterable[str]) -> Iterator[Fault]:
    """What is wrong with the list itself, whatever its items are."""
    if book.version in set(taken):
        yield Fault(None, "version", Wrong.VERSION_TAKEN, book.version)
    if not book.legal_basis.strip():
        yield Fault(None, "legal_basis", Wrong.NO_BASIS)
    if book.valid_from < today:
        yield Fault(None, "valid_from", Wrong.DAY_PAST, book.valid_from.isoformat())
    if book.valid_to is not None and book.valid_to < book.valid_from:
        yield Fault(None, "valid_to", Wrong.DAYS_ORDER, book.valid_to.isoformat())
    if book.waivers:
        yield Fault(None, "waivers", Wrong.COLUMN_UNKNOWN)
    if not book.items:
        yield Fault(None, "items", Wrong.NO_ITEMS)


def item_faults(items: Mapping[int, PriceItem], unread: Iterable[str] = ()) -> tuple[Fault, ...]:
    """What is wrong with items, by row; `unread` are the items of rows that could not be read."""
    first: dict[str, int] = {}
    found: list[Fault] = []
    known = {*unread, *(other.item for other in items.values())}
    for row, one in items.items():
        if first.setdefault(one.item, row) != row:
            found.append(Fault(row, "item", Wrong.TWICE, one.item))
        found += _alone(row, one)
        found += [Fault(row, "includes", Wrong.INCLUDES_UNKNOWN, part) for part in one.includes if part not in known]
    parts = {one.item: one.includes for one in items.values()}
    found += [
        Fault(row, "includes", Wrong.INCLUDES_IN_CIRCLE, one.item)
        for row, one in items.items()
        if one.item in _within(one.item, parts)
    ]
    return tuple(sorted(found, key=lambda one: -1 if one.row is None else one.row))


def _alone(row: int, one: PriceItem) -> Iterator[Fault]:
    """What is wrong with an item, whatever stands beside it."""
    for field in ("name_zh", "name_en", "unit"):
        if not getattr(one, field).strip():
            yield Fault(row, field, Wrong.MISSING)
    for field in ("name_zh", "name_en", "unit", "legal_basis", "why_outside"):
        if len(getattr(one, field)) > MOST_LETTERS:
            yield Fault(row, field, Wrong.TOO_LONG, getattr(one, field)[:40])
    for field in NUMBERS:
        if not 0 <= (getattr(one, field) or 0) <= MOST_FEN:
            yield Fault(row, field, Wrong.UNREADABLE, str(getattr(one, field)))
    if not one.legal_basis.strip():
        yield Fault(row, "legal_basis", Wrong.NO_BASIS)
    yield from _capped(row, one)
    yield from _ranged(row, one)


def _capped(row: int, one: PriceItem) -> Iterator[Fault]:
    if one.regime is not Regime.GUIDED:
        if one.cap_fen is not None:
            yield Fault(row, "cap_fen", Wrong.NOT_FOR_REGIME, in_yuan(one.cap_fen))
        return
    if one.cap_fen is None:
        yield Fault(row, "cap_fen", Wrong.CAP_MISSING)
        return
    if one.price_fen > one.cap_fen:
        yield Fault(row, "price_fen", Wrong.ABOVE_CAP, in_yuan(one.price_fen))
    for number, tier in enumerate(one.tiers, 1):
        if tier.price_fen > one.cap_fen:
            yield Fault(row, f"tier{number}_fen", Wrong.ABOVE_CAP, in_yuan(tier.price_fen))


def _ranged(row: int, one: PriceItem) -> Iterator[Fault]:
    low, high = one.low_fen, one.high_fen
    if one.regime is not Regime.REFERENCE:
        for field, value in (("low_fen", low), ("high_fen", high)):
            if value is not None:
                yield Fault(row, field, Wrong.NOT_FOR_REGIME, in_yuan(value))
        if one.why_outside:
            yield Fault(row, "why_outside", Wrong.NOT_FOR_REGIME, one.why_outside)
        return
    missing = [field for field, value in (("low_fen", low), ("high_fen", high)) if value is None]
    yield from (Fault(row, field, Wrong.RANGE_MISSING) for field in missing)
    if low is None or high is None:
        return
    if low > high:
        yield Fault(row, "high_fen", Wrong.RANGE_ORDER, in_yuan(high))
    elif outside(one) and not one.why_outside.strip():
        yield Fault(row, "price_fen", Wrong.OUTSIDE_RANGE, in_yuan(one.price_fen))


def outside(one: PriceItem) -> bool:
    """Whether a reference price is outside its range: allowed with a written reason, and for review to see."""
    low, high = one.low_fen, one.high_fen
    return one.regime is Regime.REFERENCE and (
        (low is not None and one.price_fen < low) or (high is not None and one.price_fen > high)
    )


def _within(item: str, parts: Mapping[str, tuple[str, ...]]) -> set[str]:
    """All that an item includes, itself too when its parts lead back to it."""
    found: set[str] = set()
    left = [item]
    while left:
        further = set(parts.get(left.pop(), ())) - found
        found |= further
        left.extend(further)
    return found


class DraftState(StrEnum):
    """What became of a list that somebody brought."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Change(StrEnum):
    """How an item differs from the list before."""

    NEW = "new"
    GONE = "gone"
    UP = "up"
    DOWN = "down"
    CHANGED = "changed"  # the price is as before, something else is not


@dataclass(frozen=True, slots=True)
class Difference:
    """An item of two lists that is not the same in both; `fields` are those that differ beside the price."""

    change: Change
    item: PriceItem
    before: PriceItem | None
    fields: tuple[str, ...] = ()

    @property
    def by_fen(self) -> int:
        """How much dearer it is, in fen; negative when it is cheaper."""
        old = self.before.price_fen if self.before is not None else 0
        return 0 if self.change in (Change.NEW, Change.GONE) else self.item.price_fen - old


def differences(old: PriceBook, new: PriceBook) -> tuple[Difference, ...]:
    """What a new list changes, in its own order; what is gone comes last."""
    found = []
    for row in new.items:
        before = old.find(row.item)
        if before is None:
            found.append(Difference(Change.NEW, row, None))
            continue
        fields = tuple(name for name in PriceItem.model_fields if getattr(row, name) != getattr(before, name))
        if fields:
            by = row.price_fen - before.price_fen
            change = Change.CHANGED if by == 0 else Change.UP if by > 0 else Change.DOWN
            rest = tuple(name for name in fields if name != "price_fen")
            found.append(Difference(change, row, before, rest))
    gone = (Difference(Change.GONE, row, row) for row in old.items if new.find(row.item) is None)
    return (*found, *gone)


FOR_REVIEW = ("cap_fen", "low_fen", "high_fen", "why_outside", "includes")
"""What only the service asks of an item: quotes are its word (WORKFLOW.md), and old stations do not know these."""


WAIVED_BY = {"waiver_source": None}
"""The record of a waiver is told to the family and in the office: stations have always read a line without it."""


def for_stations(book: PriceBook) -> PriceBook:
    """The list as stations have always read it."""
    plain: dict[str, object] = {name: PriceItem.model_fields[name].default for name in FOR_REVIEW}
    return book.model_copy(update={"items": tuple(row.model_copy(update=plain) for row in book.items), "waivers": ()})
