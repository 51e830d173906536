"""Money that is held at the desks: each decision about it is one transaction."""

from cardsvc.api.access import Signed
from cardsvc.api.entering import take, within
from cardsvc.context import Context
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import may_take
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Payer
from cardsvc.core.workflow import in_order
from cardsvc.handlers import settle_held, take_up_record
from cardsvc.handlers.record_tap import take_as_told
from cardsvc.store.working import WorkingSet


def give_back(
    context: Context, signed: Signed, case_no: CaseNo, amount_fen: int, means: Means, second: StaffNo | None
) -> Refusal | None:
    """Two people give back what is held of a case."""
    details = Details(amount_fen=amount_fen, means=means)
    return _take(context, signed, case_no, case_no, Asked(Step.GIVE_BACK_HELD, details, signed.staff_no, second))


def assign(
    context: Context,
    signed: Signed,
    source: CaseNo,
    target: CaseNo,
    payer: Payer,
    amount_fen: int,
    slip: str | None = None,
) -> Refusal | None:
    """What is held of a case pays a case, the same or another one; `slip` is exchanged for a receipt."""
    other = source if source != target else None
    details = Details(amount_fen=amount_fen, payer=payer, other=other, receipt=slip)
    return _take(context, signed, source, target, Asked(Step.ASSIGN_HELD, details, signed.staff_no))


def _take(context: Context, signed: Signed, source: CaseNo, target: CaseNo, asked: Asked) -> Refusal | None:
    if not may_take(signed.roles, asked.step):
        return Refusal(Problem.NOT_ALLOWED, asked.step)
    fen, second = asked.details.amount_fen or 0, asked.second_staff_no

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        tx.load_things()
        case = tx.case(target)
        if case is None:
            return Refusal(Problem.CASE_UNKNOWN, target)
        refusal = settle_held.above_held(tx, source, fen)
        if refusal is None and asked.step is Step.ASSIGN_HELD:
            refusal = in_order(case, Step.PAY)
        if refusal is not None:
            return refusal
        if asked.step is Step.GIVE_BACK_HELD:
            settle_held.returned(tx, source, fen, signed.staff_no, second, log_no)
        settle_held.carry_out(tx, source, target, fen, log_no)
        taken = take(tx, target, asked, log_no)
        return taken if isinstance(taken, Refusal) else None

    return within(context, signed, f"held money {asked.step}", source, act)


def assign_stray(context: Context, signed: Signed, number: int, case_no: CaseNo) -> Refusal | None:
    """Money of no case is this case's."""

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        tx.load_things()
        fact = settle_held.assign_stray(tx, number, case_no, signed.staff_no, log_no)
        if isinstance(fact, Refusal):
            return fact
        take_as_told(tx, tx.cases[case_no], fact, log_no)
        return None

    return within(context, signed, f"stray money {number} assigned", case_no, act)


def give_back_stray(context: Context, signed: Signed, number: int, second: StaffNo | None) -> Refusal | None:
    """Two people give money of no case back."""
    return within(
        context,
        signed,
        f"stray money {number} given back with {second}",
        "",
        lambda tx, log_no: settle_held.give_back_stray(tx, number, signed.staff_no, second, log_no),
    )


def take_up(context: Context, signed: Signed, number: int) -> Refusal | None:
    """Hold the money of a record that was refused."""
    return within(
        context,
        signed,
        f"record {number} held as money",
        "",
        lambda tx, log_no: take_up_record.handle(tx, number, signed.staff_no, log_no),
    )
