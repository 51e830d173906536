"""Portions of the ashes over time: since when each is where it is, and since when the home stores them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.core.case import Case, Portion, Taken
from cardsvc.core.facts import Stage, Step


@dataclass(frozen=True, slots=True)
class Stay:
    """A portion, and since when it is where it is."""

    portion: Portion
    since: datetime


def stays(case: Case) -> tuple[Stay, ...]:
    """Every portion with the time of the step that brought it where it is."""
    since: dict[str, datetime] = {}
    after = [*(taken.portions_before for taken in case.taken[1:]), case.portions] if case.taken else []
    for taken, portions in zip(case.taken, after, strict=True):
        before = {one.label: one.place for one in taken.portions_before}
        for one in portions:
            if before.get(one.label) != one.place:
                since[one.label] = taken.at
    return tuple(Stay(one, since.get(one.label, case.stage_since)) for one in case.portions)


def shelved_since(steps: tuple[Taken, ...]) -> datetime | None:
    """When the ashes first came to a shelf; ashes that came back from all their collectors begin anew."""
    since = None
    for taken in steps:
        if taken.step is Step.SHELVE:
            since = since or taken.at
        elif taken.step is Step.SEAL or (taken.step is Step.RETURN_ASHES and taken.stage_before is not Stage.SEALED):
            since = None
    return since


def ash_periods(case: Case, until: datetime, period_days: int) -> int:
    """Storage periods of the ashes that are begun by `until` and not charged yet; one contract for all portions."""
    since = shelved_since(case.taken)
    if since is None:
        return 0
    later = [taken for taken in case.taken if taken.at >= since]
    charged = [taken.at for taken in later if taken.step is Step.UNSHELVE]
    if case.storage_until is not None and any(taken.step is Step.RENEW_STORAGE for taken in later):
        charged.append(case.storage_until)
    period = timedelta(days=period_days)
    begun, before = (max(1, -(-(end - since) // period)) for end in (until, max(charged, default=until)))
    return max(0, begun - before) if charged else begun
