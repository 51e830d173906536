"""Lines that stand on a bill are never changed: they are taken back by counter-lines, and posted anew where needed.

What a correction does to them is decided here; nothing else takes a line back.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cardsvc.core import waivers
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.prices import Line, Trigger
from cardsvc.core.terms import Payer, WaiverFor
from cardsvc.core.waived import BookOf, anew, place
from cardsvc.core.waiver_source import category_of

CORRECTS = frozenset(
    {
        *(Step.VOID, Step.SIGN_QUOTE, Step.CANCEL_ITEM, Step.CANCEL),
        *(Step.SWITCH_PAYER, Step.PROVE_WAIVER, Step.WITHDRAW_WAIVER, Step.REVERSE_LINE),
    }
)


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
    case: Case,
    step: Step,
    details: Details,
    standing: Iterable[Standing],
    book_of: BookOf,
    voided: str | None = None,
) -> tuple[Corrected, ...]:
    """What the step corrects on the bill, given the case before it; `voided`: the cause of the step that a void undoes.

    Source: DOMAIN.md sections 5 (family and money) and 6.
    """
    lines = tuple(standing)
    match step:
        case Step.VOID:
            gone = [one for one in lines if one.cause == voided]
            return _taken_off(case, lines, gone, book_of)
        case Step.SIGN_QUOTE | Step.CANCEL:
            return tuple(Corrected(one) for one in lines if _quoted(one.line, book_of))
        case Step.REVERSE_LINE:
            return _taken_off(case, lines, [one for one in lines if one.name == details.line], book_of)
        case Step.CANCEL_ITEM:
            ordered = (one for one in lines if one.line.item == details.item)
            return tuple(Corrected(one) for one in ordered if _quoted(one.line, book_of))
        case Step.SWITCH_PAYER if details.payer is not None:
            return _switched(case, lines, details.item or "", details.payer, book_of)
        case Step.PROVE_WAIVER:
            after = case.model_copy(update=waivers.proven(case, details))
            return _waived(after, lines, book_of, None)
        case Step.WITHDRAW_WAIVER:
            after = case.model_copy(update=waivers.withdrawn(case, details))
            return _waived(after, lines, book_of, details.category)
        case _:
            return ()


def trigger_of_line(line: Line, book_of: BookOf) -> Trigger | None:
    """What the line was charged by, as its own price list says; None where that has no such item."""
    row = book_of(line.price_version).find(line.item)
    return row.trigger if row is not None else None


def _quoted(line: Line, book_of: BookOf) -> bool:
    """Whether the line was charged with the quote, and not by a tap that saw the service done."""
    return trigger_of_line(line, book_of) is Trigger.QUOTED


def _switched(
    case: Case, lines: tuple[Standing, ...], item: str, payer: Payer, book_of: BookOf
) -> tuple[Corrected, ...]:
    """The lines of an item as another pays them: a waiver lets the family off, and goes and comes with it."""
    theirs = [one for one in lines if one.line.item == item]
    if all(one.line.payer is payer for one in theirs):
        return ()
    moved = [replace(one, line=one.line.model_copy(update={"payer": payer})) for one in theirs]
    waived = _as_from_the_beginning(case, moved, book_of)
    pairs = ((old, waived[new]) for old, new in zip(theirs, moved, strict=True))
    return tuple(Corrected(old, line) for old, line in pairs if line != old.line)


def _waived(case: Case, lines: Iterable[Standing], book_of: BookOf, lost: WaiverFor | None) -> tuple[Corrected, ...]:
    """The lines with the waiver that they would have had in this case.

    Without a category that is `lost`, those of items of which more is waived then; with it, those of items of which
    less is, or whose lines name it.
    """
    waived = _as_from_the_beginning(case, lines, book_of)
    more: dict[str, int] = {}
    for one, line in waived.items():
        more[line.item] = more.get(line.item, 0) + line.waiver_fen - one.line.waiver_fen
    named = {one.line.item for one in waived if lost is not None and category_of(one.line.waiver_source) == lost}
    return tuple(
        Corrected(one, line)
        for one, line in waived.items()
        if line != one.line and (more[line.item] > 0 if lost is None else more[line.item] < 0 or line.item in named)
    )


def _taken_off(case: Case, lines: tuple[Standing, ...], gone: list[Standing], book_of: BookOf) -> tuple[Corrected, ...]:
    """Lines that are charged no more; what is left of their items has the waivers that they leave to it."""
    items = {one.line.item for one in gone}
    left = [one for one in lines if one.line.item in items and one not in gone]
    return (*(Corrected(one) for one in gone), *_waived(case, left, book_of, None))


def _as_from_the_beginning(case: Case, lines: Iterable[Standing], book_of: BookOf) -> dict[Standing, Line]:
    """Each line with its right waiver, in the order of their services."""
    found: dict[Standing, Line] = {}
    by_item: dict[str, list[Standing]] = {}
    for one in sorted(lines, key=lambda one: place(one.line, book_of)):
        found[one] = one.line
        by_item.setdefault(one.line.item, []).append(one)
    for theirs in by_item.values():
        found |= zip(theirs, anew((one.line for one in theirs), case, book_of), strict=True)
    return found
