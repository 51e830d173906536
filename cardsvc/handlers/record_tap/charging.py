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
    for line in prices.lines_for(fact, before, tx.book_of(before.price_version)):
        tx.lines.append((case_no, log_no, fact.cause, line, None))
        _post(tx, fact, log_no, ledger.charge(case_no, line))
    if step is Step.REFUND:
        _post(tx, fact, log_no, ledger.surplus(case_no, tx.balances(case_no)))
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


def _post(tx: WorkingSet, fact: Fact, log_no: int, transfers: tuple[Transfer, ...]) -> None:
    tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in transfers)
