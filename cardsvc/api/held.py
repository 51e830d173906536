"""Money that is held at the desks: each decision about it is one transaction."""

from pydantic import ValidationError

from cardsvc.api.access import Signed
from cardsvc.api.entering import take, within
from cardsvc.context import Context
from cardsvc.core import assigning
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.permissions import may_take
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reference import normal
from cardsvc.core.terms import Means, Payer, Reason
from cardsvc.core.workflow import in_order
from cardsvc.handlers import settle_held, take_up_record
from cardsvc.handlers.record_tap import take_as_told
from cardsvc.store import journals, looked
from cardsvc.store.working import WorkingSet


def give_back(
    context: Context, signed: Signed, case_no: CaseNo, amount_fen: int, means: Means, second: StaffNo | None,
    seen: int | None = None, answers: str | None = None,
) -> Refusal | None:  # fmt: skip
    """Two people give back what is held of a case, as the page showed it (`seen`, of `store.looked`).

    `answers`: the cause of the recovery whose money has come.
    """
    asked = _asked(signed, Step.GIVE_BACK_HELD, second, amount_fen=amount_fen, means=means, payment=answers)
    return _take(context, signed, case_no, case_no, asked, seen)


def assign(
    context: Context,
    signed: Signed,
    source: CaseNo,
    target: CaseNo,
    payer: Payer,
    amount_fen: int,
    slip: str | None = None,
    second: StaffNo | None = None,
    seen: int | None = None,
) -> Refusal | None:
    """What is held of a case pays a case, the same or another one; `slip` is exchanged for a receipt.

    Another case, or more than is owed there, takes two people.
    """
    other = source if source != target else None
    asked = _asked(
        signed,
        Step.ASSIGN_HELD,
        second,
        amount_fen=amount_fen,
        payer=payer,
        other=other,
        receipt=normal(slip or "") or None,
    )
    return _take(context, signed, source, target, asked, seen)


def _take(
    context: Context, signed: Signed, source: CaseNo, target: CaseNo, asked: Asked | Refusal, seen: int | None
) -> Refusal | None:
    if isinstance(asked, Refusal):
        return asked
    fen, second = asked.details.amount_fen or 0, asked.second_staff_no

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        tx.load_things()
        case = tx.case(target)
        if case is None:
            return Refusal(Problem.CASE_UNKNOWN, target)
        refusal = looked.moved_since(tx, source, seen) or settle_held.above_held(tx, source, fen)
        if refusal is None and asked.step is Step.ASSIGN_HELD:
            paid, own = assigning.Paid(target, asked.details.payer or Payer.FAMILY, fen), source == target
            refusal = in_order(case, Step.PAY) or assigning.alone(
                paid, tx.balances(target), signed.staff_no, second, tx.staff, own=own
            )
        if refusal is not None:
            return refusal
        settle_held.carry_out(tx, source, target, fen, log_no)
        taken = take(tx, target, asked, log_no)
        if isinstance(taken, Refusal):
            return taken
        if asked.step is Step.GIVE_BACK_HELD:
            settle_held.returned(tx, source, fen, signed.staff_no, second, log_no, asked.details.payment)
        return None

    return within(context, signed, f"held money {asked.step}", source, act)


def recover_short(
    context: Context, signed: Signed, case_no: CaseNo, amount_fen: int, means: Means, reference: str | None,
    reason: Reason, second: StaffNo | None, seen: int | None = None,
) -> Refusal | None:  # fmt: skip
    """Two people take in what is short in a case: its money has come after all."""
    number = normal(reference or "") or None
    asked = _asked(
        signed, Step.RECOVER_SHORT, second, amount_fen=amount_fen, means=means, reference=number, reason=reason
    )
    return _end_short(context, signed, case_no, asked, seen)


def write_off_short(
    context: Context, signed: Signed, case_no: CaseNo, amount_fen: int, reason: Reason, second: StaffNo | None,
    seen: int | None = None,
) -> Refusal | None:  # fmt: skip
    """Two people write off what is short in a case: nobody pays it."""
    asked = _asked(signed, Step.WRITE_OFF_SHORT, second, amount_fen=amount_fen, reason=reason)
    return _end_short(context, signed, case_no, asked, seen)


def undo_recovery(
    context: Context, signed: Signed, case_no: CaseNo, cause: str, reason: Reason, second: StaffNo | None
) -> Refusal | None:
    """Two people take back what was entered as recovered; it is short again."""
    asked = _asked(signed, Step.UNDO_RECOVERY, second, payment=cause, reason=reason)
    return _enter(context, signed, case_no, asked)


def confirm_paid_out(
    context: Context, signed: Signed, case_no: CaseNo, cause: str, reference: str, reason: Reason | None,
    second: StaffNo | None,
) -> Refusal | None:  # fmt: skip
    """Say by which number the bank made a transfer; what was entered before takes two people and a reason."""
    asked = _asked(signed, Step.BANK_PAID, second, payment=cause, reference=normal(reference), reason=reason)
    return _enter(context, signed, case_no, asked)


def _enter(context: Context, signed: Signed, case_no: CaseNo, asked: Asked | Refusal) -> Refusal | None:
    if isinstance(asked, Refusal):
        return asked

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        tx.load_things()
        taken = take(tx, case_no, asked, log_no)
        return taken if isinstance(taken, Refusal) else None

    return within(context, signed, f"money {asked.step} of {asked.details.payment}", case_no, act)


def _asked(signed: Signed, step: Step, second: StaffNo | None, **given: object) -> Asked | Refusal:
    """What people ask for by what one of them typed, or which of it cannot be."""
    try:
        details = Details.model_validate(given)
    except ValidationError as error:
        return Refusal(Problem.FIELD_INVALID, str(error.errors()[0]["loc"][0]))
    if not may_take(signed.roles, step):
        return Refusal(Problem.NOT_ALLOWED, step)
    return Asked(step, details, signed.staff_no, second)


def _end_short(
    context: Context, signed: Signed, case_no: CaseNo, asked: Asked | Refusal, seen: int | None
) -> Refusal | None:
    """After a restore every station is heard first: what it sends again may cover what is short."""
    if isinstance(asked, Refusal):
        return asked

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        tx.load_things()
        if tx.case(case_no) is None:
            return Refusal(Problem.CASE_UNKNOWN, case_no)
        if (changed := looked.moved_since(tx, case_no, seen)) is not None:
            return changed
        if silent := journals.all_said_hello(tx.connection, tx.home_id):
            return Refusal(Problem.STATIONS_AWAITED, ", ".join(silent))
        taken = take(tx, case_no, asked, log_no)
        return taken if isinstance(taken, Refusal) else None

    return within(context, signed, f"short money {asked.step}", case_no, act)


def assign_stray(
    context: Context, signed: Signed, number: int, case_no: CaseNo, second: StaffNo | None = None
) -> Refusal | None:
    """Money of no case is this case's; where its record names another one, or too much is paid, say two people."""

    def act(tx: WorkingSet, log_no: int) -> Refusal | None:
        tx.load_things()
        facts = settle_held.assign_stray(tx, number, case_no, signed.staff_no, second, log_no)
        if isinstance(facts, Refusal):
            return facts
        tx.sent_again = True  # what of this money went out before books were lost, it covers
        first, *along = facts
        take_as_told(tx, tx.cases[case_no], first, log_no)
        for fact in along:
            link = tx.log.add("stray money goes along", case_no, "", tx.now, signed.staff_no)
            take_as_told(tx, tx.cases[case_no], fact, link)
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
