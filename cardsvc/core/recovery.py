"""What somebody paid for what lost books had paid out: whether it can be taken back (decision 0040 point 7).

Two people take it back whole, once, by a counter-entry of the open day; not when the money itself has come after all,
for then what was recovered waits at the desks to go back to who had paid. Where several had, two people who give such
money back can name the recovery that it answers.
"""

from collections.abc import Iterable

from cardsvc.core.facts import Details, Fact, Step, StepTaken, step_of
from cardsvc.core.money import in_yuan
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


def answered_by(fact: Fact) -> str | None:
    """The cause of the recovery that held money which goes back answers, where the two who give it back named one."""
    details = _details(fact, Step.GIVE_BACK_HELD)
    return details.payment if details is not None else None


def answered(facts: Iterable[Fact], cause: str) -> int:
    """How much of the money that came after all went back to who had paid this recovery, in fen."""
    back = (_details(one, Step.GIVE_BACK_HELD) for one in facts if answered_by(one) == cause)
    return sum(details.amount_fen or 0 for details in back if details is not None)


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
    told = tuple(facts)
    one = next((fact for fact in standing(told) if fact.cause == cause), None)
    if one is None:
        return Refusal(Problem.RECOVERY_GONE, cause or "")
    stays = answered(told, one.cause) or amount(one) > recovered_fen
    return Refusal(Problem.RECOVERY_USED) if stays else one


def answers_none(facts: Iterable[Fact], asked: Details, recovered_fen: int) -> Refusal | None:
    """Why held money that goes back cannot answer the recovery that is named; None when it can, or none is named.

    No more than was paid by it, and no more than has come in the place of all that stand. `facts` and `recovered_fen`
    as of `found`.
    """
    told = tuple(facts)
    stand = standing(told)
    one = next((fact for fact in stand if fact.cause == asked.payment), None)
    if asked.payment is None:
        return None
    if one is None:
        return Refusal(Problem.RECOVERY_GONE, asked.payment)
    left = came_instead(stand, recovered_fen) - sum(answered(told, fact.cause) for fact in stand)
    most = max(0, min(left, amount(one) - answered(told, one.cause)))
    return None if (asked.amount_fen or 0) <= most else Refusal(Problem.ABOVE_PAID, f"¥{in_yuan(most)}")


def came_instead(facts: Iterable[Fact], recovered_fen: int) -> int:
    """How much has come after all in the place of what was recovered and stands, in fen; arguments as of `found`."""
    return sum(map(amount, standing(facts))) - recovered_fen


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
