"""A payment that was entered by mistake is taken back: the same amounts the other way, while its day is open.

DOMAIN.md section 6 (reversal by counter-entry). What a provider has taken is no mistake of ours: it is paid back
instead.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from pydantic import AwareDatetime, Field

from cardsvc.core import ledger, merging
from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.facts import Code, Fact, PaymentCause, Step, StepTaken, Wire
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import Account, Transfer
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import payer_of
from cardsvc.core.terms import Means, Payer

PROVIDED = "qr:"
"""How the cause of a payment begins that a provider told of."""
ELSEWHERE = (PROVIDED, "statement:")
"""How the causes begin of what is in suspense and no desk took: it waits by QR, or came for a statement."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer of a case as it was posted: under which number of the log, and by which cause."""

    log_no: int
    cause: str
    transfer: Transfer


@dataclass(frozen=True, slots=True)
class Undone:
    """A payment that is taken back: what it `made`, the counter-entries, and whether its money is still `there`."""

    made: tuple[Transfer, ...] = ()
    back: tuple[Transfer, ...] = ()
    there: bool = True

    def takes(self, account: Account) -> int:
        """What the counter-entries take out of an account that holds money, in fen."""
        return sum(one.amount_fen * ((one.debit == account) - (one.credit == account)) for one in self.back)


NOTHING = Undone()


class PaidIn(Wire):
    """Money that came in and may be reversed, as desks choose it; `amount_fen` in fen."""

    cause: PaymentCause
    step: Step
    at: AwareDatetime
    by: StaffNo
    amount_fen: int = Field(ge=1)
    means: Means
    payer: Payer
    reference: Code | None = Field(default=None, exclude_if=lambda value: value is None)
    "What its slip or the bank calls it."


def standing_payments(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The payments of a case that nobody has taken back, in their order."""
    rows = sorted(facts, key=lambda fact: fact.order)
    bodies = [(one, one.body) for one in rows if isinstance(one.body, StepTaken)]
    gone = {body.details.payment for _, body in bodies if body.step is Step.REVERSE_PAYMENT}
    return tuple(one for one, body in bodies if body.step in TAKES_MONEY and one.cause not in gone)


def reversed_by(fact: Fact) -> str | None:
    """The cause of the payment that a fact takes back."""
    if not isinstance(fact.body, StepTaken) or fact.body.step is not Step.REVERSE_PAYMENT:
        return None
    return fact.body.details.payment


def last_settled(facts: Iterable[Fact], payer: Payer) -> Fact | None:
    """The last fact by which a payer settled lines and that nobody has taken back."""
    rows = sorted(facts, key=lambda fact: fact.order)
    gone = {reversed_by(one) for one in rows}
    return next((one for one in reversed(rows) if payer_of(one) is payer and one.cause not in gone), None)


def reversible(facts: Iterable[Fact], since: int, counted: Collection[str] = ()) -> tuple[PaidIn, ...]:
    """The payments that may be reversed now: those of the open business day, which begins with log number `since`.

    `counted`: the causes of those that were in a drawer of an earlier day before a person said whose they are.
    """
    return tuple(
        PaidIn(
            cause=one.cause,
            step=one.body.step,
            at=one.at,
            by=one.staff_no,
            amount_fen=one.body.details.amount_fen,
            means=one.body.details.means,
            payer=one.body.details.payer or Payer.FAMILY,
            reference=one.body.details.reference,
        )
        for one in standing_payments(facts)
        if isinstance(one.body, StepTaken)
        and one.body.details.amount_fen is not None
        and one.body.details.means is not None
        and one.order[1] >= since
        and one.cause not in counted
        and not one.cause.startswith(PROVIDED)
    )


def found(facts: Iterable[Fact], cause: str | None, since: int, counted: Collection[str] = ()) -> Fact | Refusal:
    """The payment with this cause, or why it cannot be reversed (`reversible`)."""
    one = next((fact for fact in standing_payments(facts) if fact.cause == cause), None)
    if one is None:
        return Refusal(Problem.FIELD_INVALID, "payment")
    if one.cause.startswith(PROVIDED):
        return Refusal(Problem.PAYMENT_PROVIDED)
    return Refusal(Problem.PAYMENT_DAY_CLOSED) if one.order[1] < since or one.cause in counted else one


def undone(case_no: CaseNo, cause: str, posted: Iterable[Posted]) -> Undone:
    """What takes a payment back; `posted` is all that the case's accounts were moved by, in the order of the log.

    Its own money is followed from the payment on: on the lines as long as somebody owes for them, else in what is held,
    where money that came otherwise leaves first. What was refunded, set off or assigned since is not there any more,
    whatever has come after it.
    """
    rows = tuple(posted)
    made = tuple(one.transfer for one in rows if one.cause == cause)
    accounts = {account for one in made for account in (one.debit, one.credit)}
    payer = next((one for one in Payer if ledger.receivable(case_no, one) in accounts), None)
    owed = ledger.receivable(case_no, payer) if payer is not None else None
    of_family = payer is Payer.FAMILY or ledger.deposits(case_no) in accounts
    held = ledger.deposits(case_no) if of_family else ledger.suspense(case_no)
    paid = pool = stands = on_lines = in_pool = moved = 0
    there = True
    for _, group in groupby(rows, key=lambda one: one.log_no):
        for one in group:
            settles = _into(owed, one.transfer) if _pays(one.transfer) else 0
            holds = _into(held, one.transfer)
            paid, stands, pool = paid + settles, stands + holds, pool + (holds if _of_desk(one) else 0)
            if one.cause == cause:
                on_lines, in_pool = on_lines + settles, in_pool + holds
        over = max(0, on_lines - paid)
        on_lines, in_pool, moved = on_lines - over, in_pool + over, moved + over
        there = there and in_pool <= min(pool, stands)
    # The last first: what a payment brought through one account into another is not in the first any more.
    back = [one.model_copy(update={"memo": Step.REVERSE_PAYMENT.value}) for one in ledger.reversed_(made[::-1])]
    if owed is not None and moved:
        back.append(Transfer(debit=held, credit=owed, amount_fen=moved, memo=Step.REVERSE_PAYMENT))
    return Undone(made, tuple(back), there)


def _into(account: Account | None, one: Transfer) -> int:
    """What a transfer puts into an account that money goes to, in fen."""
    return one.amount_fen * ((one.credit == account) - (one.debit == account))


def _pays(one: Transfer) -> bool:
    """Whether a transfer of what somebody owes is money: not a line, nor what a merge carried."""
    return one.memo != merging.MEMO and not (one.debit.startswith("revenue/") or one.credit.startswith("revenue/"))


def _of_desk(one: Posted) -> bool:
    """Whether what is held was moved by desks: what came from outside waits for acts of its own."""
    from_till = one.transfer.debit.startswith("till/") or one.transfer.credit.startswith("till/")
    return not (from_till and one.cause.startswith(ELSEWHERE))
