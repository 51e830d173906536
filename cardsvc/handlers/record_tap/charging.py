"""What a fact does to the bill, written into the working set; decided by `core.posting`."""

from cardsvc.core import posting
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, step_of
from cardsvc.core.ledger import suspense
from cardsvc.store import receipts, reversing, tills
from cardsvc.store.open_lines import open_lines, taken_back_by
from cardsvc.store.working import WorkingSet


def charge(tx: WorkingSet, before: Case, fact: Fact, log_no: int) -> None:
    """Post what the fact causes: counter-lines first, then its own lines, then money that moved."""
    step, case_no = step_of(fact), fact.case_no
    caused = posting.caused(fact, before, tx.book_of)
    standing = open_lines(tx, case_no) if caused.looks_back else []
    balances = tx.balances(case_no) if caused.looks_back or step in posting.SETS_OFF else {}
    voided = taken_back_by(tx, case_no, caused.voided) if caused.voided is not None else []
    undone = reversing.undone_by(tx, fact)
    posted = posting.post(caused, standing, balances, undone, voided, sent_again=tx.sent_again)
    if reversing.taken_back_before(tx, fact):
        posted = (
            posting.Posting()
        )  # it came in and went out again: what took it back was booked already, and moved nothing
    tx.looked.append((log_no, len(tx.lines), fact, before, posted))
    for one in posted.lines:
        reverses = (one.reverses.log_no, one.reverses.line_no) if one.reverses is not None else None
        tx.lines.append((case_no, log_no, one.cause, one.line, reverses))
    tx.transfers.extend((case_no, log_no, fact.cause, one) for one in posted.transfers)
    tills.take(tx, fact, log_no)
    if all(one.credit != suspense(case_no) for one in posted.transfers if one.debit.startswith("till/")):
        receipts.issue_for(tx, fact)  # what is held has settled nothing yet
    receipts.take_back_for(tx, fact)
