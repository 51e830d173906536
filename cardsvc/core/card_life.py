"""The life of a card: pool, bound, blocked, returned, wiped; which act follows which state, and who may.

Where a card goes is decided here and nowhere else; a card that is wiped lives on under a new number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardsvc.core.case import Case
from cardsvc.core.facts import Stage
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, CaseNo, StaffNo
from cardsvc.core.permissions import Action, Role, may_confirm
from cardsvc.core.problems import Problem, Refusal


class CardState(StrEnum):
    """Where a card is in its life."""

    POOL = "pool"
    BOUND = "bound"
    BLOCKED = "blocked"
    RETURNED = "returned"
    WIPED = "wiped"


class Act(StrEnum):
    """What the office does to a card."""

    BLOCK = "block"
    UNBLOCK = "unblock"
    REPLACE = "replace"
    RETURN = "return"
    WIPE = "wipe"


@dataclass(frozen=True, slots=True)
class HeldCard:
    """A card as the service keeps it; `counter` is the end of its chain."""

    card_no: CardNo
    uid: str
    state: CardState
    case_no: CaseNo | None
    staff_no: StaffNo | None
    hot_reason: HotReason | None
    issue_no: int
    counter: int


FROM: Mapping[Act, frozenset[CardState]] = {
    Act.BLOCK: frozenset({CardState.POOL, CardState.BOUND, CardState.RETURNED}),
    Act.UNBLOCK: frozenset({CardState.BLOCKED}),
    Act.REPLACE: frozenset({CardState.BOUND, CardState.BLOCKED}),
    Act.RETURN: frozenset({CardState.BOUND, CardState.BLOCKED}),
    Act.WIPE: frozenset({CardState.RETURNED}),
}
WHYS: Mapping[Act, tuple[HotReason, ...]] = {
    Act.BLOCK: (HotReason.LOST, HotReason.DAMAGED, HotReason.STOLEN),
    Act.REPLACE: (HotReason.REPLACED, HotReason.DAMAGED, HotReason.LOST, HotReason.STOLEN),
}
ASKS: Mapping[Act, Action] = {
    Act.BLOCK: Action.BLOCK_CARD,
    Act.UNBLOCK: Action.UNBLOCK_CARD,
    Act.REPLACE: Action.BLOCK_CARD,
    Act.RETURN: Action.BLOCK_CARD,
    Act.WIPE: Action.ISSUE_CARD,
}
FOUR_EYES = frozenset({Act.UNBLOCK, Act.REPLACE})
FOUND_AGAIN = frozenset({HotReason.LOST, HotReason.DAMAGED, HotReason.STOLEN})
"""The reasons that can turn out otherwise; a cloned or a replaced card never serves again."""
OVER = frozenset({Stage.RELEASED, Stage.AT_REST, Stage.CLOSED, Stage.TRANSFERRED, Stage.CANCELLED})
"""The stages after which a case needs no card."""


def objection(act: Act, card: HeldCard, case: Case | None, reason: HotReason | None = None) -> Refusal | None:
    """Why an act does not follow; None when it may be done. `case` is the case that the card was bound to."""
    holds = case is not None and case.card_no == card.card_no
    if card.state not in FROM[act]:
        return Refusal(Problem.CARD_STATE, card.state)
    if act in WHYS and reason not in WHYS[act]:
        return Refusal(Problem.FIELD_INVALID, "reason")
    if act is Act.REPLACE and not holds:
        return Refusal(Problem.CARD_STATE, card.state)
    if act in (Act.UNBLOCK, Act.REPLACE) and case is not None and case.stage in OVER:
        return Refusal(Problem.CASE_CLOSED, case.case_no)
    if act is Act.UNBLOCK and card.hot_reason not in FOUND_AGAIN:
        return Refusal(Problem.CARD_STATE, card.hot_reason or card.state)
    if act is Act.UNBLOCK and case is not None and case.card_no is not None and not holds:
        return Refusal(Problem.CASE_HAS_CARD, case.card_no)
    if act is Act.RETURN and holds and case is not None and case.stage not in OVER:
        return Refusal(Problem.CARD_IN_USE, case.case_no)
    return None


def second_objection(act: Act, first: StaffNo, second: StaffNo | None, roles: Iterable[Role]) -> Refusal | None:
    """Why the second pair of eyes does not do; `roles` are the second person's, empty for somebody who left."""
    if act not in FOUR_EYES:
        return None
    if second is None:
        return Refusal(Problem.SECOND_PERSON_MISSING)
    if second == first:
        return Refusal(Problem.SECOND_PERSON_SAME)
    if not may_confirm(roles, ASKS[act]):
        return Refusal(Problem.NOT_ALLOWED, ASKS[act])
    return None
