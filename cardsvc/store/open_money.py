"""Whose money is open at the counter: what a case that has ended may still be paid, or pay back."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, exists

from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import Account, deposits, receivable
from cardsvc.core.terms import Payer
from cardsvc.store import tables as t

ASKED = (Payer.FAMILY, Payer.OTHER)
"""Who is asked for money by no statement."""


def open_at_counter(case_no: CaseNo, balances: Mapping[Account, int]) -> bool:
    """Whether somebody owes for the case at the counter, or is paid back there; `balances` of its accounts in fen."""
    return any(balances.get(one) for one in (deposits(case_no), *(receivable(case_no, payer) for payer in ASKED)))


def at_counter() -> ColumnElement[bool]:
    """The same of a row of `funeral_case`, asked of the database."""
    k, c = t.account.c, t.funeral_case.c
    names = ("deposit/" + c.case_no, *("receivable/" + c.case_no + f"/{payer}" for payer in ASKED))
    return exists().where(k.home_id == c.home_id, k.account.in_(names), k.debit_fen != k.credit_fen)
