"""Which money has the number of a card slip or of the bank: a case's payment, a statement's, or money of no case."""

from sqlalchemy import Connection, select

from cardsvc.core import reference
from cardsvc.core.facts import Details, Step
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means
from cardsvc.store import reading, statement_money
from cardsvc.store import tables as t
from cardsvc.store.working import Stray, WorkingSet


def entered_before(tx: WorkingSet, step: Step, details: Details, cause: str | None = None) -> Refusal | None:
    """Why money by card or transfer is in doubt: its number was entered at a case, for a statement or for no case.

    `cause` is of money that is of no case itself, and may have its number already.
    """
    code = reference.code_of(step, details)
    if code is None or details.reference is None:
        return None
    owner = tx.mark_owner(reference.MARK, code)
    known = owner is not None and owner != (of_no_case(cause) if cause is not None else None)
    if not known and details.means is Means.TRANSFER:
        known = statement_money.knows(tx.connection, tx.home_id, details.reference)
    return Refusal(Problem.PAID_TWICE, details.reference) if known else None


def is_others(connection: Connection, home_id: HomeId, stray: Stray) -> bool:
    """Whether the number of money of no case is that of other money too, as a page says it."""
    if stray.reference is None:
        return False
    one = {"of_home": home_id, "kind": reference.MARK, "code": reference.compared(stray.reference)}
    owner = connection.execute(reading.MARK, one).scalar_one_or_none()
    if owner and owner != of_no_case(stray.cause):
        return True
    return stray.means is Means.TRANSFER and statement_money.knows(connection, home_id, stray.reference)


def of_no_case(cause: str) -> CaseNo:
    """Who has the number of money of no case: that money itself, for the case that it names is none here."""
    return CaseNo(f"stray:{cause}")


def goes_to(tx: WorkingSet, step: Step, details: Details, cause: str, case_no: CaseNo) -> None:
    """Money of no case has its case: so has its number, unless other money had it first."""
    code = reference.code_of(step, details)
    if code is not None and tx.mark_owner(reference.MARK, code) == of_no_case(cause):
        tx.marks[(reference.MARK, code)] = case_no


def free(tx: WorkingSet, code: str) -> None:
    """What had a number is taken back: nobody has it now, or money of no case that came by it too."""
    w = t.stray_money.c
    where = (w.home_id == tx.home_id, w.settled.is_(None), w.reference.is_not(None))
    rows = tx.connection.execute(select(w.cause, w.reference).where(*where).order_by(w.log_no)).all()
    waiting = [(row.cause, row.reference) for row in rows]
    waiting += [(one.cause, one.reference) for one in tx.strays if one.reference is not None]
    other = next((cause for cause, number in waiting if reference.compared(number) == code), None)
    tx.marks[(reference.MARK, code)] = of_no_case(other) if other is not None else None
