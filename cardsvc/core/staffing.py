"""People as they begin; what a change gives them, which nobody gives alone, and who can change people at all.

Any colleague is a second pair of eyes beside a body, and every role takes steps that two take (0038): who makes
somebody alone, or can choose their password, would be both. So there is no role that one person gives.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import Action, Role, may


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here; `county` (six digits) None sees all."""

    staff_no: StaffNo
    name: str
    roles: tuple[Role, ...]
    county: str | None = None


def given(before: Iterable[Role], after: Iterable[Role], county: str | None, wanted: str | None) -> frozenset[Role]:
    """The roles that a change gives: those that are new, or all of them when they act in another county or in all."""
    new = frozenset(after)
    return new - frozenset(before) if county is None or county == wanted else new


def manages(roles: Iterable[Role], county: str | None) -> bool:
    """Whether somebody can change people: with the action, and for the whole home."""
    return county is None and may(roles, Action.MANAGE_STAFF)
