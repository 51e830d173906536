"""Numbered receipts: what of a bill is paid and not on a receipt yet, in two families.

DOMAIN.md section 6: a fiscal receipt for administrative fees, an invoice for the rest; one bill, two families. A
receipt names the lines that it is for and how much of each; what is paid fills the lines in the order in which they
were posted.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from pydantic import AwareDatetime, Field

from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Code, Fact, Step, StepTaken, Wire, step_of
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.prices import Line, PriceBook, Regime
from cardsvc.core.terms import Means, Payer, Reason

SETTLES = frozenset({Step.PAY, Step.SETTLE, Step.STATEMENT_PAID, Step.ASSIGN_HELD})
"""Steps that settle lines: by money that comes in, at a desk or for a statement, or that is held."""
TAKEN_BACK = (Reason.MISPRINT, Reason.SPOILED, Reason.LOST, Reason.ENTERED_BY_MISTAKE)
"""Why a receipt that was issued is void; what is still paid is put on a new one at once."""


class Family(StrEnum):
    """The two families of receipts."""

    FISCAL = "fiscal"
    INVOICE = "invoice"


FAMILIES: Mapping[Regime, Family] = {
    Regime.ADMINISTRATIVE: Family.FISCAL,
    Regime.GUIDED: Family.INVOICE,
    Regime.REFERENCE: Family.INVOICE,
}


class ReceiptLine(Wire):
    """`fen` of a line of the bill, which `log_no` and `line_no` name; the names are those of its price list.

    Where that is a part, `of_fen` is what the payer owes for the line in all, and `open_fen` what is still to come.
    """

    log_no: int
    line_no: int
    item: Code
    name_zh: str
    name_en: str
    quantity: int = Field(ge=1)
    fen: int = Field(ge=1)
    of_fen: int | None = Field(default=None, ge=1, exclude_if=lambda value: value is None)
    open_fen: int | None = Field(default=None, ge=0, exclude_if=lambda value: value is None)


class Receipt(Wire):
    """What stands on a receipt, as it was issued.

    `means` is None where a deposit was set off. `by` is who took the money, "" where a provider did. `slip`: the number
    of the paper slip that was given without network, for which this comes instead.
    """

    family: Family
    number: Code
    case_no: CaseNo
    payer: Payer
    means: Means | None = None
    at: AwareDatetime
    by: StaffNo
    cause: str
    lines: tuple[ReceiptLine, ...] = Field(min_length=1)
    slip: str | None = None

    @property
    def amount_fen(self) -> int:
        """What it is over, in fen."""
        return sum(one.fen for one in self.lines)


def share(line: Line, payer: Payer) -> int:
    """What a payer owes of a line, in fen: its due, its waiver, or nothing."""
    due = line.due_fen if line.payer is payer else 0
    return due + (line.waiver_fen if line.waiver_payer is payer else 0)


def unreceipted(
    standing: Iterable[Standing],
    payer: Payer,
    owed_fen: int,
    given: Iterable[Receipt],
    book_of: Callable[[str | None], PriceBook],
) -> dict[Family, tuple[ReceiptLine, ...]]:
    """What a payer has paid and has no receipt for, by family.

    `standing` are the lines of the case that nothing has taken back, in the order in which they were posted; `owed_fen`
    is what the payer owes for them now, `given` are the receipts of the case that are not void.
    """
    lines = tuple(standing)
    told: dict[tuple[int, int], int] = {}
    for receipt in given:
        if receipt.payer is payer:
            for one in receipt.lines:
                told[(one.log_no, one.line_no)] = told.get((one.log_no, one.line_no), 0) + one.fen
    found: dict[Family, list[ReceiptLine]] = {}
    left = sum(share(one.line, payer) - told.get((one.log_no, one.line_no), 0) for one in lines) - owed_fen
    for stands in lines:
        line, key = stands.line, (stands.log_no, stands.line_no)
        whole, before = share(line, payer), told.get(key, 0)
        fen = min(left, whole - before)
        if fen <= 0:
            continue
        left -= fen
        row = book_of(line.price_version).find(line.item)
        zh, en = (row.name_zh, row.name_en) if row is not None else (line.item, line.item)
        family = FAMILIES[row.regime] if row is not None else Family.INVOICE
        found.setdefault(family, []).append(
            ReceiptLine(
                log_no=key[0],
                line_no=key[1],
                item=line.item,
                name_zh=zh,
                name_en=en,
                quantity=line.quantity,
                fen=fen,
                of_fen=whole if fen < whole else None,
                open_fen=whole - before - fen if fen < whole else None,
            )
        )
    return {family: tuple(found[family]) for family in Family if family in found}


def payer_of(fact: Fact) -> Payer | None:
    """Who has settled lines with a fact; None for a fact that settles none."""
    if step_of(fact) not in SETTLES or not isinstance(fact.body, StepTaken):
        return None
    return Payer.FAMILY if fact.body.step is Step.SETTLE else fact.body.details.payer or Payer.FAMILY


def outdated(receipt: Receipt, standing: Iterable[Standing]) -> int:
    """How much of a receipt is for lines that were taken back since, in fen: it has to come back to the desk."""
    keys = {(one.log_no, one.line_no) for one in standing}
    return sum(one.fen for one in receipt.lines if (one.log_no, one.line_no) not in keys)
