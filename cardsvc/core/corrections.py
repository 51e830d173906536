"""Lines that stand on a bill are never changed: they are taken back by counter-lines, and posted anew where needed.

What a correction does to them is decided here; nothing else takes a line back.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cardsvc.core import waivers, workflow
from cardsvc.core.case import Case
from cardsvc.core.facts import Details, Step
from cardsvc.core.prices import Line, PriceBook, Trigger, basis_of, granted_for

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
            moved = (one for one in lines if one.line.item == details.item and one.line.payer is not details.payer)
            return tuple(Corrected(one, one.line.model_copy(update={"payer": details.payer})) for one in moved)
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


def _waived(
    case: Case, lines: tuple[Standing, ...], proof: str, book_of: BookOf, *, more: bool
) -> tuple[Corrected, ...]:
    """The lines with the waiver that they would have had in this case, in the order of their services.

    `more`: only those that get more of it; otherwise only those that lose some.
    """
    used: dict[str, int] = {}
    corrected = []
    for one in sorted(lines, key=lambda one: one.line.at):
        line, book = one.line, book_of(one.line.price_version)
        row = book.find(line.item)
        if row is None:
            continue
        granted = granted_for(row, line.quantity, case, book, line.at)
        waiver = (
            granted.of(line.price_fen, min(line.quantity, granted.units - used.get(line.item, 0))) if granted else 0
        )
        used[line.item] = used.get(line.item, 0) + line.quantity
        if (waiver > line.waiver_fen) if more else (waiver < line.waiver_fen):
            held = granted if waiver else None
            update = {
                "waiver_fen": waiver,
                "waiver_payer": held.bearer if held is not None else None,
                "waiver_source": held.source if held is not None else None,
                "legal_basis": basis_of(row, held, *(() if held is not None and held.source else (proof,))),
            }
            corrected.append(Corrected(one, line.model_copy(update=update)))
    return tuple(corrected)
