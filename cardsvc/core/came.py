"""Money that a desk took: it is in the drawer, whatever the rules say of its record, so the books have it too.

RELIABILITY.md section 7: money never conflicts, it posts to the case or to suspense.
"""

from collections.abc import Iterable

from cardsvc.core import workflow
from cardsvc.core.case import Case
from cardsvc.core.facts import StationKind, Step
from cardsvc.core.preconditions import Asked
from cardsvc.core.rules import RULES
from cardsvc.core.terms import Means

TAKES_MONEY = frozenset({Step.DEPOSIT, Step.PAY})
GIVEN_BACK_BY = (Means.CASH, Means.TRANSFER, Means.CARD_TERMINAL)
"""How a desk gives back what is held; what a provider took goes back by its own console (decision 0021)."""


def came_in(asked: Asked, at: StationKind) -> bool:
    """Whether what is reported is money that came in: how much, by what means, where there is a till.

    A station without a till takes none: what it says is no money, and stays refused.
    """
    details = asked.details
    told = details.amount_fen is not None and details.means is not None
    return asked.step in TAKES_MONEY and told and at in RULES[asked.step].stations


def went_out(asked: Asked) -> bool:
    """Whether what is reported is money that was paid back: how much, and by what means."""
    return asked.step is Step.REFUND and asked.details.amount_fen is not None and asked.details.means is not None


def fits(case: Case, step: Step) -> bool:
    """Whether money of this step is the case's; where its workflow takes it no more, it is held until decided."""
    return workflow.in_order(case, step) is None


def doubted(step: Step | None, case: Case, against: Iterable[str], *, held: bool) -> bool:
    """Whether a person looks at money that came: a rule spoke `against` it, or a case that is over holds it now."""
    over = case.stage in workflow.OVER
    return step in TAKES_MONEY and (any(against) or (over and held))
