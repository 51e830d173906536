"""Money that a person says is a case's: alone only where it came for that case and somebody owes it there.

Put on any other case, or above what is owed, it can leave as a refund; two people say so then (DOMAIN.md section 6).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import Account, deposits, receivable
from cardsvc.core.permissions import Action, Role, confirmed
from cardsvc.core.problems import Refusal
from cardsvc.core.terms import Payer


@dataclass(frozen=True, slots=True)
class Paid:
    """What pays a case: for whom, and how much of it pays what is owed, in fen."""

    case_no: CaseNo
    payer: Payer
    amount_fen: int


def owed_at(case_no: CaseNo, payer: Payer, balances: Mapping[Account, int]) -> int:
    """What a payer still owes for a case, in fen; of its family less the deposit that is held."""
    held = -balances.get(deposits(case_no), 0) if payer is Payer.FAMILY else 0
    return max(0, balances.get(receivable(case_no, payer), 0) - held)


def alone(
    paid: Paid,
    balances: Mapping[Account, int],
    by: StaffNo,
    second: StaffNo | None,
    staff: Mapping[StaffNo, Iterable[Role]],
    *,
    own: bool,
) -> Refusal | None:
    """Why one person may not say that money pays a case; None where they may, or where two people say so.

    `balances` are those of the case, in fen; `own`: the money came for it.
    """
    if second is None and own and paid.amount_fen <= owed_at(paid.case_no, paid.payer, balances):
        return None
    return confirmed(by, second, staff, Action.SETTLE_PAYMENT)
