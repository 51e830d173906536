"""What a fact does to the bill, written into the working set; decided by `core.posting`."""

from cardsvc.core import cold_bill, posting
from cardsvc.core.case import Case
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Fact, Step, step_of
from cardsvc.core.ledger import suspense
from cardsvc.core.posting import PostedLine
from cardsvc.store import receipts, reversing, short, tills
from cardsvc.store.open_lines import all_lines, open_lines, taken_back_by
from cardsvc.store.working import WorkingSet


def charge(tx: WorkingSet, known: Case, before: Case, fact: Fact, log_no: int, *, late: bool) -> None:
    """Post what the fact causes: counter-lines first, then its own lines, then money that moved.

    `known` is the case as it was known until now, `before` as it was at the place of the fact.
    """
    step, case_no = step_of(fact), fact.case_no
    caused = posting.caused(fact, before, tx.book_of)
    anew = cold_bill.asks(fact, known, tx.cases[case_no], late=late)
    standing = open_lines(tx, case_no) if caused.looks_back or anew else []
    balances = tx.balances(case_no) if caused.looks_back or anew or step in posting.SETS_OFF else {}
    voided = taken_back_by(tx, case_no, caused.voided) if caused.voided is not None else []
    undone = reversing.undone_by(tx, fact)
    cold = _cold(tx, fact, standing) if anew else None
    paid_for = short.recovered(tx, case_no) if tx.sent_again else 0
    posted = posting.post(
        caused, standing, balances, undone, voided, cold=cold, sent_again=tx.sent_again, recovered_fen=paid_for
    )
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


def _cold(tx: WorkingSet, fact: Fact, standing: list[Standing]) -> tuple[PostedLine, ...]:
    """The lines of days in the cold as all facts of the case make them."""
    case_no = fact.case_no
    bill = cold_bill.made_anew(reversing.facts(tx, case_no), all_lines(tx, case_no), tx.book_of)
    stands = [one for one in standing if posting.is_cold(one.line, tx.book_of)]
    ought = cold_bill.ought(bill, tx.cases[case_no], stands)
    if step_of(fact) is not Step.VOID:
        tx.cold[fact.cause] = cold_bill.compared(bill, ought)
    return ought
