"""What the city is told by law: each collection, cremation and handing over of ashes once, with observed times only.

A time that was typed, that is missing or that is contested is said to be so and never given (DOMAIN.md section 7:
invented times). A correction is a new revision of the same report; the highest revision counts.
"""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field, model_validator

from cardsvc.core.case import Case
from cardsvc.core.facts import PlaceKind, Step, Wire
from cardsvc.core.terms import CaseKind

FORM: Literal["one-card/statutory/1"] = "one-card/statutory/1"


class Event(StrEnum):
    """What is reported."""

    COLLECTION = "collection"
    CREMATION = "cremation"
    HANDING_OVER = "handing_over"  # of all the ashes: a portion that is still here is not handed over


class WhyNot(StrEnum):
    """Why there is no value."""

    TYPED = "typed"  # somebody wrote it down afterwards
    MISSING = "missing"  # nobody recorded it
    CONTESTED = "contested"  # the records contradict each other, and nobody has resolved it yet


class Moment(Wire):
    """A time that a tap observed; or none, and why."""

    at: AwareDatetime | None = None
    why_not: WhyNot | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Moment":
        if (self.at is None) == (self.why_not is None):
            raise ValueError("a time, or why there is none")
        return self


class Deceased(Wire):
    """Whose cremation it is; None where the person is not known."""

    name: str | None = Field(default=None, repr=False)
    id_no: str | None = Field(default=None, repr=False)


class Content(Wire):
    """What a report says, whatever its revision."""

    event: Event
    case_kind: CaseKind
    counts_as_person: bool
    "Stillborn, body parts and exhumed bones are not counted as persons (DOMAIN.md section 3, 10)."
    times: dict[str, Moment]
    deceased: Deceased | None = None


class Report(Wire):
    """A report as it is sent; `withdrawn`: the event does not hold: entered by mistake, or the ashes came back."""

    form: Literal["one-card/statutory/1"] = FORM
    report: str
    revision: int = Field(ge=1)
    withdrawn: bool = False
    content: Content


TIMES = {
    Event.COLLECTION: {"collected": Step.COLLECT},
    Event.CREMATION: {"loaded": Step.LOAD, "unloaded": Step.UNLOAD, "closed": Step.CLOSE_FURNACE},
    Event.HANDING_OVER: {"handed_over": Step.RELEASE},
}
"""The times of each report, and the steps that they are observed by; the last step of a report completes it."""
NOT_PERSONS = frozenset({CaseKind.STILLBORN, CaseKind.BODY_PART, CaseKind.BONES})
TOUCHES = frozenset(
    {
        *(step for times in TIMES.values() for step in times.values()),
        *(Step.VOID, Step.RESOLVE, Step.CORRECT_IDENTITY, Step.RETURN_ASHES),
    }
)
"""Steps after which a report may say something else."""


def content_of(case: Case, event: Event, deceased: Deceased) -> Content | None:
    """What is to be reported of this case; None while the event is not complete, or did not happen."""
    steps = TIMES[event]
    if not case.has_taken([*steps.values()][-1]) or (event is Event.HANDING_OVER and not _all_gone(case)):
        return None
    return Content(
        event=event,
        case_kind=case.kind,
        counts_as_person=case.kind not in NOT_PERSONS,
        times={name: moment_of(case, step) for name, step in steps.items()},
        deceased=deceased if event is Event.CREMATION else None,
    )


def _all_gone(case: Case) -> bool:
    """Whether no portion of the ashes is here: their collectors have them, or they rest."""
    gone = (PlaceKind.COLLECTOR, PlaceKind.DESTINATION)
    return bool(case.portions) and all(one.place.kind in gone for one in case.portions)


def moment_of(case: Case, step: Step) -> Moment:
    """When the step was observed; never a time that somebody typed."""
    taken = case.last(step)
    if taken is None:
        return Moment(why_not=WhyNot.MISSING)
    if not taken.observed:
        return Moment(why_not=WhyNot.TYPED)
    return Moment(why_not=WhyNot.CONTESTED) if taken.cause in case.gaps else Moment(at=taken.at)


def next_report(case: Case, event: Event, newest: Report | None, content: Content | None) -> Report | None:
    """The report to be sent now; None when the city knows already, or there is nothing to tell."""
    name, revision = f"{case.case_no}/{event}", newest.revision + 1 if newest is not None else 1
    if content is not None:
        known = newest is not None and not newest.withdrawn and newest.content == content
        return None if known else Report(report=name, revision=revision, content=content)
    if newest is None or newest.withdrawn:
        return None
    return Report(report=name, revision=revision, withdrawn=True, content=newest.content)
