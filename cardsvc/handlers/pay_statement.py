"""Enter what came for a statement: a part for each of its cases, what fits nothing into suspense; or give that back.

Each part is a fact of its case. A payment is known by the bank's number, once.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from cardsvc.core import ledger, statements
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.paying import MOST_FEN as MOST_OF_ONE
from cardsvc.core.paying import Posting
from cardsvc.core.permissions import Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.reference import MARK, compared, normal
from cardsvc.core.review import one_person
from cardsvc.core.statements import MOST_FEN, Standing, StatementState
from cardsvc.core.terms import Means
from cardsvc.store import held_money, looked, payments, statement_money
from cardsvc.store import statements as store
from cardsvc.store.engine import Connection
from cardsvc.store.flagging import raise_flag
from cardsvc.store.statement_money import Came, cause_of
from cardsvc.store.statements import Kept
from cardsvc.store.working import WorkingSet


def pay(
    tx: WorkingSet, draft_no: int, amount_fen: int, reference: str, received_on: date, by: StaffNo, log_no: int
) -> tuple[Posting, ...] | Refusal:
    """The parts to post, one a case: what is open of it, and no more. What is above all that is held for the first."""
    run, home = tx.connection, tx.home_id
    kept = _sent(tx, draft_no)
    if isinstance(kept, Refusal):
        return kept
    lines = store.lines(run, home, draft_no)
    if not lines:
        return Refusal(Problem.STATEMENT_ENDED)  # it only tells what was taken back: nothing is paid for it
    if not 1 <= amount_fen <= MOST_FEN:
        return Refusal(Problem.AMOUNT_INVALID)
    if received_on > local(tx.now).date():
        return Refusal(Problem.FIELD_INVALID, "received_on")
    number = normal(reference)
    if not number:
        return Refusal(Problem.FIELD_MISSING, "reference")
    at_desk = tx.mark_owner(MARK, compared(number)) is not None
    if at_desk or statement_money.knows(run, home, number):
        return Refusal(Problem.PAID_TWICE, number)
    cases = statement_money.settled(run, home, kept, lines)
    found = statements.allocate(amount_fen, {one: case.open_fen for one, case in cases.items()})
    if max((found.over_fen, *found.parts.values())) > MOST_OF_ONE:
        return Refusal(Problem.AMOUNT_INVALID)
    if found.over_fen:
        _hold(tx, kept, next(iter(cases)), found.over_fen, log_no, by)
    statement_money.pay(run, home, draft_no, Came(log_no, amount_fen, number, received_on.isoformat(), by, tx.now))
    return tuple(_postings(tx, kept, found.parts, log_no, by))


def _hold(tx: WorkingSet, kept: Kept, case_no: CaseNo, fen: int, log_no: int, by: StaffNo) -> None:
    """Money that pays no line of the statement: through an account of the payer it would pay lines of another one."""
    there = statement_money.goes_on(tx.connection, tx.home_id, [case_no])[case_no]
    link = tx.log.add(f"statement paid too much {kept.number}", there, "", tx.now, by)
    cause = cause_of(kept.draft_no, case_no, log_no)
    tx.transfers.extend((there, link, cause, one) for one in ledger.suspended(there, fen, Means.TRANSFER))


def _postings(tx: WorkingSet, kept: Kept, parts: Mapping[CaseNo, int], log_no: int, by: StaffNo) -> Iterator[Posting]:
    for case_no, fen in sorted(parts.items()):
        link = tx.log.add(f"statement paid {kept.number}", case_no, "", tx.now, by)
        details = statements.paid(kept.payer, kept.number or 0, fen)
        yield Posting(case_no, details, cause_of(kept.draft_no, case_no, log_no), link)


def give_back(
    tx: WorkingSet, draft_no: int, case_no: CaseNo, amount_fen: int, by: StaffNo, second: StaffNo | None, log_no: int
) -> Refusal | None:
    """Two people give back what a payer paid too much for a case: never more than it paid, or than is held.

    Money of a case that was merged is where the merge carried it.
    """
    kept = _sent(tx, draft_no)
    if isinstance(kept, Refusal):
        return kept
    refusal = confirmed(by, second, tx.staff, Action.KEEP_STATEMENTS)
    if refusal is not None:
        return refusal
    lines = store.lines(tx.connection, tx.home_id, draft_no)
    most = held(tx.connection, tx.home_id, kept, lines).get(case_no, 0)
    if not 1 <= amount_fen <= most:
        return Refusal(Problem.ABOVE_PAID, f"¥{in_yuan(most)}")
    there = statement_money.goes_on(tx.connection, tx.home_id, [case_no])[case_no]
    moved = ledger.reversed_(ledger.suspended(there, amount_fen, Means.TRANSFER))
    cause = cause_of(draft_no, case_no, log_no)
    tx.transfers.extend((there, log_no, cause, one) for one in moved)
    came = statement_money.payments(tx.connection, tx.home_id, draft_no)
    entered = [(cause_of(draft_no, case_no, one.log_no), one.entered_by) for one in came]
    raise_flag(tx, log_no, there, one_person(cause, amount_fen, (by, second), entered), by, second)
    return None


def held(connection: Connection, home_id: HomeId, kept: Kept, lines: Iterable[Standing]) -> dict[CaseNo, int]:
    """What the home holds of this payer's money for each case, in fen: not what came at a desk, or by QR."""
    waiting: dict[CaseNo, int] = {}
    for one in payments.waiting(connection, home_id):
        if one.case_no is not None:
            waiting[one.case_no] = waiting.get(one.case_no, 0) + one.amount_fen
    cases = statement_money.settled(connection, home_id, kept, lines)
    ends = statement_money.goes_on(connection, home_id, cases).values()
    for case_no, fen in held_money.counted(connection, home_id, ends).items():
        waiting[case_no] = waiting.get(case_no, 0) + fen
    return statement_money.held(connection, home_id, kept, cases, waiting)


def last_moved(connection: Connection, home_id: HomeId, cases: Iterable[CaseNo]) -> dict[CaseNo, int]:
    """How far each case's money has moved, where it is now: a form that gives back acts on that, so it acts once."""
    ends = statement_money.goes_on(connection, home_id, [*cases])
    return {one: looked.last_moved(connection, home_id, end) for one, end in ends.items()}


def _sent(tx: WorkingSet, draft_no: int) -> Kept | Refusal:
    kept = store.one(tx.connection, tx.home_id, draft_no)
    if kept is None:
        return Refusal(Problem.NOT_FOUND)
    return kept if kept.state is StatementState.SENT else Refusal(Problem.STATEMENT_ENDED)
