"""A judgement as it travels."""

from cardsvc.core.problems import Refusal
from cardsvc.core.tap import Judged
from cardsvc.core.wire import Judgement, Key, Outcome, Reason


def answer(judged: Judged) -> Judgement:
    """A judgement as it travels."""
    reasons = tuple(
        Reason(problem=one.problem, detail=one.detail) for refusal in judged.reasons for one in refusal.all()
    )
    waiting = Key.of(judged.waiting_for) if judged.waiting_for else None
    return Judgement(outcome=judged.outcome, reasons=reasons, waiting_for=waiting)


def refused(refusal: Refusal) -> Judgement:
    """A plain no as it travels."""
    return answer(Judged(Outcome.REFUSED, (refusal,)))
