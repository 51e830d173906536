"""What is read to take a payment back: which one it was, what it posted, and where the open business day begins."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import Connection, select

from cardsvc.core import reversal
from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.facts import Fact, Step, step_of
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.ledger import Account, Transfer, suspense
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reversal import PaidIn, Posted, Undone
from cardsvc.store import day_close, held_money
from cardsvc.store import tables as t
from cardsvc.store.working import FACT, WorkingSet


def refused(tx: WorkingSet, case_no: CaseNo, cause: str | None) -> Refusal | None:
    """Why a payment cannot be taken back now; None when it can."""
    since = begun(tx.connection, tx.home_id)
    counted = _counted(tx.connection, tx.home_id, [case_no], since)
    payment = reversal.found(facts(tx, case_no), cause, since, counted)
    if isinstance(payment, Refusal):
        return payment
    return None if _undone(tx, case_no, payment.cause).there else Refusal(Problem.MONEY_USED)


def undone_by(tx: WorkingSet, fact: Fact) -> Undone:
    """The payment that a fact takes back; nothing where another fact has taken it back."""
    cause = reversal.reversed_by(fact)
    others = (one for one in facts(tx, fact.case_no) if one.cause != fact.cause) if tx.sent_again else ()
    if cause is None or any(reversal.reversed_by(one) == cause for one in others):
        return reversal.NOTHING
    return _undone(tx, fact.case_no, cause)


def taken_back_before(tx: WorkingSet, fact: Fact) -> bool:
    """Whether a payment comes after what took it back: records of two stations that are sent again have no order."""
    if not tx.sent_again or step_of(fact) not in TAKES_MONEY:
        return False
    return any(reversal.reversed_by(one) == fact.cause for one in facts(tx, fact.case_no))


def _undone(tx: WorkingSet, case_no: CaseNo, cause: str) -> Undone:
    """A payment as it would be taken back now; what other acts claim of the case's suspense is not there for it."""
    found = reversal.undone(case_no, cause, posted(tx, case_no))
    takes = found.takes(suspense(case_no))
    return replace(found, there=found.there and takes <= held_money.left(tx, case_no)) if takes > 0 else found


def posted(tx: WorkingSet, case_no: CaseNo) -> list[Posted]:
    """All that moved the accounts of a case, in the order of the log, this transaction's last."""
    x = t.transfer.c
    rows = tx.connection.execute(
        select(x.log_no, x.cause, x.debit, x.credit, x.amount_fen, x.memo)
        .where(x.home_id == tx.home_id, x.case_no == case_no)
        .order_by(x.log_no, x.entry_no)
    )
    stored = [
        Posted(
            row.log_no,
            row.cause,
            Transfer(debit=Account(row.debit), credit=Account(row.credit), amount_fen=row.amount_fen, memo=row.memo),
        )
        for row in rows
    ]
    return stored + [Posted(log_no, by, one) for no, log_no, by, one in tx.transfers if no == case_no]


def facts(tx: WorkingSet, case_no: CaseNo) -> list[Fact]:
    """All facts of a case, this transaction's included."""
    return [*tx.stored_facts(case_no), *(one for _, one in tx.facts if one.case_no == case_no)]


def begun(connection: Connection, home_id: HomeId) -> int:
    """The first log number of the open business day."""
    last = day_close.last(connection, home_id)
    return last.until_log_no if last is not None else 0


def payments(connection: Connection, home_id: HomeId, numbers: list[CaseNo]) -> dict[CaseNo, tuple[PaidIn, ...]]:
    """The payments of these cases that may be taken back now."""
    c = t.fact.c
    told: dict[CaseNo, list[Fact]] = {}
    since = begun(connection, home_id)
    paid = select(t.transfer.c.case_no).where(
        t.transfer.c.home_id == home_id, t.transfer.c.log_no >= since, t.transfer.c.case_no.in_(numbers)
    )
    rows = connection.execute(select(c.case_no, c.body).where(c.home_id == home_id, c.case_no.in_(paid)))
    for row in rows:
        if f'"{Step.DEPOSIT}"' in row.body or f'"{Step.PAY}"' in row.body or f'"{Step.REVERSE_PAYMENT}"' in row.body:
            told.setdefault(CaseNo(row.case_no), []).append(FACT.validate_json(row.body))
    counted = _counted(connection, home_id, told, since)
    return {case_no: reversal.reversible(some, since, counted) for case_no, some in told.items()}


def _counted(connection: Connection, home_id: HomeId, numbers: Iterable[CaseNo], since: int) -> frozenset[str]:
    """The causes of money of no case that was put on these cases, and was there on a day that is closed."""
    w = t.stray_money.c
    where = (w.home_id == home_id, w.settled_case_no.in_(list(numbers)), w.log_no < since)
    return frozenset(connection.execute(select(w.cause).where(*where)).scalars())
