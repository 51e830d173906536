"""Days of cold storage as a family pays them: which are waived, and which waiver is the best for the whole stay.

Of several waivers one counts for an item; they do not add up (docs/decisions/0024).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cardsvc.core.terms import Payer
from cardsvc.core.waivers import Grant


@dataclass(frozen=True, slots=True)
class PricedDay:
    """A begun day: what it costs in fen, who pays it, and its number among the days that a waiver counts, from 1."""

    fen: int
    payer: Payer
    number: int

    def waived_fen(self, granted: Grant | None) -> int:
        """What is waived of it, in fen: the first days that the family would pay."""
        if granted is None or self.payer is not Payer.FAMILY or self.number > granted.units:
            return 0
        return min(self.fen, granted.fen)


def best(days: Iterable[PricedDay], grants: Iterable[Grant]) -> Grant | None:
    """The waiver that lets the family off most of these days; the first of those that are alike."""
    stay = tuple(days)
    return max(grants, key=lambda one: sum(day.waived_fen(one) for day in stay), default=None)
