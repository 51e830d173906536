"""Lines that stand on a bill are never changed: they are taken back by counter-lines, and posted anew where needed.

What a correction does to them is decided here; nothing else takes a line back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from cardsvc.core import waivers, workflow
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.prices import Line, PriceBook, Trigger
from cardsvc.core.terms import Payer
from cardsvc.core.waived import within

CORRECTS = frozenset(
    {
        *(Step.VOID, Step.SIGN_QUOTE, Step.CANCEL_ITEM, Step.CANCEL),
        *(Step.SWITCH_PAYER, Step.PROVE_WAIVER, Step.WITHDRAW_WAIVER, Step.REVERSE_LINE),
    }
)
BookOf = Callable[[str | None], PriceBook]
"""The price list of a version."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A line that nothing has taken back; `cause` is the tap or entry that it is charged for."""

    log_no: int
    line_no: int
    cause: str
    line: Line

    @property
    def name(self) -> str:
        """The line as a step names it."""
        return f"{self.log_no}.{self.line_no}"


@dataclass(frozen=True, slots=True)
class Corrected:
    """A line that is taken back, and what is posted instead of it."""

    standing: Standing
    instead: Line | None = None


def corrections(
    case: Case, step: Step, details: Details, standing: Iterable[Standing], book_of: BookOf
) -> tuple[Corrected, ...]:
    """What the step corrects on the bill, given the case before it.

    Source: DOMAIN.md sections 5 (family and money) and 6.
    """
    lines = tuple(standing)
    match step:
        case Step.VOID:
            voided = workflow.last_voidable(case)
            return tuple(Corrected(one) for one in lines if voided is not None and one.cause == voided.cause)
        case Step.SIGN_QUOTE | Step.CANCEL:
            return tuple(Corrected(one) for one in lines if _quoted(one.line, book_of))
        case Step.REVERSE_LINE:
            return tuple(Corrected(one) for one in lines if one.name == details.line)
        case Step.CANCEL_ITEM:
            ordered = (one for one in lines if one.line.item == details.item)
            return tuple(Corrected(one) for one in ordered if _quoted(one.line, book_of))
        case Step.SWITCH_PAYER if details.payer is not None:
            return _switched(case, lines, details.item or "", details.payer, book_of)
        case Step.PROVE_WAIVER:
            after = case.model_copy(update=waivers.proven(case, details))
            return _waived(after, lines, details.number or "", book_of, more=True)
        case Step.WITHDRAW_WAIVER:
            after = case.model_copy(update=waivers.withdrawn(case, details))
            return _waived(after, lines, "", book_of, more=False)
        case _:
            return ()


def _quoted(line: Line, book_of: BookOf) -> bool:
    """Whether the line was charged with the quote, and not by a tap that saw the service done."""
    row = book_of(line.price_version).find(line.item)
    return row is not None and row.trigger is Trigger.QUOTED


def _switched(
    case: Case, lines: tuple[Standing, ...], item: str, payer: Payer, book_of: BookOf
) -> tuple[Corrected, ...]:
    """The lines of an item as another pays them: a waiver lets the family off, and goes and comes with it."""
    theirs = [one for one in lines if one.line.item == item]
    if all(one.line.payer is payer for one in theirs):
        return ()
    moved = [replace(one, line=one.line.model_copy(update={"payer": payer})) for one in theirs]
    waived = _as_from_the_beginning(case, moved, case.waiver_proof or "", book_of)
    pairs = ((old, waived[new]) for old, new in zip(theirs, moved, strict=True))
    return tuple(Corrected(old, line) for old, line in pairs if line != old.line)


def _waived(
    case: Case, lines: tuple[Standing, ...], proof: str, book_of: BookOf, *, more: bool
) -> tuple[Corrected, ...]:
    """The lines with the waiver that they would have had in this case.

    `more`: only those that get more of it; otherwise only those that lose some.
    """
    waived = _as_from_the_beginning(case, lines, proof, book_of)
    pairs = ((one, waived[one], one.line.waiver_fen) for one in sorted(lines, key=lambda one: one.line.at))
    return tuple(
        Corrected(one, line)
        for one, line, before in pairs
        if (line.waiver_fen > before if more else line.waiver_fen < before)
    )


def _as_from_the_beginning(case: Case, lines: Iterable[Standing], proof: str, book_of: BookOf) -> dict[Standing, Line]:
    """Each line with its right waiver, in the order of their services; `proof` stands on what changes by it."""
    used: dict[str, int] = {}
    found = {}
    for one in sorted(lines, key=lambda one: one.line.at):
        line, book = one.line, book_of(one.line.price_version)
        row = book.find(line.item)
        found[one] = within(line, row, used.get(line.item, 0), case, book, proof) if row is not None else line
        if line.payer is Payer.FAMILY:
            used[line.item] = used.get(line.item, 0) + line.quantity
    return found
