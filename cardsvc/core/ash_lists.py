"""What a home must follow up about ashes: terms of storage, boxes whose rest nobody confirmed, trips to the sea."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind
from cardsvc.core.ids import CaseNo
from cardsvc.core.policy import Policy
from cardsvc.core.portions import stays
from cardsvc.core.terms import Destination


class Term(StrEnum):
    """How a term of ash storage stands."""

    RUNNING = "running"
    ENDS_SOON = "ends_soon"
    UNCLAIMED = "unclaimed"  # it is over, and nobody has collected the ashes or renewed it


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """A box that its collector has, and whose rest is not confirmed; `due`: when the home asks."""

    case_no: CaseNo
    label: str
    destination: Destination | None
    since: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class SeaTrip:
    """One trip to the sea, and those aboard."""

    starts: datetime
    aboard: tuple[CaseNo, ...]


def shelved(case: Case) -> bool:
    """Whether any box of the case stands on a shelf."""
    return any(one.place.kind is PlaceKind.SHELF for one in case.portions)


def term(case: Case, policy: Policy, now: datetime) -> Term | None:
    """How the storage of these ashes stands; None when none are on a shelf."""
    if not shelved(case) or case.storage_until is None:
        return None
    if now > case.storage_until:
        return Term.UNCLAIMED
    soon = case.storage_until - timedelta(days=policy.ash_notice_days) <= now
    return Term.ENDS_SOON if soon else Term.RUNNING


def unconfirmed(case: Case, policy: Policy) -> Iterator[Unconfirmed]:
    """The boxes whose rest must still be confirmed."""
    for stay in stays(case):
        box = stay.portion
        if box.place.kind is PlaceKind.COLLECTOR:
            due = stay.since + timedelta(days=policy.rest_follow_up_days)
            yield Unconfirmed(case.case_no, box.label, box.destination, stay.since, due)


def sea_trips(cases: Iterable[Case]) -> tuple[SeaTrip, ...]:
    """The trips that are planned, the next one first; whoever rests already is not aboard any more."""
    aboard: dict[datetime, list[CaseNo]] = {}
    for case in cases:
        rests = bool(case.portions) and all(one.place.kind is PlaceKind.DESTINATION for one in case.portions)
        if case.rest_at is not None and case.ash_plan is Destination.SEA and not rests:
            aboard.setdefault(case.rest_at, []).append(case.case_no)
    return tuple(SeaTrip(starts, tuple(sorted(numbers))) for starts, numbers in sorted(aboard.items()))
