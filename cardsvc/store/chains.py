"""Where a fact of the office stands among the taps of its case."""

from cardsvc.core.case import Case
from cardsvc.core.facts import chain_place
from cardsvc.store.working import WorkingSet


def place_of(tx: WorkingSet, case: Case) -> int:
    """Where a fact that wrote no card stands among those that did: after all that the service knows of."""
    if case.card_no is None:
        return chain_place(case.issue_no + 1, 0)
    tx.load_cards([case.card_no])
    return chain_place(case.issue_no, tx.cards[case.card_no].counter)
