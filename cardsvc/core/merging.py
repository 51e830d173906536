"""What a merge leaves in the ledger: the accounts of the case that ends are zero, the other one has their money."""

from collections.abc import Mapping

from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import CARRIED, OFF, SHORT, Account, Transfer, deposits, receivable, suspense
from cardsvc.core.terms import Payer

MEMO = "merge"


def accounts(case_no: CaseNo) -> tuple[Account, ...]:
    """The accounts of a case, always in this order; of what is short or written off each case has its own part."""
    return (deposits(case_no), suspense(case_no), SHORT, OFF, *(receivable(case_no, payer) for payer in Payer))


def carried_over(
    source: CaseNo, target: CaseNo, totals: Mapping[Account, int]
) -> tuple[tuple[Transfer, ...], tuple[Transfer, ...]]:
    """The transfers of the case that ends, and those of the case that goes on; `totals` are the source's balances."""
    out, in_ = [], []
    for here, there in zip(accounts(source), accounts(target), strict=True):
        total = totals.get(here, 0)
        if total > 0:
            out.append(Transfer(debit=CARRIED, credit=here, amount_fen=total, memo=MEMO))
            in_.append(Transfer(debit=there, credit=CARRIED, amount_fen=total, memo=MEMO))
        if total < 0:
            out.append(Transfer(debit=here, credit=CARRIED, amount_fen=-total, memo=MEMO))
            in_.append(Transfer(debit=CARRIED, credit=there, amount_fen=-total, memo=MEMO))
    return tuple(out), tuple(in_)
