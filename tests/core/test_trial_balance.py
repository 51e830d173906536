"""The trial balance, and what its rows are called."""

from cardsvc.core.ids import CaseNo
from cardsvc.core.ledger import CARRIED, deposits, receivable, revenue, suspense, till
from cardsvc.core.terms import Means, Payer
from cardsvc.core.trial_balance import GROUPS, Stands, arranged, case_of, ends

CASE = CaseNo("WZ-2026-000001")


def test_debits_and_credits_of_whole_books_agree() -> None:
    balance = arranged((Stands("revenue/urn", 0, 700), Stands("deposit", 200, 500), Stands("till/cash", 1_200, 200)))

    assert [one.name for one in balance.rows] == ["till/cash", "deposit", "revenue/urn"]
    assert (balance.debit_fen, balance.credit_fen, balance.difference_fen) == (1_000, 1_000, 0)


def test_a_missing_fen_shows() -> None:
    assert arranged((Stands("till/cash", 100, 0), Stands("deposit", 0, 99))).difference_fen == 1


def test_every_account_of_a_case_is_in_one_group_and_no_account_of_the_home_is() -> None:
    ours = [deposits(CASE), suspense(CASE), *(receivable(CASE, payer) for payer in Payer)]
    for account in (*ours, till(Means.CASH), revenue("urn"), CARRIED):
        within = [one for one in GROUPS if account.startswith(_ends(one)[0]) and account.endswith(_ends(one)[1])]
        assert len(within) == (account in ours), account
        assert case_of(account) == (CASE if account in ours else None)
    assert ends("till") is None


def _ends(group: str) -> tuple[str, str]:
    found = ends(group)
    assert found is not None
    return found
