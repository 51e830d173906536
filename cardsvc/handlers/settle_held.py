"""Decide about money that is held at the desks: it pays a case, or two people give it back; never more than is held."""

from cardsvc.core import assigning, ledger, recovery
from cardsvc.core.facts import Details, Fact, StationKind, Step, StepTaken
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.money import in_yuan
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.receipts import payer_of
from cardsvc.core.reversal import standing_payments
from cardsvc.core.review import one_person
from cardsvc.core.terms import Payer
from cardsvc.core.till import IN_SHIFT, without_shift
from cardsvc.core.workflow import in_order
from cardsvc.store import held_money, journals, merged, references, short, stray_money, tills
from cardsvc.store.flagging import raise_flag
from cardsvc.store.stray_cash import ASSIGNED, REFUNDED
from cardsvc.store.stray_money import Decided
from cardsvc.store.working import Stray, WorkingSet


def above_held(tx: WorkingSet, case_no: CaseNo, amount_fen: int) -> Refusal | None:
    """Why so much of a case's held money cannot be decided about: it is not there."""
    most = held_money.of_case(tx.connection, tx.home_id, case_no).most_fen
    return None if 1 <= amount_fen <= most else Refusal(Problem.ABOVE_PAID, f"¥{in_yuan(most)}")


def returned(
    tx: WorkingSet, case_no: CaseNo, amount_fen: int, by: StaffNo, second: StaffNo | None, log_no: int,
    answers: str | None = None,
) -> None:  # fmt: skip
    """Money that was given back by those who had taken it is looked at: for the case, or from who paid too much.

    Those who had said that somebody paid it meanwhile took it, too: by the recovery with the cause `answers`, or (None)
    by any that stands, where money came in their place.

    Called when the step has been taken, before it is written: what was held is still there to be read.
    """
    pieces = held_money.of_case(tx.connection, tx.home_id, case_no).pieces
    took = [(one.cause, one.by) for one in pieces if one.payer is None]
    for number, payer in dict.fromkeys((one.case_no, one.payer) for one in pieces if one.payer is not None):
        paid = (one for one in standing_payments(tx.stored_facts(number)) if payer_of(one) is payer)
        took += [(one.cause, one.staff_no) for one in paid]
    facts = merged.facts(tx, case_no)
    if answers is not None or recovery.came_instead(facts, short.recovered(tx, case_no)):
        paid_for = [one for one in recovery.standing(facts) if answers in (None, one.cause)]
        took += [(one.cause, who) for one in paid_for for who in (one.staff_no, one.second_staff_no) if who is not None]
    raise_flag(tx, log_no, case_no, one_person(f"office:{log_no}", amount_fen, (by, second), took), by, second)


def carry_out(tx: WorkingSet, source: CaseNo, target: CaseNo, amount_fen: int, log_no: int) -> None:
    """Held money of one case pays another one: it leaves the first."""
    if source != target:
        tx.transfers.append((source, log_no, f"office:{log_no}", ledger.carried_out(source, amount_fen)))


def assign_stray(
    tx: WorkingSet, number: int, case_no: CaseNo, by: StaffNo, second: StaffNo | None, log_no: int
) -> tuple[Fact, ...] | Refusal:
    """Money of no case is this case's: the facts that happen there, as it was taken, in its own shift.

    What lost books let go for the case that its record names goes along: nobody is paid out of it twice.
    A deposit is as much as its family likes; a payment above what is owed is said by two, and so is money whose number
    was entered before: review looks at it once more, where it is now.
    """
    stray = stray_money.one(tx.connection, tx.home_id, number)
    if stray is None:
        return Refusal(Problem.NOT_FOUND)
    case = tx.case(case_no)
    if case is None:
        return Refusal(Problem.CASE_UNKNOWN, case_no)
    paid = assigning.Paid(case_no, stray.payer or Payer.FAMILY, stray.amount_fen if stray.step is Step.PAY else 0)
    told = Details(means=stray.means, reference=stray.reference)
    twice = references.entered_before(tx, stray.step, told, stray.cause)
    own, balances = stray.said == case_no and twice is None, tx.balances(case_no)
    refusal = in_order(case, stray.step) or assigning.alone(paid, balances, by, second, tx.staff, own=own)
    if refusal is not None:
        return refusal
    outs = stray_money.gone_out(tx.connection, tx.home_id, stray.said) if stray.said is not None else []
    along = [one for one in outs if one.log_no != number]
    for one in (stray, *along):
        done = Decided(ASSIGNED, log_no, by, second, case_no=case_no)
        stray_money.settle(tx.connection, tx.home_id, one.log_no, done, tx.now)
        tx.of_shift[one.cause] = one.shift_no
    references.goes_to(tx, stray.step, told, stray.cause, case_no)
    if twice is not None:
        tx.against[stray.cause] = (twice.problem,)
    return tuple(_fact(one, case_no, log_no) for one in (stray, *along))


def _fact(stray: Stray, case_no: CaseNo, log_no: int) -> Fact:
    details = Details(
        amount_fen=stray.amount_fen,
        means=stray.means,
        payer=stray.payer,
        receipt=stray.slip,
        reference=stray.reference,
    )
    return Fact(
        case_no=case_no,
        body=StepTaken(step=stray.step, details=details),
        at=stray.at,
        observed=True,
        staff_no=stray.staff_no,
        station_id=stray.station_id,
        station_kind=StationKind.CASHIER,
        cause=stray.cause,
        order=(0, log_no),
    )


def give_back_stray(tx: WorkingSet, number: int, by: StaffNo, second: StaffNo | None, log_no: int) -> Refusal | None:
    """Two people give money of no case back the way that it came; cash out of the first one's drawer.

    Not what has gone out, nor what it has gone out of, or may have: after a restore every station is heard first.
    """
    stray = stray_money.one(tx.connection, tx.home_id, number)
    if stray is None:
        return Refusal(Problem.NOT_FOUND)
    if stray_money.gone_out(tx.connection, tx.home_id, stray.said):
        return Refusal(Problem.MONEY_USED)
    if silent := journals.all_said_hello(tx.connection, tx.home_id):
        return Refusal(Problem.STATIONS_AWAITED, ", ".join(silent))
    refusal = confirmed(by, second, tx.staff, Action.SETTLE_PAYMENT) or _no_drawer(tx, stray, by)
    if refusal is not None:
        return refusal
    shift = next((one.shift_no for one in tills.recent(tx, by) if one.closed_at is None), None)
    drawer = shift if stray.means in IN_SHIFT else None
    done = Decided(REFUNDED, log_no, by, second, shift_no=drawer)
    stray_money.settle(tx.connection, tx.home_id, number, done, tx.now)
    flag = one_person(f"office:{log_no}", stray.amount_fen, (by, second), [(stray.cause, stray.staff_no)])
    raise_flag(tx, log_no, None, flag, by, second)
    return None


def _no_drawer(tx: WorkingSet, stray: Stray, by: StaffNo) -> Refusal | None:
    return without_shift(Step.REFUND, Details(means=stray.means), by, tills.has_shift(tx, by))
