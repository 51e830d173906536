"""Let a fact happen in the working set: case, places, marks, permits, lines, transfers."""

from cardsvc.core import ledger, prices, workflow
from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, Step, StepTaken, step_of
from cardsvc.core.ids import CaseNo
from cardsvc.handlers.record_tap.things import EXCLUSIVE, KEEPS_PERMIT, MARKS, live_permit
from cardsvc.store.working import WorkingSet


def let_happen(tx: WorkingSet, before: Case, fact: Fact, log_no: int, *, late: bool) -> None:
    """Let a fact happen: case, places, marks, permits, lines, transfers."""
    tx.add_fact(fact, log_no, late=late)
    step = step_of(fact)
    if step is Step.VOID:
        _take_back(tx, before, fact, log_no)
    else:
        for line in prices.lines_for(fact, before, tx.book):
            tx.lines.append((fact.case_no, log_no, fact.cause, line, None))
            tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in ledger.charge(fact.case_no, line))
        moved = ledger.money_moved(fact)
        if step is Step.SETTLE:
            moved = ledger.settle(fact.case_no, tx.balances(fact.case_no))
        tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in moved)
    _occupy(tx, tx.cases[fact.case_no])
    if isinstance(fact.body, StepTaken):
        _mark(tx, fact, fact.body)
    for permit in tx.permits.values():
        if permit.case_no == fact.case_no and permit.state == "live":
            if step is Step.LOAD:
                permit.state = "used"
            elif step not in KEEPS_PERMIT:
                permit.state = "dead"


def _take_back(tx: WorkingSet, before: Case, fact: Fact, log_no: int) -> None:
    """Counter-entries for all that the voided step had caused."""
    voided = workflow.last_voidable(before)
    if voided is None:
        return
    lines, transfers = tx.caused(fact.case_no, voided.cause)
    tx.lines.extend((fact.case_no, log_no, fact.cause, line, number) for number, line in lines)
    tx.transfers.extend((fact.case_no, log_no, fact.cause, one) for one in ledger.reversed_(transfers))


def _occupy(tx: WorkingSet, case: Case) -> None:
    """The case is in one place and in no other; a taken place stays with whoever has it."""
    here = (case.place.kind.value, case.place.code or "")
    for key in [key for key, owner in tx.places.items() if owner == case.case_no and key != here]:
        del tx.places[key]
    if case.place.kind in EXCLUSIVE and case.place.code is not None:
        tx.places.setdefault(here, case.case_no)


def _mark(tx: WorkingSet, fact: Fact, body: StepTaken) -> None:
    details = body.details
    if body.step in MARKS:
        kind, _ = MARKS[body.step]
        code = getattr(details, kind)
        if code and tx.mark_owner(kind, code) is None:
            tx.marks[(kind, code)] = fact.case_no
    if body.step is Step.RESERVE and details.starts is not None and details.hall is not None:
        _free_halls(tx, fact.case_no)
        tx.halls[(details.hall, details.starts)] = fact.case_no
    if body.step is Step.RELEASE_SLOT:
        _free_halls(tx, fact.case_no)


def _free_halls(tx: WorkingSet, case_no: CaseNo) -> None:
    for key in [key for key, owner in tx.halls.items() if owner == case_no]:
        del tx.halls[key]


def sparing(tx: WorkingSet, fact: Fact) -> Fact:
    """A hold names the permit that lives while it is placed: a load with that one is not stopped any more."""
    if not isinstance(fact.body, StepTaken) or fact.body.step is not Step.HOLD:
        return fact
    permit = live_permit(tx, fact.case_no)
    details = fact.body.details.model_copy(update={"permit": permit.permit if permit is not None else None})
    return fact.model_copy(update={"body": fact.body.model_copy(update={"details": details})})
