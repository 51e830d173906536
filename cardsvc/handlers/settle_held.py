"""Decide about money that is held at the desks: it pays a case, or two people give it back; never more than is held."""

from cardsvc.core import ledger
from cardsvc.core.facts import Details, Fact, StationKind, Step, StepTaken
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.money import in_yuan
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.review import one_person
from cardsvc.core.terms import Means
from cardsvc.core.till import without_shift
from cardsvc.core.workflow import in_order
from cardsvc.store import held_money, stray_money, tills
from cardsvc.store.flagging import raise_flag
from cardsvc.store.stray_cash import ASSIGNED, REFUNDED
from cardsvc.store.stray_money import Decided
from cardsvc.store.working import Stray, WorkingSet


def above_held(tx: WorkingSet, case_no: CaseNo, amount_fen: int) -> Refusal | None:
    """Why so much of a case's held money cannot be decided about: it is not there."""
    most = held_money.of_case(tx.connection, tx.home_id, case_no).most_fen
    return None if 1 <= amount_fen <= most else Refusal(Problem.ABOVE_PAID, f"¥{in_yuan(most)}")


def returned(
    tx: WorkingSet, case_no: CaseNo, amount_fen: int, by: StaffNo, second: StaffNo | None, log_no: int
) -> None:
    """Money that was given back by those who had taken it is looked at."""
    pieces = held_money.of_case(tx.connection, tx.home_id, case_no).pieces
    took = [(one.cause, one.by) for one in pieces if one.payer is None]
    raise_flag(tx, log_no, case_no, one_person(f"office:{log_no}", amount_fen, (by, second), took), by, second)


def carry_out(tx: WorkingSet, source: CaseNo, target: CaseNo, amount_fen: int, log_no: int) -> None:
    """Held money of one case pays another one: it leaves the first."""
    if source != target:
        tx.transfers.append((source, log_no, f"office:{log_no}", ledger.carried_out(source, amount_fen)))


def assign_stray(tx: WorkingSet, number: int, case_no: CaseNo, by: StaffNo, log_no: int) -> Fact | Refusal:
    """Money of no case is this case's: the fact that happens there, as it was taken, in its own shift."""
    stray = stray_money.one(tx.connection, tx.home_id, number)
    if stray is None:
        return Refusal(Problem.NOT_FOUND)
    case = tx.case(case_no)
    if case is None:
        return Refusal(Problem.CASE_UNKNOWN, case_no)
    refusal = in_order(case, stray.step)
    if refusal is not None:
        return refusal
    stray_money.settle(tx.connection, tx.home_id, number, Decided(ASSIGNED, log_no, by, case_no=case_no), tx.now)
    details = Details(amount_fen=stray.amount_fen, means=stray.means, payer=stray.payer, receipt=stray.slip)
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
    """Two people give money of no case back the way that it came; cash out of the first one's drawer."""
    stray = stray_money.one(tx.connection, tx.home_id, number)
    if stray is None:
        return Refusal(Problem.NOT_FOUND)
    refusal = confirmed(by, second, tx.staff, Action.SETTLE_PAYMENT) or _no_drawer(tx, stray, by)
    if refusal is not None:
        return refusal
    shift = next((one.shift_no for one in tills.recent(tx, by) if one.closed_at is None), None)
    drawer = shift if stray.means is Means.CASH else None
    done = Decided(REFUNDED, log_no, by, second, shift_no=drawer)
    stray_money.settle(tx.connection, tx.home_id, number, done, tx.now)
    flag = one_person(f"office:{log_no}", stray.amount_fen, (by, second), [(stray.cause, stray.staff_no)])
    raise_flag(tx, log_no, None, flag, by, second)
    return None


def _no_drawer(tx: WorkingSet, stray: Stray, by: StaffNo) -> Refusal | None:
    return without_shift(Step.REFUND, Details(means=stray.means), by, tills.has_shift(tx, by))
