"""The trial balance: what stands on each account or group of accounts; all debits are all credits."""

from collections.abc import Iterable
from dataclasses import dataclass

from cardsvc.core.ledger import Account
from cardsvc.core.terms import Payer

GROUPS = (*(f"receivable/{payer}" for payer in Payer), "deposit", "suspense")
"""What the many accounts of cases are shown as: who owes, what is held, what waits for a person."""
KINDS = ("till", "receivable", "carried_over", "carried_short", "carried_off", "deposit", "suspense", "revenue")
"""The order of a trial balance: money, what is owed to us, what we owe, what was earned."""


@dataclass(frozen=True, slots=True)
class Stands:
    """An account, or a group of them: what its transfers debited and credited, in fen."""

    name: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """Debits less credits."""
        return self.debit_fen - self.credit_fen


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account of the home at one moment, in the order of `KINDS`."""

    rows: tuple[Stands, ...]

    @property
    def debit_fen(self) -> int:
        """All balances on the debit side."""
        return sum(max(one.balance_fen, 0) for one in self.rows)

    @property
    def credit_fen(self) -> int:
        """All balances on the credit side."""
        return sum(max(-one.balance_fen, 0) for one in self.rows)

    @property
    def difference_fen(self) -> int:
        """Zero, or the books are broken."""
        return self.debit_fen - self.credit_fen


def arranged(rows: Iterable[Stands]) -> TrialBalance:
    """The trial balance of accounts and groups in any order."""
    order = {kind: at for at, kind in enumerate(KINDS)}
    return TrialBalance(
        tuple(sorted(rows, key=lambda one: (order.get(one.name.partition("/")[0], len(KINDS)), one.name)))
    )


def ends(group: str) -> tuple[str, str] | None:
    """How the names of a group's accounts begin and end; None when there is no such group."""
    if group not in GROUPS:
        return None
    kind, _, payer = group.partition("/")
    return f"{kind}/", f"/{payer}" if payer else ""


def case_of(account: Account) -> str | None:
    """The number of the case that an account belongs to; None of an account of the home."""
    kind, _, rest = account.partition("/")
    return rest.partition("/")[0] if kind in ("receivable", "deposit", "suspense") else None
