"""Cases that the service itself holds: a copied card, and a near miss. Two people lift the hold of each case."""

from cardsvc.core.facts import Details, Step
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, CaseNo
from cardsvc.core.preconditions import BEFORE_NO_RETURN
from cardsvc.core.problems import Problem
from cardsvc.core.terms import Reason
from cardsvc.core.wire import Judgement, Outcome
from cardsvc.handlers.record_tap.by_itself import take_by_itself
from cardsvc.store.working import WorkingSet

MIXED_UP = frozenset({Problem.TAG_MISMATCH, Problem.DISC_MISMATCH, Problem.LABEL_DISAGREES})
"""Refusals in which another case's mark may have been scanned."""
SCANNED = (("tag", "tag"), ("coffin", "coffin"), ("disc", "disc"), ("label", "label"))
"""The fields that are scanned, and the kinds of their marks."""


def copied(tx: WorkingSet, card_no: CardNo, case_no: CaseNo | None) -> None:
    """A card exists twice: both are hot from now on, and its cases wait for a person before what cannot be undone."""
    tx.load_cards([card_no])
    if card_no not in tx.cards:
        return
    if tx.hot.get(card_no) is not HotReason.CLONED:
        tx.heat[card_no] = HotReason.CLONED
        tx.hot[card_no] = HotReason.CLONED
    for number in sorted({number for number in (case_no, tx.cards[card_no].case_no) if number is not None}):
        _freeze(tx, number, Reason.CARD_COPIED, "held: card copied", card_no)


def near_miss(tx: WorkingSet, case_no: CaseNo | None, details: Details, refused: frozenset[Problem]) -> None:
    """Something of one case was scanned for another: both wait for two people (DOMAIN.md section 5)."""
    if case_no is None or not refused & MIXED_UP:
        return
    scanned = ((kind, getattr(details, name)) for name, kind in SCANNED)
    owners = {tx.mark_owner(kind, code) for kind, code in scanned if code is not None}
    for other in sorted(owner for owner in owners if owner is not None and owner != case_no):
        for number in (case_no, other):
            _freeze(tx, number, Reason.NEAR_MISS, "held: near miss")


def near_missed(tx: WorkingSet, case_no: CaseNo | None, details: Details, judgement: Judgement) -> Judgement:
    """The judgement as it is; a near miss that it refuses has frozen both cases."""
    if judgement.outcome is Outcome.REFUSED:
        near_miss(tx, case_no, details, frozenset(one.problem for one in judgement.reasons))
    return judgement


def _freeze(tx: WorkingSet, number: CaseNo, reason: Reason, what: str, card_no: CardNo | None = None) -> None:
    case = tx.case(number)
    if case is None or any(hold.reason is reason for hold in case.holds):
        return
    log_no = tx.log.add(what, case.case_no, "", tx.now)
    details = Details(reason=reason, blocks=tuple(sorted(BEFORE_NO_RETURN)))
    take_by_itself(tx, case, Step.HOLD, details, log_no, card_no)
