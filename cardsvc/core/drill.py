"""A drill: wrong-body attempts on a copy, each with the refusals that it met.

`body A under case B` in every wrong combination of card, tag and disc, at every station. One attempt that passes makes
the drill red; so does a right attempt that is refused, because then the refusals prove nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import product

from cardsvc.core.case import Approved, Belongings, Case, PaperSeen, Place, Taken
from cardsvc.core.facts import PlaceKind, Stage, StationKind, Step, Wire
from cardsvc.core.ids import CardNo, CaseNo
from cardsvc.core.problems import Problem
from cardsvc.core.terms import (
    Approval,
    CaseKind,
    CauseClass,
    Destination,
    Implants,
    Issuer,
    Origin,
    Paper,
    Reason,
    Signer,
)

CAUSE = "drill"


class Whose(StrEnum):
    """Of which case a thing is that is used for this one."""

    OWN = "own"
    OTHER = "other"
    NONE = "none"


class Attempt(Wire):
    """An attempt, and why it was refused; `passed` with no reason."""

    case_no: CaseNo
    step: Step
    station: StationKind
    card: Whose
    tag: Whose
    disc: Whose
    refusals: tuple[Problem, ...]

    @property
    def right(self) -> bool:
        """Whether everything is this case's own, at the furnace."""
        return Thing(self.card, self.tag, self.disc) == RIGHT and self.station is StationKind.CREMATION

    @property
    def as_it_must(self) -> bool:
        """Right attempts pass, wrong ones are refused; and refused for what is wrong, not only for something else."""
        if self.right:
            return not self.refusals
        return expected(self) <= set(self.refusals)


class Drill(Wire):
    """The evidence of a drill."""

    first: CaseNo
    second: CaseNo
    policy_version: int
    attempts: tuple[Attempt, ...]

    @property
    def failed(self) -> tuple[Attempt, ...]:
        """The attempts that went as they must not."""
        return tuple(one for one in self.attempts if not one.as_it_must)

    @property
    def red(self) -> bool:
        """Whether any did, or nothing was tried."""
        return bool(self.failed) or not self.attempts


@dataclass(frozen=True, slots=True)
class Thing:
    """What is presented at the furnace."""

    card: Whose
    tag: Whose
    disc: Whose


RIGHT = Thing(Whose.OWN, Whose.OWN, Whose.OWN)
STATIONS = tuple(kind for kind in StationKind if kind is not StationKind.OFFICE)


def combinations() -> Iterator[tuple[Step, StationKind, Thing]]:
    """Every attempt for one case: the right one first, so that it is seen to pass."""
    things = [
        Thing(card, tag, disc)
        for card, tag, disc in product((Whose.OWN, Whose.OTHER), Whose, (Whose.OWN, Whose.OTHER, Whose.NONE))
    ]
    for step in (Step.ARM, Step.LOAD):
        for station in sorted(STATIONS, key=lambda kind: kind is not StationKind.CREMATION):
            yield from ((step, station, thing) for thing in things)


_EXPECTED = {
    ("card", Whose.OTHER): Problem.CARD_CHANGED,
    ("tag", Whose.OTHER): Problem.TAG_MISMATCH,
    ("tag", Whose.NONE): Problem.FIELD_MISSING,
    ("disc", Whose.OTHER): Problem.DISC_USED,
    ("disc", Whose.NONE): Problem.FIELD_MISSING,
}


def expected(attempt: Attempt) -> set[Problem]:
    """The problems that a wrong attempt must meet at the least: one for each thing that is wrong."""
    things = {("card", attempt.card), ("tag", attempt.tag), ("disc", attempt.disc)}
    wrong = {problem for thing, problem in _EXPECTED.items() if thing in things}
    return wrong | ({Problem.STEP_NOT_HERE} if attempt.station is not StationKind.CREMATION else set())


def made_ready(case: Case, number: int, now: datetime) -> Case:
    """The case as it would stand before the furnace with nothing against it but what the drill does wrong.

    Only ever a copy: what a case lacks (papers, list, container) is there, holds and alerts are gone.
    """

    def seen(paper: Paper) -> PaperSeen:
        return PaperSeen(paper=paper, number="DRILL", alike=True, at=now, cause=CAUSE, issuer=Issuer.POLICE)

    def taken(step: Step) -> Taken:
        return Taken(
            step=step,
            at=now,
            station_kind=StationKind.OFFICE,
            cause=CAUSE,
            stage_before=Stage.STORED,
            place_before=Place(kind=PlaceKind.FURNACE_HALL),
        )

    leave = [Approved(approval=one, reason=Reason.URGENT, cause=CAUSE) for one in (Approval.CREDIT, Approval.REORDER)]
    update: dict[str, object] = {
        "kind": CaseKind.PERSON,
        "cause_class": CauseClass.NATURAL,
        "police": False,
        "infectious": False,
        "origin": Origin.ORDINARY,
        "outside": False,
        "conditions": (),
        "weight_kg": None,
        "stage": Stage.QUEUED,
        "place": Place(kind=PlaceKind.FURNACE_HALL),
        "doing": None,
        "suspended": False,
        "holds": (),
        "alerts": (),
        "gaps": (),
        "relatives": (),
        "items": (),
        "appointment": None,
        "authorised": True,
        "signed_by": Signer.APPLICANT,
        "ash_plan": Destination.HOME,
        "implants": Implants.NONE,
        "belongings": Belongings(things=(), handed=True),
        "approvals": tuple(leave),
        "papers": (seen(Paper.DEATH_CERTIFICATE), seen(Paper.APPLICANT_IDENTITY)),
        "tag": case.tag or f"DRILL-T{number}",
        "coffin": case.coffin or f"DRILL-K{number}",
        "length_cm": 190,
        "width_cm": 60,
        "unrecognised": Reason.FAMILY_ABSENT,
        "card_no": case.card_no or CardNo(f"DRILL-C{number}"),
        "taken": (*case.taken, *(taken(step) for step in (Step.AUTHORISE, Step.LIST_BELONGINGS, Step.QUEUE))),
    }
    return case.model_copy(update=update)
