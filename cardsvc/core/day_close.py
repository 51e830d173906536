"""Business days: a posting belongs to the day that is open when it is posted, and a closed day never changes.

A day ends at midnight, or earlier when two people close it; the log numbers everything in one order, so that the day
of a posting is its log number's, and costs no tap anything. What is closed later than midnight has ended then.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from cardsvc.core.facts import Wire
from cardsvc.core.ids import StaffNo
from cardsvc.core.ledger import Account
from cardsvc.core.local_time import local
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.trial_balance import Stands


class Check(StrEnum):
    """What is looked at before a day is closed."""

    LEDGER = "ledger"
    SUSPENSE = "suspense"
    PAYMENTS = "payments"
    MISSING = "missing"
    UNSENT = "unsent"
    TILLS = "tills"
    NO_SHIFT = "no_shift"  # cash that no drawer has
    AFTER_COUNT = "after_count"  # drawers that the ledger changed after they were counted
    SLIPS = "slips"  # shifts whose card terminal says something else than the books


class Figure(Wire):
    """A row of a trial balance, as it is kept."""

    name: str
    debit_fen: int
    credit_fen: int

    @property
    def left_fen(self) -> int:
        """Debits less credits."""
        return self.debit_fen - self.credit_fen


class DayClosed(Wire):
    """A closed day: its postings are those from `from_log_no` up to, and without, `until_log_no`.

    `found` counts what was open at each check, `why` says why it was closed nevertheless; `moved` is what the day
    debited and credited, `stands` every account and group at its end, `no_case` what is there beside them: money of no
    case by its means, what came and what was decided about.
    """

    day: date
    from_log_no: int
    until_log_no: int
    by: StaffNo
    second: StaffNo
    found: Mapping[Check, int]
    why: str
    moved: tuple[Figure, ...]
    stands: tuple[Figure, ...]
    no_case: tuple[Figure, ...] = ()


def open_day(now: datetime, closed: date | None) -> date:
    """The day to which a posting of this moment belongs; `closed` is the last day that was closed."""
    today = local(now).date()
    return today if closed is None else max(today, closed + timedelta(days=1))


NEVER_OPEN = frozenset({Check.LEDGER, Check.TILLS})
"""What no reason excuses."""


def not_closable(day: date, now: datetime, closed: date | None, found: Mapping[Check, int], why: str) -> Refusal | None:
    """Why a day cannot be closed: days are closed one after another, never twice and never before they come.

    Books that do not balance are never closed, nor is a day whose drawers are not counted; whatever else is open needs
    a reason in words.
    """
    following = closed + timedelta(days=1) if closed is not None else day
    if day != following or day > local(now).date():
        return Refusal(Problem.DAY_NOT_NEXT, following.isoformat())
    if found.get(Check.LEDGER, 0):
        return Refusal(Problem.BOOKS_DIFFER)
    if found.get(Check.TILLS, 0):
        return Refusal(Problem.DAY_TILLS_OPEN)
    if any(found.values()) and not why.strip():
        return Refusal(Problem.DAY_NEEDS_REASON)
    return None


def figures(rows: Iterable[Stands]) -> tuple[Figure, ...]:
    """The rows of a trial balance, to be kept."""
    return tuple(Figure(name=one.name, debit_fen=one.debit_fen, credit_fen=one.credit_fen) for one in rows)


def moved(before: Iterable[Figure], after: Iterable[Figure]) -> tuple[Figure, ...]:
    """What lies between two trial balances; accounts that did not move are left out."""
    old = {one.name: one for one in before}
    rows = []
    for one in after:
        was = old.get(one.name)
        debit = one.debit_fen - (was.debit_fen if was else 0)
        credit = one.credit_fen - (was.credit_fen if was else 0)
        if debit or credit:
            rows.append(Figure(name=one.name, debit_fen=debit, credit_fen=credit))
    return tuple(rows)


def row_of(account: Account) -> str:
    """The row of the trial balance in which an account stands."""
    kind, _, rest = account.partition("/")
    if kind == "receivable":
        return f"{kind}/{rest.rpartition('/')[2]}"
    return kind if kind in ("deposit", "suspense") else account
