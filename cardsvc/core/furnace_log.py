"""The log of a furnace: its runs, each with its times as they are known, its people, its disc and its trips."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cardsvc.core.case import Case, Taken
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, StaffNo
from cardsvc.core.terms import Approval


@dataclass(frozen=True, slots=True)
class Trip:
    """The furnace stopped in mid-run, and went on (None: not yet)."""

    stopped: datetime
    resumed: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One body in one furnace; a time is None while it is not known. `together`: approved with another case."""

    case_no: CaseNo
    furnace: str
    disc: str | None
    operator: StaffNo
    checker: StaffNo | None
    loaded: Taken
    unloaded: Taken | None
    closed: Taken | None
    trips: tuple[Trip, ...]
    together: bool

    @property
    def burning(self) -> timedelta | None:
        """How long it burnt: from load to unload, without the time in which the furnace stood still."""
        if self.unloaded is None:
            return None
        stood = sum(((one.resumed - one.stopped) for one in self.trips if one.resumed is not None), timedelta())
        return self.unloaded.at - self.loaded.at - stood


def run_of(case: Case) -> Run | None:
    """The run of a case; None when it was never in a furnace."""
    loaded = case.last(Step.LOAD)
    if loaded is None or case.furnace is None:
        return None
    trips: list[Trip] = []
    for taken in case.taken[case.taken.index(loaded) :]:
        if taken.step is Step.UNLOAD:
            break
        if taken.step is Step.SUSPEND:
            trips.append(Trip(taken.at, None))
        elif taken.step is Step.RESUME and trips and trips[-1].resumed is None:
            trips[-1] = Trip(trips[-1].stopped, taken.at)
    return Run(
        case_no=case.case_no,
        furnace=case.furnace,
        disc=case.disc,
        operator=loaded.by,
        checker=loaded.second,
        loaded=loaded,
        unloaded=case.last(Step.UNLOAD),
        closed=case.last(Step.CLOSE_FURNACE),
        trips=tuple(trips),
        together=case.approved(Approval.TOGETHER) is not None,
    )


def runs_of(cases: Iterable[Case], since: datetime, until: datetime) -> list[Run]:
    """The runs that began in the period, by furnace, the earliest first."""
    runs = (run for case in cases if (run := run_of(case)) is not None and since <= run.loaded.at < until)
    return sorted(runs, key=lambda run: (run.furnace, run.loaded.at))
