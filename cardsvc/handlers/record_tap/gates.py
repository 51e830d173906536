"""The ground on which a gate is judged, and the record that all of it held."""

from cardsvc.core import gate
from cardsvc.core.case import Case
from cardsvc.core.facts import Step
from cardsvc.core.gate import Gate, Ground
from cardsvc.core.tap import GATES
from cardsvc.handlers.record_tap.reported import Reported
from cardsvc.store import grounds
from cardsvc.store.working import WorkingSet


def ground_of(tx: WorkingSet, case: Case, reported: Reported) -> Ground:
    """What is known beside the case now; only the rules for what has happened: its gate was when it was asked."""
    step = reported.asked.step
    if step not in GATES or reported.happened:
        return Ground(policy=tx.policy, now=tx.now)
    details, card_no = reported.asked.details, reported.card_no
    if step is Step.RELEASE:
        return grounds.for_release(tx, case, details.code, card_no)
    return grounds.for_cremation(tx, case, details.furnace, details.disc)


def clear(tx: WorkingSet, case: Case, reported: Reported, ground: Ground, log_no: int) -> None:
    """Keep the record that every precondition held, each with its evidence."""
    step = reported.asked.step
    if step in GATES:
        cleared = gate.clearance(GATES[step], Gate(case, reported.asked, ground), tx.now)
        tx.cleared.append((tx.log.add(f"cleared {step}", case.case_no, "", tx.now, reported.asked.staff_no), cleared))
