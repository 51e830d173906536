"""A quote before it is signed: what its items cost, which of them cannot stand on it, and what is charged beside it."""

from datetime import datetime

from cardsvc.core.case import Case
from cardsvc.core.facts import Quantity
from cardsvc.core.prices import Line, PriceBook, PriceItem, line_of, tapped


def quoted(case: Case, book: PriceBook, at: datetime) -> tuple[Line, ...]:
    """What the chosen items cost by this list, before anything of it has happened; days of storage by their tiers."""
    lines = []
    for chosen in case.items:
        row = book.find(chosen.item)
        if row is None:
            continue
        line = line_of(row, chosen.count, at, case, book)
        if row.tiers:
            price = sum(row.day_fen(number) for number in range(1, chosen.count + 1))
            line = line.model_copy(update={"price_fen": price, "waiver_fen": min(price, line.waiver_fen)})
        lines.append(line)
    return tuple(lines)


def by_what_happens(case: Case, book: PriceBook) -> tuple[PriceItem, ...]:
    """The rows that are charged by their tap because the quote names no other item for it."""
    named = {row.trigger for one in case.items if (row := book.find(one.item)) is not None}
    return tuple(row for row in book.items if row.default and row.trigger not in named)


def unlisted(items: tuple[Quantity, ...], book: PriceBook) -> tuple[str, ...]:
    """The items that are not in the list in force and so cannot be billed."""
    return tuple(chosen.item for chosen in items if book.find(chosen.item) is None)


def doubled(items: tuple[Quantity, ...], case: Case, book: PriceBook) -> tuple[tuple[str, str], ...]:
    """The items of a quote that another of its items, or one that a tap has charged, includes: (item, including item).

    Source: DOMAIN.md section 6, inclusion rules.
    """
    there = dict.fromkeys([*(one.item for one in items), *tapped(case.model_copy(update={"items": items}), book)])
    within = {item: book.inside(item) for item in there}
    pairs = ((one.item, next((by for by in there if one.item in within[by]), None)) for one in items)
    return tuple((item, by) for item, by in pairs if by is not None)
