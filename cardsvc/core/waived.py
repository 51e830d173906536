"""What is left of a waiver for a line: it lets the family off, and its units are counted over all lines of an item."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cardsvc.core import waivers
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, StepTaken
from cardsvc.core.prices import (
    Line,
    PriceBook,
    PriceItem,
    Trigger,
    basis_of,
    charged_days,
    grants_for,
    running_meter,
    trigger_of,
)
from cardsvc.core.terms import Payer
from cardsvc.core.waiver_source import category_of
from cardsvc.core.waivers import Grant

BookOf = Callable[[str | None], PriceBook]
"""The price list of a version."""


def comes_again(fact: Fact, before: Case) -> bool:
    """Whether a tap charges what an earlier tap of the case may have charged too, and a waiver has a say in it."""
    trigger = trigger_of(fact.body.step) if isinstance(fact.body, StepTaken) else None
    if trigger in (None, Trigger.QUOTED, Trigger.CANCELLATION):
        return False
    if trigger is Trigger.STORAGE_DAY and not waivers.entitlements(before):
        return False
    return any(trigger_of(taken.step) is trigger for taken in before.taken)


def anew(lines: Iterable[Line], case: Case, book_of: BookOf) -> list[Line]:
    """The lines of one item with the waivers that are right for them, in the order in which they use up its units.

    A waiver lets the family off: a line that another pays has none. Units are counted over all these lines, those of
    other payers left out. Of several categories the one counts that waives most of all the lines together, the first of
    those that are alike. A line whose waiver is right already stays as it is.
    """
    rows = [(line, book_of(line.price_version).find(line.item)) for line in lines]
    offers = [
        {one.category: one for one in grants_for(row, case, book_of(line.price_version), line.at)}
        if row is not None and line.payer is Payer.FAMILY
        else {}
        for line, row in rows
    ]
    ways = [[one.get(category) for one in offers] for category in dict.fromkeys(held for one in offers for held in one)]
    counted = max((_counted(rows, way) for way in ways), key=lambda way: sum(fen for fen, _ in way), default=None)
    counted = counted or _counted(rows, [None] * len(rows))
    return [
        _with(line, row, fen, granted) if row is not None else line
        for (line, row), (fen, granted) in zip(rows, counted, strict=True)
    ]


def together(
    known: Sequence[Line], fresh: Sequence[Line], case: Case, book_of: BookOf
) -> tuple[Sequence[Line], Sequence[Line]]:
    """Lines of one item that stand, and fresh ones behind them, as they share its waiver.

    Those that stand stay as they are, unless of several categories another one has become the best for all of them
    together: then it is named by all.
    """
    right = anew([*known, *fresh], case, book_of)
    before, after = right[: len(known)], right[len(known) :]
    named = {category_of(line.waiver_source) for line in (*known, *after)} - {""}
    more = sum(line.waiver_fen for line in before) - sum(line.waiver_fen for line in known)
    changes = len(waivers.entitlements(case)) > 1 and (more != 0 or len(named) > 1)
    return before if changes else known, after


def place(line: Line, book_of: BookOf) -> tuple[datetime, int]:
    """Where a line stands among those of its item: by its service, days in the cold by their tier."""
    row = book_of(line.price_version).find(line.item)
    return line.at, row.first_day(line.price_fen // line.quantity) if row is not None else 1


@dataclass(frozen=True, slots=True)
class OnBill:
    """The lines of a case that stand, and the price lists that they are of."""

    lines: tuple[Line, ...]
    book_of: BookOf


def storage_due(case: Case, book: PriceBook, at: datetime, bill: OnBill | None = None) -> int:
    """What the period that is open adds to what the family owes for cold storage, in fen: what a taking-out would post.

    With it another waiver may be the best for the whole stay: then lines of earlier periods are corrected too. Who has
    no `bill` takes the lines of earlier periods from the case.
    """
    fresh = running_meter(case, book, at)
    bill = bill or _as_told(case, book)
    total = 0
    for item in dict.fromkeys(line.item for line in fresh):
        known = in_order((line for line in bill.lines if line.item == item), bill.book_of)
        stand, added = together(known, [line for line in fresh if line.item == item], case, bill.book_of)
        total += _of_family(stand) - _of_family(known) + _of_family(added)
    return total


def in_order(lines: Iterable[Line], book_of: BookOf) -> list[Line]:
    """Lines of one item in the order in which they use up its units."""
    return sorted(lines, key=lambda line: place(line, book_of))


def _as_told(case: Case, book: PriceBook) -> OnBill:
    """The bill of the days in the cold as the case tells it."""

    def book_of(version: str | None) -> PriceBook:
        return book

    lines = charged_days(case, book)
    items = dict.fromkeys(line.item for line in lines)
    found = (anew([line for line in lines if line.item == item], case, book_of) for item in items)
    return OnBill(tuple(line for some in found for line in some), book_of)


def _of_family(lines: Iterable[Line]) -> int:
    return sum(line.due_fen for line in lines if line.payer is Payer.FAMILY)


def _counted(rows: list[tuple[Line, PriceItem | None]], way: list[Grant | None]) -> list[tuple[int, Grant | None]]:
    """What each line is let off, in fen, and by what."""
    used, found = 0, list[tuple[int, Grant | None]]()
    for (line, _), granted in zip(rows, way, strict=True):
        fen = granted.of(line.price_fen, line.quantity, granted.units - used) if granted is not None else 0
        found.append((fen, granted if fen else None))
        used += line.quantity if line.payer is Payer.FAMILY else 0
    return found


def _with(line: Line, row: PriceItem, waiver: int, held: Grant | None) -> Line:
    same_bearer = (held.bearer if held is not None else None) == line.waiver_payer
    named = category_of(line.waiver_source)
    if waiver == line.waiver_fen and same_bearer and (held is None or named in ("", held.category)):
        return line
    update = {
        "waiver_fen": waiver,
        "waiver_payer": held.bearer if held is not None else None,
        "waiver_source": held.source if held is not None else None,
        "legal_basis": basis_of(row, held),
    }
    return line.model_copy(update=update)


def waived_most(row: PriceItem, book: PriceBook, day: date) -> int:
    """The most that is waived of a unit on a day, in fen, for whoever is let off most."""
    table = waivers.table_on(book.waivers, day)
    if table is None:
        return row.waiver_fen
    in_force = table.valid_to is None or day <= table.valid_to
    return max((rule.fen for rule in table.rules if in_force and rule.covers(row.item)), default=0)
