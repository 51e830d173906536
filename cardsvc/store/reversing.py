"""What is read to take a payment back: which one it was, what it posted, and where the open business day begins."""

from sqlalchemy import Connection, select

from cardsvc.core import reversal
from cardsvc.core.came import TAKES_MONEY
from cardsvc.core.facts import Fact, Step, step_of
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.ledger import Account, Transfer
from cardsvc.core.problems import Refusal
from cardsvc.core.reversal import PaidIn
from cardsvc.store import day_close
from cardsvc.store import tables as t
from cardsvc.store.open_lines import open_lines
from cardsvc.store.working import FACT, WorkingSet


def refused(tx: WorkingSet, case_no: CaseNo, cause: str | None) -> Refusal | None:
    """Why a payment cannot be taken back now; None when it can."""
    payment = reversal.found(facts(tx, case_no), cause, begun(tx.connection, tx.home_id))
    if isinstance(payment, Refusal):
        return payment
    balances = tx.balances(case_no)
    back = reversal.counter_entries(case_no, undone(tx, case_no, payment.cause), open_lines(tx, case_no), balances)
    return reversal.used_up(back, balances)


def undone_by(tx: WorkingSet, fact: Fact) -> list[Transfer]:
    """The transfers of the payment that a fact takes back; none where another fact has taken it back."""
    cause = reversal.reversed_by(fact)
    if cause is None:
        return []
    others = (one for one in facts(tx, fact.case_no) if one.cause != fact.cause) if tx.sent_again else ()
    return [] if any(reversal.reversed_by(one) == cause for one in others) else undone(tx, fact.case_no, cause)


def taken_back_before(tx: WorkingSet, fact: Fact) -> bool:
    """Whether a payment comes after what took it back: records of two stations that are sent again have no order."""
    if not tx.sent_again or step_of(fact) not in TAKES_MONEY:
        return False
    return any(reversal.reversed_by(one) == fact.cause for one in facts(tx, fact.case_no))


def undone(tx: WorkingSet, case_no: CaseNo, cause: str | None) -> list[Transfer]:
    """The transfers that a payment made."""
    x = t.transfer.c
    where = (x.home_id == tx.home_id, x.case_no == case_no, x.cause == cause)
    rows = tx.connection.execute(select(x.debit, x.credit, x.amount_fen, x.memo).where(*where).order_by(x.entry_no))
    stored = [
        Transfer(debit=Account(one.debit), credit=Account(one.credit), amount_fen=one.amount_fen, memo=one.memo)
        for one in rows
    ]
    return stored + [one for no, _, by, one in tx.transfers if no == case_no and by == cause]


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
    return {case_no: reversal.reversible(some, since) for case_no, some in told.items()}
