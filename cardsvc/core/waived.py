"""What is left of a waiver for a line: it lets the family off, and its units are counted over all lines of an item."""

from collections.abc import Callable, Iterable
from datetime import date

from cardsvc.core import waivers
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, StepTaken
from cardsvc.core.prices import Line, PriceBook, PriceItem, Trigger, basis_of, grants_for, trigger_of
from cardsvc.core.terms import Payer
from cardsvc.core.waiver_source import category_of
from cardsvc.core.waivers import Grant

BookOf = Callable[[str | None], PriceBook]
"""The price list of a version."""


def comes_again(fact: Fact, before: Case) -> bool:
    """Whether a tap charges what an earlier tap of the case may have charged too.

    Days count themselves, unless there are several categories, of which another may be the best with every tap.
    """
    trigger = trigger_of(fact.body.step) if isinstance(fact.body, StepTaken) else None
    if trigger in (None, Trigger.QUOTED, Trigger.CANCELLATION):
        return False
    if trigger is Trigger.STORAGE_DAY and len(waivers.entitlements(before)) < 2:
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


def _counted(rows: list[tuple[Line, PriceItem | None]], way: list[Grant | None]) -> list[tuple[int, Grant | None]]:
    """What each line is let off, in fen, and by what."""
    used, found = 0, list[tuple[int, Grant | None]]()
    for (line, _), granted in zip(rows, way, strict=True):
        fen = granted.of(line.price_fen, min(line.quantity, granted.units - used)) if granted is not None else 0
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
