"""What a station may do without network, and how much may wait to be sent: the bounds of RELIABILITY.md section 6."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.core.facts import Step
from cardsvc.core.money import Fen, in_yuan
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.snapshot import Limits, Snapshot
from cardsvc.core.terms import Means

MONEY_IN = frozenset({Step.DEPOSIT, Step.PAY})
AT_HAND = frozenset({Means.CASH, Means.CARD_TERMINAL})
"""Means that need nobody else's network: cash, and a bank card at a terminal of its own."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What waits at a station: rows, the money that they took in (fen), and the wall time of the oldest."""

    rows: int = 0
    cash_fen: int = 0
    oldest: datetime | None = None


NOTHING_UNSENT = Unsent()


def beyond(
    asked: Asked, snapshot: Snapshot, unsent: Unsent, *, writes_card: bool, linked: bool, now: datetime
) -> list[Refusal]:
    """Every limit that the step would pass. Observations pass none: they are facts."""
    limits, reasons = snapshot.setup.limits, []
    money = asked.step in MONEY_IN
    if writes_card and not linked and now - snapshot.made_at > timedelta(seconds=limits.stale_after_s):
        reasons.append(Refusal(Problem.SNAPSHOT_STALE, str(snapshot.version)))
    if (writes_card or money) and _full(unsent, limits, now):
        reasons.append(Refusal(Problem.UNSENT_LIMIT, str(unsent.rows)))
    if money and not linked:
        reasons.extend(_money_beyond(asked, limits, unsent))
    return reasons


def _full(unsent: Unsent, limits: Limits, now: datetime) -> bool:
    too_old = unsent.oldest is not None and now - unsent.oldest > timedelta(seconds=limits.unsent_after_s)
    return too_old or unsent.rows >= limits.most_unsent


def _money_beyond(asked: Asked, limits: Limits, unsent: Unsent) -> list[Refusal]:
    details, reasons = asked.details, []
    if details.means is not None and details.means not in AT_HAND:
        reasons.append(Refusal(Problem.OFFLINE_FORBIDDEN, details.means))
    if details.receipt is None:
        reasons.append(Refusal(Problem.FIELD_MISSING, "receipt"))
    left = min(limits.cash_fen, max(0, limits.cash_station_fen - unsent.cash_fen))
    if details.amount_fen is not None and details.amount_fen > left:
        reasons.append(Refusal(Problem.CASH_LIMIT, f"¥{in_yuan(Fen(left))}"))
    return reasons


def taken_in(step: Step, amount_fen: int | None, means: Means | None) -> int:
    """How much money at hand a step takes in, in fen: what counts towards the station's total."""
    return amount_fen or 0 if step in MONEY_IN and means in AT_HAND else 0
