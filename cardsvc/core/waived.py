"""What is left of a waiver for a line: it lets the family off, and its units are counted over all lines of an item."""

from datetime import date

from cardsvc.core import waivers
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, StepTaken
from cardsvc.core.prices import Line, PriceBook, PriceItem, Trigger, basis_of, granted_for, trigger_of
from cardsvc.core.terms import Payer


def comes_again(fact: Fact, before: Case) -> bool:
    """Whether a tap charges what an earlier tap of the case may have charged too; days count themselves."""
    trigger = trigger_of(fact.body.step) if isinstance(fact.body, StepTaken) else None
    if trigger in (None, Trigger.STORAGE_DAY, Trigger.QUOTED, Trigger.CANCELLATION):
        return False
    return any(trigger_of(taken.step) is trigger for taken in before.taken)


def within(line: Line, row: PriceItem, used: int, case: Case, book: PriceBook, proof: str = "") -> Line:
    """The line with the waiver that is left for it when `used` units of its item were waived or could have been.

    A waiver lets the family off: a line that another pays has none. Units are counted over all lines of the item in the
    case, those of other payers left out. A line whose waiver is right already stays as it is.
    """
    granted = granted_for(row, line.quantity, case, book, line.at) if line.payer is Payer.FAMILY else None
    waiver = granted.of(line.price_fen, min(line.quantity, granted.units - used)) if granted is not None else 0
    if waiver == line.waiver_fen:
        return line
    held = granted if waiver else None
    update = {
        "waiver_fen": waiver,
        "waiver_payer": held.bearer if held is not None else None,
        "waiver_source": held.source if held is not None else None,
        "legal_basis": basis_of(row, held, *(() if held is not None and held.source else (proof,))),
    }
    return line.model_copy(update=update)


def waived_most(row: PriceItem, book: PriceBook, day: date) -> int:
    """The most that is waived of a unit on a day, in fen, for whoever is let off most."""
    table = waivers.table_on(book.waivers, day)
    if table is None:
        return row.waiver_fen
    in_force = table.valid_to is None or day <= table.valid_to
    return max((rule.fen for rule in table.rules if in_force and rule.covers(row.item)), default=0)
