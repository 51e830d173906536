"""Dressing work orders: what was ordered for a body, what is on it, and how far the work is (DOMAIN.md section 2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Quantity, Step
from cardsvc.core.local_time import local
from cardsvc.core.prices import PriceBook, PriceItem, Trigger, rows_of
from cardsvc.core.terms import Belonging, Implants
from cardsvc.core.workflow import HERE

WORN = frozenset(
    {Belonging.RING, Belonging.NECKLACE, Belonging.EARRINGS, Belonging.BRACELET, Belonging.WATCH, Belonging.GLASSES}
    | {Belonging.DENTURES, Belonging.CLOTHES}
)
"""What is on the body while it is dressed: taken off and put back, or kept for the family."""


class Work(StrEnum):
    """How far an order is; a name of ``[dressing]``."""

    BLOCKED = "blocked"  # infectious remains are never dressed
    HELD = "held"
    WAITING = "waiting"
    HERE = "here"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Order:
    """A dressing work order. `worn` None: belongings were not listed; `implants` None: not declared."""

    case: Case
    work: Work
    items: tuple[tuple[PriceItem, int], ...]
    worn: tuple[Quantity, ...] | None
    implants: Implants | None
    begun_at: datetime | None
    done_at: datetime | None


def order_of(case: Case, book: PriceBook) -> Order | None:
    """The order of a case; None when its signed quote has no dressing, and nobody dressed it."""
    counts = {one.item: one.count for one in case.items}
    rows = rows_of(case, book, Trigger.DRESSING)
    begun, done = case.last(Step.PREPARE), case.last(Step.PREPARED)
    quoted = case.quote_signed and any(row.item in counts for row in rows)
    if not quoted and begun is None:
        return None
    items = tuple((row, counts.get(row.item, 1)) for row in rows)
    worn = None if case.belongings is None else tuple(one for one in case.belongings.things if one.item in WORN)
    finished = done is not None and (begun is None or done.at >= begun.at)
    work = _work(case, done=finished)
    return Order(
        case, work, items, worn, case.implants, begun.at if begun else None, done.at if done and finished else None
    )


def _work(case: Case, *, done: bool) -> Work:
    if done:
        return Work.DONE
    if case.infectious:
        return Work.BLOCKED
    if case.blocked(Step.PREPARE) or case.suspended:
        return Work.HELD
    if case.doing is Step.PREPARE:
        return Work.BEGUN
    return Work.HERE if case.place.kind is PlaceKind.PREP_ROOM else Work.WAITING


def of_day(orders: Iterable[Order], day: date, today: date) -> list[Order]:
    """The orders of a local day: worked on that day, or not done and due for a farewell of that day.

    Today has those too that are late, or have no farewell.
    """

    def belongs(one: Order) -> bool:
        if day in {local(at).date() for at in (one.begun_at, one.done_at) if at is not None}:
            return True
        if one.work is Work.DONE or one.case.stage not in HERE:
            return False
        due = local(one.case.appointment).date() if one.case.appointment is not None else today
        return max(due, today) == day

    found = [one for one in orders if belongs(one)]
    return sorted(found, key=lambda one: (one.work is Work.DONE, _due(one), one.case.case_no))


def _due(one: Order) -> float:
    return one.case.appointment.timestamp() if one.case.appointment is not None else float("inf")
