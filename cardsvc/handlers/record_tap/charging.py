"""What a fact does to the bill: lines by the price list that the family signed for, corrections, money moved."""

from cardsvc.core import ledger, prices
from cardsvc.core.case import Case
from cardsvc.core.corrections import CORRECTS, corrections
from cardsvc.core.facts import Fact, Step, StepTaken
from cardsvc.core.ledger import Transfer
from cardsvc.store.open_lines import open_lines
from cardsvc.store.working import WorkingSet


def charge(tx: WorkingSet, before: Case, fact: Fact, log_no: int) -> None:
    """Post what the fact causes: counter-lines first, then its own lines, then money that moved."""
    if not isinstance(fact.body, StepTaken):
        return
    case_no, step = fact.case_no, fact.body.step
    if step in CORRECTS:
        _correct(tx, before, fact, fact.body, log_no)
    book = tx.book_of(before.price_version)
    lines = prices.lines_for(fact, before, book)
    _take_in(tx, fact, prices.taken_in(lines, book), log_no)
    for line in lines:
        tx.lines.append((case_no, log_no, fact.cause, line, None))
        _post(tx, fact, log_no, ledger.charge(case_no, line))
    _post(tx, fact, log_no, ledger.money_moved(fact))
    if step is Step.SETTLE:
        _post(tx, fact, log_no, ledger.settle(case_no, tx.balances(case_no)))
    if step in CORRECTS:
        _post(tx, fact, log_no, ledger.surplus(case_no, tx.balances(case_no)))


def _correct(tx: WorkingSet, before: Case, fact: Fact, body: StepTaken, log_no: int) -> None:
    """Take lines back and post them anew: a line that is posted anew keeps the tap that it is charged for."""
    case_no, proof = fact.case_no, body.details.number or "" if body.step is Step.PROVE_WAIVER else ""
    for one in corrections(before, body.step, body.details, open_lines(tx, case_no), tx.book_of):
        old = one.standing
        tx.lines.append((case_no, log_no, fact.cause, old.line, (old.log_no, old.line_no)))
        _post(tx, fact, log_no, ledger.reversed_(ledger.charge(case_no, old.line, proof)))
        if one.instead is not None:
            tx.lines.append((case_no, log_no, old.cause, one.instead, None))
            _post(tx, fact, log_no, ledger.charge(case_no, one.instead, proof))


def _take_in(tx: WorkingSet, fact: Fact, paid: frozenset[str], log_no: int) -> None:
    """Take back the standing lines of what the price that is charged now pays for too."""
    case_no = fact.case_no
    for one in open_lines(tx, case_no) if paid else ():
        if one.line.item in paid:
            tx.lines.append((case_no, log_no, fact.cause, one.line, (one.log_no, one.line_no)))
            _post(tx, fact, log_no, ledger.reversed_(ledger.charge(case_no, one.line)))


def _post(tx: WorkingSet, fact: Fact, log_no: int, transfers: tuple[Transfer, ...]) -> None:
    tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in transfers)
