"""Cold storage of a body: its begun days, whose days those are, and when its term ends.

A day is 24 hours, and a begun day counts whole. It begins when the body comes in and no day is running, or when a day
ends while the body is in: whoever comes back within a begun day begins no other one, and no hour is charged twice
(docs/decisions/0035). Days are numbered on over all periods of a case, because tariff tiers ask how long the body has
been with us. Whoever is the payer when a day begins pays for it: the police while their hold is on, the family from the
first day that begins after its lift (DOMAIN.md sections 5, 6).
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cardsvc.core.case import Case, Taken
from cardsvc.core.facts import Stage, Step
from cardsvc.core.policy import Policy
from cardsvc.core.terms import Approval, Payer, Reason

ENDS_STORAGE = frozenset({Step.TAKE_OUT, Step.TRANSFER_OUT, Step.QUEUE})
MOVES = ENDS_STORAGE | {Step.STORE}
"""Steps by which a body comes into the cold or leaves it."""
KEPT = frozenset({Stage.STORED, Stage.OUT})
"""Stages in which the storage term runs: an outing does not stop it."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class StorageDay:
    """A begun day: its number in the case from 1, who pays, and its number among that payer's days from 1."""

    number: int
    payer: Payer
    of_payer: int


class Term(StrEnum):
    """Which term of cold storage a body is in."""

    FIRST = "first"
    EXTENDED = "extended"
    AUTHORITY = "authority"
    OVERDUE = "overdue"


def stay(case: Case, until: datetime) -> tuple[tuple[StorageDay, ...], tuple[StorageDay, ...]]:
    """The days that began in closed periods, and those that began in the one that is open, up to `until`."""
    days = tuple(_days(case, until))
    return tuple(day for by, day in days if by is not None), tuple(day for by, day in days if by is None)


def open_days(case: Case, until: datetime) -> tuple[StorageDay, ...]:
    """The days that began in the period that is open; none when the body is not stored, or came back within a day."""
    return stay(case, until)[1]


def all_days(case: Case, until: datetime) -> int:
    """Days that began in all periods, up to `until`."""
    return sum(1 for _ in _days(case, until))


def ended_days(case: Case) -> tuple[tuple[str, StorageDay], ...]:
    """The days that began in closed periods, each with the cause of the tap that closed its period and charges it."""
    return tuple((by, day) for by, day in _days(case, case.opened_at) if by is not None)


def term_end(case: Case, policy: Policy) -> datetime | None:
    """Until when the body may stay: as agreed, or the city's first term; None when it is not in our cold storage."""
    first = first_stored(case)
    if first is None or case.stage not in KEPT:
        return None
    return case.storage_until or first + policy.storage_days * DAY


def term_of(case: Case, policy: Policy, now: datetime) -> Term | None:
    """Which term the body is in; beyond the extended one only the authority's word carries it."""
    first, end = first_stored(case), term_end(case, policy)
    if first is None or end is None:
        return None
    if now > end:
        return Term.OVERDUE
    if now > first + policy.storage_extended_days * DAY and case.approved(Approval.STORAGE):
        return Term.AUTHORITY
    return Term.FIRST if now <= first + policy.storage_days * DAY else Term.EXTENDED


def first_stored(case: Case) -> datetime | None:
    """When the body first came into cold storage."""
    return next((taken.at for taken in case.taken if taken.step is Step.STORE), None)


def _days(case: Case, until: datetime) -> Iterator[tuple[str | None, StorageDay]]:
    """Each begun day, with the cause of the tap that ended the period in which it began; None while that is open."""
    counts, begun = {Payer.FAMILY: 0, Payer.POLICE: 0}, list[datetime]()
    held = _held(case)
    for start, end, by in _periods(case):
        for begins in _beginnings(begun, start, end or until):
            ordered = any(since <= begins and (lifted is None or begins < lifted) for since, lifted in held)
            payer = Payer.POLICE if ordered else Payer.FAMILY
            counts[payer] += 1
            yield by, StorageDay(sum(counts.values()), payer, counts[payer])


def _beginnings(begun: list[datetime], start: datetime, end: datetime) -> Iterator[datetime]:
    """When days begin in a period; `begun` are those before it, in order, and takes these in."""
    moment = start
    while True:
        before = bisect_right(begun, moment) - 1
        if before < 0 or begun[before] + DAY <= moment:
            insort(begun, moment)
            yield moment
            ends = moment + DAY
        else:
            ends = begun[before] + DAY
        if ends >= end:
            return
        moment = ends


def _periods(case: Case) -> list[tuple[datetime, datetime | None, str | None]]:
    """When the body was stored, until when, and the cause of the tap that ended it; the last one may be open."""
    periods: list[tuple[datetime, datetime | None, str | None]] = []
    for taken in _as_they_were(case.taken):
        is_open = bool(periods) and periods[-1][1] is None
        if taken.step is Step.STORE and not is_open:
            periods.append((taken.at, None, None))
        elif taken.step in ENDS_STORAGE and is_open:
            periods[-1] = (periods[-1][0], taken.at, taken.cause)
    return periods


def _as_they_were(steps: Iterable[Taken]) -> Iterator[Taken]:
    """The steps in and out of the cold, the way to the furnace among them by its time.

    It writes no card: records that come after it may tell of what stations did before it.
    """
    queued: Taken | None = None
    for taken in steps:
        if taken.step not in MOVES:
            continue
        if queued is not None and queued.at <= taken.at:
            yield queued
            queued = None
        if taken.step is Step.QUEUE and queued is None:
            queued = taken
        else:
            yield taken
    if queued is not None:
        yield queued


def _held(case: Case) -> list[tuple[datetime, datetime | None]]:
    """When a hold of the police was on."""
    holds: list[tuple[datetime, datetime | None]] = []
    for taken in case.taken:
        is_open = bool(holds) and holds[-1][1] is None
        if taken.reason is not Reason.POLICE:
            continue
        if taken.step is Step.HOLD and not is_open:
            holds.append((taken.at, None))
        elif taken.step is Step.LIFT_HOLD and is_open:
            holds[-1] = (holds[-1][0], taken.at)
    return holds
