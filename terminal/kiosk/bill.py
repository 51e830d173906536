"""The bill as the cashier's page shows it: each line with its payer and basis, and what the family owes."""

from dataclasses import dataclass

from cardsvc.core.facts import Step
from cardsvc.core.ledger import refundable
from cardsvc.core.money import Fen, in_yuan
from cardsvc.core.snapshot import KnownCase
from cardsvc.core.words import Language, say


@dataclass(frozen=True, slots=True)
class BillRow:
    """One line, in words and yuan."""

    item: str
    quantity: int
    price: str
    waiver: str
    due: str
    payer: str
    basis: str


@dataclass(frozen=True, slots=True)
class BillView:
    """The bill; `open_fen` is what the family still owes, negative when money is left over.

    `all_of_it` is what the money field offers, in yuan: what is owed, or what may be refunded; "" for nothing.
    """

    rows: tuple[BillRow, ...]
    open_fen: int
    amount: str
    all_of_it: str
    deposit: str


def bill_view(known: KnownCase, step: Step | None, language: Language) -> BillView:
    """The bill of a case as last heard from the service."""
    rows = tuple(
        BillRow(
            line.name_zh if language == "zh_CN" else line.name_en,
            line.quantity,
            in_yuan(line.price_fen),
            in_yuan(line.waiver_fen) if line.waiver_fen else "",
            in_yuan(line.due_fen),
            say(language, f"payer.{line.payer}"),
            line.legal_basis,
        )
        for line in known.lines
    )
    owed = known.bill.open_fen
    offered = refundable(known.case, known.bill) if step is Step.REFUND else max(owed, 0)
    all_of_it = in_yuan(Fen(offered)) if offered else ""
    return BillView(rows, owed, in_yuan(abs(owed)), all_of_it, in_yuan(known.bill.deposit_fen))
