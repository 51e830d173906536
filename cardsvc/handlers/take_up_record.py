"""Hold money that a station's refused record says was taken: a person has looked into the drawer, and it is there."""

from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, may
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.wire import Observation
from cardsvc.store import office, stray_money
from cardsvc.store.working import WorkingSet


def handle(tx: WorkingSet, number: int, by: StaffNo, log_no: int) -> Refusal | None:
    """Keep the money of the record with this log number as money of no case, until somebody has said whose it is.

    Only what was refused and is in no book, and each record once.
    """
    if not may(tx.staff.get(by, ()), Action.SETTLE_PAYMENT):
        return Refusal(Problem.NOT_ALLOWED, Action.SETTLE_PAYMENT)
    row = office.refused(tx.connection, tx.home_id, number)
    body = row.record.body if row is not None else None
    if row is None or not isinstance(body, Observation) or body.step not in TAKES_MONEY:
        return Refusal(Problem.NOT_FOUND)
    record, details, cause = row.record, body.details, str(row.record.key)
    if details.amount_fen is None or details.means is None or tx.has_fact(cause):
        return Refusal(Problem.NOT_FOUND)
    if stray_money.knows(tx, cause):
        return Refusal(Problem.NOT_FOUND)
    asked = Asked(body.step, details, record.staff_no, record.second_staff_no)
    against = tuple(one.problem for one in row.judgement.reasons)
    stray_money.keep(tx, asked, record.case_no, record.wall_time, record.station_id, cause, log_no, against)
    return None
