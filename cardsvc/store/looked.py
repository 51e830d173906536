"""How far a page showed a case's money: a form that it sends acts on that, so that none of them acts twice."""

from sqlalchemy import Connection, func, select

from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.problems import Problem, Refusal
from cardsvc.store import tables as t
from cardsvc.store.working import WorkingSet


def last_moved(connection: Connection, home_id: HomeId, case_no: CaseNo) -> int:
    """The log number of what moved a case's money last; 0 where nothing has."""
    c = t.transfer.c
    where = (c.home_id == home_id, c.case_no == case_no)
    return connection.execute(select(func.max(c.log_no)).where(*where)).scalar_one() or 0


def moved_since(tx: WorkingSet, case_no: CaseNo, seen: int | None) -> Refusal | None:
    """Why a form does not act: money of its case has moved since its page was made; None for who saw no page."""
    now = last_moved(tx.connection, tx.home_id, case_no)
    return None if seen in (None, now) else Refusal(Problem.LIST_CHANGED, case_no)
