"""A price list as JSON: its stored shape, read as strictly as a spreadsheet is."""

from collections.abc import Sequence
from datetime import date

from pydantic import TypeAdapter, ValidationError

from cardsvc.core.price_rules import Fault, Wrong, faults
from cardsvc.core.prices import PriceBook
from cardsvc.documents.price_sheet import Read
from cardsvc.documents.safe_xlsx import PRICES, Unsafe

BOOK = TypeAdapter(PriceBook)
MOST_FAULTS = 200


def read(raw: bytes, today: date, taken: Sequence[str]) -> Read | Unsafe:
    """Read a list; `taken` are the versions that there are."""
    try:
        book = BOOK.validate_json(raw)
    except ValidationError as error:
        found = tuple(_fault(one["loc"], one["type"], one["input"]) for one in error.errors()[:MOST_FAULTS])
        most = max((one.row + 1 for one in found if one.row is not None), default=0)
        return Read(None, found, tuple(range(1, most + 1)), ("",) * most)
    if len(book.items) > PRICES.rows:
        return Unsafe.TOO_MANY_ROWS
    wrong = faults(book, today, taken)
    lines, names = tuple(range(1, len(book.items) + 1)), tuple(one.item for one in book.items)
    return Read(None if wrong else book, wrong, lines, names)


def _fault(where: tuple[int | str, ...], kind: str, value: object) -> Fault:
    row = where[1] if len(where) > 1 and isinstance(where[1], int) else None
    field = str(where[2] if len(where) > 2 else where[0] if where and row is None else "item")[:40]
    why = {"missing": Wrong.MISSING, "extra_forbidden": Wrong.COLUMN_UNKNOWN}.get(kind, Wrong.UNREADABLE)
    return Fault(row, field, why, "" if isinstance(value, dict | list | bytes) else str(value)[:40])
