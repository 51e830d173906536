"""What somebody paid for what lost books had paid out: whether it can be taken back (decision 0040 point 7).

Two people take it back whole, once, by a counter-entry of the open day; not when the money itself has come after all,
for then what was recovered waits at the desks to go back to who had paid.
"""

from collections.abc import Iterable

from cardsvc.core.facts import Details, Fact, Step, StepTaken, step_of
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import Means, Reason


def undone_by(fact: Fact) -> str | None:
    """The cause of the recovery that a fact takes back."""
    details = _details(fact, Step.UNDO_RECOVERY)
    return details.payment if details is not None else None


def never_came(fact: Fact) -> str | None:
    """The cause of the recovery that a fact takes back because it was only typed: the number on it is nobody's."""
    details = _details(fact, Step.UNDO_RECOVERY)
    return undone_by(fact) if details is not None and details.reason is Reason.ENTERED_BY_MISTAKE else None


def standing(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The recoveries that nobody has taken back, in their order."""
    rows = sorted(facts, key=lambda fact: fact.order[1])
    gone = {undone_by(one) for one in rows}
    return tuple(one for one in rows if step_of(one) is Step.RECOVER_SHORT and one.cause not in gone)


def found(facts: Iterable[Fact], cause: str | None, recovered_fen: int) -> Fact | Refusal:
    """The recovery with this cause, or why it cannot be taken back.

    `facts` are those of the case and of the cases that were merged into it; `recovered_fen` is what was paid for what
    is short there, less what of the money itself has come since.
    """
    one = next((fact for fact in standing(facts) if fact.cause == cause), None)
    if one is None:
        return Refusal(Problem.RECOVERY_GONE, cause or "")
    return one if amount(one) <= recovered_fen else Refusal(Problem.RECOVERY_USED)


def amount(one: Fact) -> int:
    """How much was recovered, in fen."""
    details = _details(one, Step.RECOVER_SHORT)
    return details.amount_fen or 0 if details is not None else 0


def means(one: Fact) -> Means | None:
    """How it had come, and goes back."""
    details = _details(one, Step.RECOVER_SHORT)
    return details.means if details is not None else None


def _details(fact: Fact, step: Step) -> Details | None:
    return fact.body.details if isinstance(fact.body, StepTaken) and fact.body.step is step else None
