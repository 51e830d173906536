"""The ledger: transfers of whole fen from one account to another.

A transfer debits one account and credits another with the same amount, so entries sum to zero by their very shape; a
correction is a new transfer the other way.
"""

from collections.abc import Iterable, Mapping
from typing import Literal, NewType

from pydantic import Field

from cardsvc.core.facts import Fact, Step, StepTaken, Wire
from cardsvc.core.ids import CaseNo
from cardsvc.core.money import Fen, in_yuan
from cardsvc.core.preconditions import Asked
from cardsvc.core.prices import Line
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Payer

Account = NewType("Account", str)
CARRIED = Account("carried_over")
"""Between two cases: what leaves one arrives at the other, so that it is zero after every merge and assignment."""
SHORT = Account("carried_short")
"""What desks gave out by the word of a service whose books were restored since, and no money held covers."""
OFF = Account("carried_off")
"""What was short and two people have written off: an expense of the home."""


class Transfer(Wire):
    """`amount_fen` leaves `credit` and arrives at `debit`; `memo` says which line or payment it belongs to."""

    debit: Account
    credit: Account
    amount_fen: int = Field(ge=1)
    memo: str


class Bill(Wire):
    """What a case owes and has paid, in fen."""

    charged_fen: int
    waived_fen: int
    due_fen: int
    paid_fen: int
    deposit_fen: int

    @property
    def owed_fen(self) -> int:
        """What the family owes for its lines, before the deposit; negative when it paid more than they come to."""
        return self.due_fen - self.paid_fen

    @property
    def rest_fen(self) -> int:
        """Money of the family that is still held: its deposit, and what it paid beyond its lines."""
        return self.deposit_fen - min(self.owed_fen, 0)

    @property
    def open_fen(self) -> int:
        """What the family still owes after payments and the deposit; negative when money is left over."""
        return self.owed_fen - self.deposit_fen


ENDS_SHORT = frozenset({Step.RECOVER_SHORT, Step.WRITE_OFF_SHORT})
"""What becomes of what is short: its money comes in after all, or nobody pays it."""
WRITTEN_BACK = "written_back"
"""The memo of money that was written off and comes after all."""
RECOVERED_BEFORE = "recovered_before"
"""The memo of money that comes after somebody else has paid for it: it is held until a person has decided."""
RECOVERED_ASIDE = "recovered_aside"
"""The memo of such money that is in suspense already, because its case is over: it goes there by the deposit, too."""
Side = Literal["debit", "credit"]


def receivable(case_no: CaseNo, payer: Payer) -> Account:
    """What a payer owes for a case."""
    return Account(f"receivable/{case_no}/{payer}")


def deposits(case_no: CaseNo) -> Account:
    """Money held for a case before it is owed."""
    return Account(f"deposit/{case_no}")


def suspense(case_no: CaseNo) -> Account:
    """Money of a case that a person decides about: it fits no order, or a payer other than the family paid too much."""
    return Account(f"suspense/{case_no}")


def revenue(item: str) -> Account:
    """What an item of the price list has earned."""
    return Account(f"revenue/{item}")


def till(means: Means) -> Account:
    """Money that came in by one means."""
    return Account(f"till/{means}")


def charge(case_no: CaseNo, line: Line, proof: str = "") -> tuple[Transfer, ...]:
    """The transfers of a line: its due to its payer, its waiver to whoever bears it; `proof` says why it changed."""
    transfers = []
    if line.due_fen:
        transfers.append((receivable(case_no, line.payer), line.due_fen))
    if line.waiver_fen and line.waiver_payer is not None:
        transfers.append((receivable(case_no, line.waiver_payer), line.waiver_fen))
    return tuple(
        Transfer(debit=account, credit=revenue(line.item), amount_fen=amount, memo=f"{line.item} {proof}".strip())
        for account, amount in transfers
    )


def money_moved(fact: Fact) -> tuple[Transfer, ...]:
    """The transfers of money that came or went; none for any other fact."""
    if not isinstance(fact.body, StepTaken):
        return ()
    details = fact.body.details
    if details.amount_fen is None or details.means is None:
        return ()
    held, money = deposits(fact.case_no), till(details.means)
    match fact.body.step:
        case Step.DEPOSIT:
            debit, credit = money, held
        case Step.PAY | Step.STATEMENT_PAID:
            debit, credit = money, receivable(fact.case_no, details.payer or Payer.FAMILY)
        case Step.REFUND:
            debit, credit = held, money
        case Step.GIVE_BACK_HELD:
            debit, credit = suspense(fact.case_no), money
        case Step.RECOVER_SHORT:
            debit, credit = money, SHORT
        case Step.UNDO_RECOVERY:
            debit, credit = SHORT, money
        case _:
            return ()
    return (Transfer(debit=debit, credit=credit, amount_fen=details.amount_fen, memo=fact.body.step),)


def assigned(fact: Fact) -> tuple[Transfer, ...]:
    """The transfers of money that was held and pays a case: its own (`other` not said), or that of another case."""
    if not isinstance(fact.body, StepTaken):
        return ()
    details, step, fen = fact.body.details, fact.body.step, fact.body.details.amount_fen or 0
    held = CARRIED if details.other not in (None, fact.case_no) else suspense(fact.case_no)
    owed = receivable(fact.case_no, details.payer or Payer.FAMILY)
    return (Transfer(debit=held, credit=owed, amount_fen=fen, memo=step),)


def carried_out(case_no: CaseNo, amount_fen: int) -> Transfer:
    """What is held of a case goes to another one that it pays."""
    return Transfer(debit=suspense(case_no), credit=CARRIED, amount_fen=amount_fen, memo=Step.ASSIGN_HELD)


def given_out(fact: Fact, balances: Mapping[Account, int]) -> tuple[Transfer, ...]:
    """The transfers of a refund: out of what is held; what is not held is short, and gone all the same."""
    held = max(0, -balances.get(deposits(fact.case_no), 0))
    parts: list[Transfer] = []
    for one in money_moved(fact):
        covered = min(held, one.amount_fen)
        shares = ((one.debit, covered), (SHORT, one.amount_fen - covered))
        parts += [
            Transfer(debit=debit, credit=one.credit, amount_fen=fen, memo=one.memo) for debit, fen in shares if fen > 0
        ]
    return tuple(parts)


def taken_out(undone: Iterable[Transfer]) -> tuple[Transfer, ...]:
    """A payment that was taken back and whose money is not held any more: it has left the till, and is short."""
    return tuple(
        Transfer(debit=SHORT, credit=one.debit, amount_fen=one.amount_fen, memo=Step.REVERSE_PAYMENT)
        for one in undone
        if one.debit.startswith("till/")
    )


def made_good(
    case_no: CaseNo,
    balances: Mapping[Account, int],
    moved: Iterable[Transfer],
    *,
    held: Account,
    recovered_fen: int = 0,
) -> tuple[Transfer, ...]:
    """What money is for that is sent again: its record has come after all (decisions 0030 and 0040).

    What the family has on `held`, an account of the case, covers what is short; in suspense others have money too, so
    that there it is what `moved` brings. Of what was brought beyond that, as much as was written off comes back, then
    as much as `recovered_fen`, what somebody paid for it meanwhile, waits for a person: whose it is no book knows.
    `balances` are those of the case before.
    """
    moved = tuple(moved)
    totals = added(balances, moved)
    brought = sum(one.amount_fen * ((one.credit == held) - (one.debit == held)) for one in moved)
    mixed = held == suspense(case_no)
    there = max(0, -totals.get(held, 0))
    covers = min(max(0, brought) if mixed else there, max(0, totals.get(SHORT, 0)))
    left = max(0, min(there, brought) - covers)
    back = min(left, max(0, totals.get(OFF, 0)))
    twice = min(left - back, recovered_fen)
    parts = (
        (held, SHORT, covers, "made_good"),
        (held, OFF, back, WRITTEN_BACK),
        (held, deposits(case_no), twice if mixed else 0, RECOVERED_ASIDE),
        (deposits(case_no), suspense(case_no), twice, RECOVERED_BEFORE),
    )
    return tuple(
        Transfer(debit=debit, credit=credit, amount_fen=fen, memo=memo) for debit, credit, fen, memo in parts if fen > 0
    )


def written_off(fact: Fact) -> tuple[Transfer, ...]:
    """The transfers of what was short and nobody will pay: it is an expense of the home."""
    if not isinstance(fact.body, StepTaken):
        return ()
    fen = fact.body.details.amount_fen or 0
    return (Transfer(debit=OFF, credit=SHORT, amount_fen=fen, memo=Step.WRITE_OFF_SHORT),)


def above_short(asked: Asked, balances: Mapping[Account, int]) -> Refusal | None:
    """No more is recovered or written off than is short in the case."""
    most = max(0, balances.get(SHORT, 0))
    if asked.step not in ENDS_SHORT or 1 <= (asked.details.amount_fen or 0) <= most:
        return None
    return Refusal(Problem.ABOVE_PAID, f"¥{in_yuan(most)}")


def sum_of(transfers: Iterable[Transfer], memo: str) -> int:
    """What these transfers moved for one reason, in fen."""
    return sum(one.amount_fen for one in transfers if one.memo == memo)


def short_of(transfers: Iterable[Transfer]) -> int:
    """How much of what these transfers gave out is not covered, in fen."""
    return sum(one.amount_fen for one in transfers if one.debit == SHORT)


def suspended(case_no: CaseNo, amount_fen: int, means: Means) -> tuple[Transfer, ...]:
    """Money that came and does not fit: it is in the till, and held."""
    return (Transfer(debit=till(means), credit=suspense(case_no), amount_fen=amount_fen, memo="suspense"),)


def settle(case_no: CaseNo, balances: Mapping[Account, int]) -> tuple[Transfer, ...]:
    """Set the deposit held for a case off against what its family owes; what it paid too much becomes a deposit."""
    owed = balances.get(receivable(case_no, Payer.FAMILY), 0)
    if owed < 0:
        return surplus(case_no, balances)
    held = -balances.get(deposits(case_no), 0)
    used = min(owed, held)
    if used <= 0:
        return ()
    family = receivable(case_no, Payer.FAMILY)
    return (Transfer(debit=deposits(case_no), credit=family, amount_fen=used, memo=Step.SETTLE),)


def surplus(case_no: CaseNo, balances: Mapping[Account, int]) -> tuple[Transfer, ...]:
    """What a payer paid beyond what it owes: the family's is held for it and can be refunded, another's waits."""
    over = ((payer, -balances.get(receivable(case_no, payer), 0)) for payer in Payer)
    return tuple(
        Transfer(
            debit=receivable(case_no, payer),
            credit=deposits(case_no) if payer is Payer.FAMILY else suspense(case_no),
            amount_fen=fen,
            memo="surplus",
        )
        for payer, fen in over
        if fen > 0
    )


def lowers(one: Transfer) -> bool:
    """Whether a transfer takes from an account that has a floor: posted last, no account is below its floor between."""
    return one.credit.startswith("receivable/") or one.debit.startswith(("deposit/", "suspense/"))


def below_floor(totals: Mapping[Account, int]) -> tuple[Account, ...]:
    """Accounts below their floor: nobody owes less than nothing, no money is held that is not there."""
    return tuple(account for account, total in sorted(totals.items()) if _available(account, total) < 0)


def _available(account: Account, total: int) -> int:
    kind = account.partition("/")[0]
    return total if kind == "receivable" else -total if kind in ("deposit", "suspense") else 0


def refundable(bill: Bill) -> int:
    """What may be paid back, in fen: what was paid less what is owed."""
    return max(0, -bill.open_fen)


def above_paid(asked: Asked, bill: Bill) -> Refusal | None:
    """A refund is never above what was paid, and never takes what the lines still need (DOMAIN.md section 6)."""
    most = refundable(bill)
    if asked.step is not Step.REFUND or (asked.details.amount_fen or 0) <= most:
        return None
    return Refusal(Problem.ABOVE_PAID, f"¥{in_yuan(Fen(most))}")


def reversed_(transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
    """The counter-entries of transfers: the same amounts the other way."""
    return tuple(
        Transfer(debit=one.credit, credit=one.debit, amount_fen=one.amount_fen, memo=one.memo) for one in transfers
    )


def balances(transfers: Iterable[Transfer]) -> dict[Account, int]:
    """Debits less credits of each account, in fen; they sum to zero."""
    return added({}, transfers)


def added(before: Mapping[Account, int], transfers: Iterable[Transfer]) -> dict[Account, int]:
    """The balances after some more transfers."""
    totals = dict(before)
    for one in transfers:
        totals[one.debit] = totals.get(one.debit, 0) + one.amount_fen
        totals[one.credit] = totals.get(one.credit, 0) - one.amount_fen
    return totals


def owed_by(transfers: Iterable[tuple[CaseNo, Transfer]]) -> dict[CaseNo, int]:
    """What each family owes beyond what it has paid and deposited, in fen; of cases that the transfers touch."""
    totals: dict[CaseNo, int] = {}
    for case_no, one in transfers:
        ours = (receivable(case_no, Payer.FAMILY), deposits(case_no))
        fen = one.amount_fen * ((one.debit in ours) - (one.credit in ours))
        totals[case_no] = totals.get(case_no, 0) + fen
    return {case_no: fen for case_no, fen in totals.items() if fen}


def bill(case_no: CaseNo, totals: Mapping[Account, int], charged_fen: int, waived_fen: int) -> Bill:
    """The family's bill from the balances of the case's accounts.

    `charged_fen` and `waived_fen` are the sums over the lines whose payer is the family.
    """
    due = charged_fen - waived_fen
    owed = totals.get(receivable(case_no, Payer.FAMILY), 0)
    held = -totals.get(deposits(case_no), 0)
    return Bill(charged_fen=charged_fen, waived_fen=waived_fen, due_fen=due, paid_fen=due - owed, deposit_fen=held)
