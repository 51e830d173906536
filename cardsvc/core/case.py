"""A case as it stands: what its facts add up to.

`core.fold` is the only way to make one; the database keeps its result as a cache that `cardsvc verify` recomputes.
"""

from pydantic import AwareDatetime

from cardsvc.core.facts import PlaceKind, Quantity, Stage, StationKind, Step, Wire
from cardsvc.core.ids import CardNo, CaseNo
from cardsvc.core.terms import CaseKind, CauseClass, Destination, Reason


class Place(Wire):
    """Where the body or its ashes are; `code` names the slot, hall, vehicle, furnace, tray or shelf."""

    kind: PlaceKind
    code: str | None = None


class Hold(Wire):
    """Somebody entitled has stopped named steps."""

    reason: Reason
    blocks: tuple[Step, ...]
    spares: str | None = None
    "The permit that lived when the hold was placed: a load with it is not stopped any more (RELIABILITY.md section 5)."


class Taken(Wire):
    """A step as taken, with what was before it: the way back."""

    step: Step
    at: AwareDatetime
    station_kind: StationKind
    cause: str
    stage_before: Stage
    place_before: Place
    doing_before: Step | None = None
    skip: str | None = None


class Case(Wire):
    """The state of one case. It holds no personal data: stations may carry it."""

    case_no: CaseNo
    kind: CaseKind
    cause_class: CauseClass
    infectious: bool
    police: bool
    resident: bool
    opened_at: AwareDatetime
    stage: Stage = Stage.BOOKED
    stage_since: AwareDatetime
    place: Place = Place(kind=PlaceKind.REPORTED)
    doing: Step | None = None
    suspended: bool = False
    card_no: CardNo | None = None
    issue_no: int = 0
    tag: str | None = None
    disc: str | None = None
    label: str | None = None
    holds: tuple[Hold, ...] = ()
    items: tuple[Quantity, ...] = ()
    quote_signed: bool = False
    authorised: bool = False
    ash_plan: Destination | None = None
    hall: str | None = None
    appointment: AwareDatetime | None = None
    recognised: bool = False
    settled: bool = False
    destination: Destination | None = None
    taken: tuple[Taken, ...] = ()
    gaps: tuple[str, ...] = ()
    "Causes of facts that do not follow, or that contradict: a record is missing, or a named person must resolve them."

    def has_taken(self, step: Step) -> bool:
        """Whether the step was taken and not taken back."""
        return any(taken.step is step for taken in self.taken)

    def blocked(self, step: Step, permit: str | None = None) -> tuple[Reason, ...]:
        """The holds that block this step; a load with a permit that a hold spares is not blocked by it."""
        return tuple(
            hold.reason
            for hold in self.holds
            if step in hold.blocks and not (step is Step.LOAD and permit is not None and hold.spares == permit)
        )
