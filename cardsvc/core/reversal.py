"""A payment that was entered by mistake is taken back: the same amounts the other way, while its day is open.

DOMAIN.md section 6 (reversal by counter-entry). What a provider has taken is no mistake of ours: it is paid back
instead.
"""

from collections.abc import Iterable, Mapping

from pydantic import AwareDatetime, Field

from cardsvc.core import ledger
from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Fact, PaymentCause, Step, StepTaken, Wire
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.ledger import Account, Transfer
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import payer_of, share
from cardsvc.core.terms import Means, Payer

PROVIDED = "qr:"
"""How the cause of a payment begins that a provider told of."""


class PaidIn(Wire):
    """Money that came in and may be reversed, as desks choose it; `amount_fen` in fen."""

    cause: PaymentCause
    step: Step
    at: AwareDatetime
    by: StaffNo
    amount_fen: int = Field(ge=1)
    means: Means
    payer: Payer


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


def reversible(facts: Iterable[Fact], since: int) -> tuple[PaidIn, ...]:
    """The payments that may be reversed now: those of the open business day, which begins with log number `since`."""
    return tuple(
        PaidIn(
            cause=one.cause,
            step=one.body.step,
            at=one.at,
            by=one.staff_no,
            amount_fen=one.body.details.amount_fen,
            means=one.body.details.means,
            payer=one.body.details.payer or Payer.FAMILY,
        )
        for one in standing_payments(facts)
        if isinstance(one.body, StepTaken)
        and one.body.details.amount_fen is not None
        and one.body.details.means is not None
        and one.order[1] >= since
        and not one.cause.startswith(PROVIDED)
    )


def found(facts: Iterable[Fact], cause: str | None, since: int) -> Fact | Refusal:
    """The payment with this cause, or why it cannot be reversed."""
    one = next((fact for fact in standing_payments(facts) if fact.cause == cause), None)
    if one is None:
        return Refusal(Problem.FIELD_INVALID, "payment")
    if one.cause.startswith(PROVIDED):
        return Refusal(Problem.PAYMENT_PROVIDED)
    return Refusal(Problem.PAYMENT_DAY_CLOSED) if one.order[1] < since else one


def counter_entries(
    case_no: CaseNo, undone: Iterable[Transfer], standing: Iterable[Standing], balances: Mapping[Account, int]
) -> tuple[Transfer, ...]:
    """The transfers that take a payment back. `undone` are those that it made, `standing` the lines of the case.

    What nobody owes any more for the lines that stand is taken from what is held instead: there the money has gone.
    """
    back = [one.model_copy(update={"memo": Step.REVERSE_PAYMENT.value}) for one in ledger.reversed_(undone)]
    totals, lines = ledger.added(balances, back), tuple(standing)
    for payer in Payer:
        account = ledger.receivable(case_no, payer)
        if all(account not in (one.debit, one.credit) for one in back):
            continue
        over = totals.get(account, 0) - sum(share(one.line, payer) for one in lines)
        if over > 0:
            held = ledger.deposits(case_no) if payer is Payer.FAMILY else ledger.suspense(case_no)
            back.append(Transfer(debit=held, credit=account, amount_fen=over, memo=Step.REVERSE_PAYMENT))
    return tuple(back)


def used_up(back: Iterable[Transfer], balances: Mapping[Account, int]) -> Refusal | None:
    """Why a payment cannot be taken back: its money was refunded or set off since, and is not there any more."""
    below = ledger.below_floor(ledger.added(balances, back))
    return Refusal(Problem.MONEY_USED) if below else None
