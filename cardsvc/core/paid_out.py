"""Money that goes back by transfer: the bank makes it later, and its number is entered then (decision 0040 point 8).

Each number stands for one transfer that went out. It is entered once by whoever has the bank's word, and corrected by
two people with a reason.
"""

from collections.abc import Iterable

from cardsvc.core.facts import Fact, Step, StepTaken
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.recovery import never_came
from cardsvc.core.reference import compared
from cardsvc.core.terms import Means

OPEN = "bank_open"
"""The kind of the marks that say which transfers the bank has not confirmed, by their cause."""
MARK = "paid_out"
"""The kind of the marks that say which bank's numbers are used by transfers that went out."""
GOES_OUT = frozenset({Step.REFUND, Step.GIVE_BACK_HELD, Step.UNDO_RECOVERY})
"""The steps by which money goes back to who paid it, by means that they name."""


def goes_by_bank(fact: Fact) -> bool:
    """Whether the bank is to make a transfer for a fact; a recovery that was only typed has nothing to go back."""
    body = fact.body
    if not isinstance(body, StepTaken) or body.step not in GOES_OUT or body.details.means is not Means.TRANSFER:
        return False
    return never_came(fact) is None


def told(facts: Iterable[Fact]) -> dict[str, Fact]:
    """The last word about each transfer, by the cause of what it pays back.

    The service's log alone says which is the last: after a merge the facts are those of two cases, whose cards count
    apart.
    """
    rows = sorted(facts, key=lambda fact: fact.order[1])
    return {cause: one for one in rows if (cause := _confirms(one)) is not None}


def number(fact: Fact) -> str | None:
    """The bank's number, as it is kept, of a fact that confirms a transfer."""
    return fact.body.details.reference if isinstance(fact.body, StepTaken) and _confirms(fact) else None


def code_of(fact: Fact) -> str | None:
    """What of the bank's number is used once."""
    kept = number(fact)
    return compared(kept) if kept is not None else None


def refused(asked: Asked, facts: Iterable[Fact]) -> Refusal | None:
    """Why a transfer cannot be confirmed so: there is none with this cause, or it has a number and one corrects alone.

    `facts` are those of the case and of the cases that were merged into it.
    """
    rows, cause = tuple(facts), asked.details.payment
    if not any(one.cause == cause and goes_by_bank(one) for one in rows):
        return Refusal(Problem.FIELD_INVALID, "payment")
    if cause not in told(rows):
        return None
    if asked.details.reason is None:
        return Refusal(Problem.REASON_MISSING)
    if asked.second_staff_no is None:
        return Refusal(Problem.SECOND_PERSON_MISSING, asked.step)
    return Refusal(Problem.SECOND_PERSON_SAME, asked.step) if asked.second_staff_no == asked.staff_no else None


def _confirms(fact: Fact) -> str | None:
    body = fact.body
    return body.details.payment if isinstance(body, StepTaken) and body.step is Step.BANK_PAID else None
