"""People as they begin; which changes of them are decided by two, and who can change people at all."""

from collections.abc import Iterable
from dataclasses import dataclass

from cardsvc.core.ids import StaffNo
from cardsvc.core.permissions import ALLOWED, MONEY_BY_TWO, Action, Role, may


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here; `county` (six digits) None sees all."""

    staff_no: StaffNo
    name: str
    roles: tuple[Role, ...]
    county: str | None = None


A = Action
HAS_A_SAY = frozenset(
    {
        *(A.MANAGE_STAFF, A.GRANT_MODULES, A.SET_RULES, A.REVIEW_BILLS, A.CLOSE_DAY, A.SETTLE_PAYMENT),
        *(A.TAKE_PAYMENT, A.KEEP_TILL, A.KEEP_RECEIPTS, A.KEEP_STATEMENTS),
    }
)
"""What decides about money, or about what others may do."""
WEIGHTY = frozenset(
    role for role, allows in ALLOWED.items() if allows.steps & MONEY_BY_TWO or allows.actions & HAS_A_SAY
)
"""Roles that nobody gives alone."""


def needs_two(given: Iterable[Role], whom: StaffNo, by: StaffNo) -> bool:
    """Whether `by` needs a second person to let `whom` act in the roles `given`."""
    roles = frozenset(given)
    return bool(roles & WEIGHTY) or (bool(roles) and whom == by)


def given(before: Iterable[Role], after: Iterable[Role], county: str | None, wanted: str | None) -> frozenset[Role]:
    """The roles that a change gives: those that are new, or all of them when they act in another county or in all."""
    new = frozenset(after)
    return new - frozenset(before) if county is None or county == wanted else new


def manages(roles: Iterable[Role], county: str | None) -> bool:
    """Whether somebody can change people: with the action, and for the whole home."""
    return county is None and may(roles, Action.MANAGE_STAFF)
