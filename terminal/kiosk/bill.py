"""The bill as the cashier's page shows it: each line with its payer and basis, and what the family owes."""

from dataclasses import dataclass

from cardsvc.core.facts import Step
from cardsvc.core.ledger import refundable
from cardsvc.core.limits import MONEY_IN
from cardsvc.core.money import Fen, in_yuan, yuan
from cardsvc.core.snapshot import KnownCase
from cardsvc.core.terms import Means
from cardsvc.core.words import say
from terminal.session import Session


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
    others: tuple[tuple[str, str], ...]
    "What third parties still owe: payer and yuan."
    cash_fen: int | None = None
    "What is to be taken in cash, once it is entered: for the change."


def bill_view(known: KnownCase, session: Session) -> BillView:
    """The bill of a case as last heard from the service."""
    language = session.language
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
    asked = {one.payer.value: one.fen for one in known.owed}
    offered = asked.get(session.entered.get("payer", ""), max(owed, 0))
    if session.step is Step.REFUND:
        offered = refundable(known.bill)
    others = tuple((say(language, f"payer.{one.payer}"), in_yuan(Fen(one.fen))) for one in known.owed)
    all_of_it = in_yuan(Fen(offered)) if offered else ""
    deposit = in_yuan(known.bill.deposit_fen)
    return BillView(rows, owed, in_yuan(abs(owed)), all_of_it, deposit, others, _cash(session))


def _cash(session: Session) -> int | None:
    """The amount that was entered, where it comes in as cash."""
    if session.step not in MONEY_IN or session.entered.get("means") != Means.CASH:
        return None
    try:
        return yuan(session.entered.get("amount_fen", ""))
    except ValueError:
        return None
