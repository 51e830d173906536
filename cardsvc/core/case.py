"""A case as it stands: what its facts add up to.

`core.fold` is the only way to make one; the database keeps its result as a cache that `cardsvc verify` recomputes.
"""

from datetime import date

from pydantic import AwareDatetime, Field

from cardsvc.core.facts import PlaceKind, Quantity, Stage, StationKind, Step, Wire
from cardsvc.core.ids import CardNo, CaseNo, StaffNo
from cardsvc.core.terms import (
    AlertWhy,
    Approval,
    CaseKind,
    CauseClass,
    Condition,
    Destination,
    Implants,
    Issuer,
    Notice,
    Origin,
    Paper,
    Payer,
    Reason,
    Signer,
    WaiverFor,
)


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


class PaperSeen(Wire):
    """A document that was checked; `alike`: its name is spelt as on the booking."""

    paper: Paper
    number: str
    alike: bool
    at: AwareDatetime
    cause: str
    issuer: Issuer | None = None


class Approved(Wire):
    """What two people decided; `other` is the case that it is about too."""

    approval: Approval
    reason: Reason
    cause: str
    other: CaseNo | None = None


class Alert(Wire):
    """Another case that could be mixed up with this one, and nobody has compared them yet."""

    other: CaseNo
    why: AlertWhy


class Portion(Wire):
    """Ashes in one box: where they are, and where they rest. The first one is the main portion."""

    label: str
    weight_g: int
    place: Place
    destination: Destination | None = None


class Switched(Wire):
    """Somebody else pays an item from now on."""

    item: str
    payer: Payer


class Belongings(Wire):
    """What was found with the body (names of `core.terms.Belonging`); `handed`: the list is closed."""

    things: tuple[Quantity, ...]
    handed: bool


class Taken(Wire):
    """A step as taken, with what was before it: the way back."""

    step: Step
    at: AwareDatetime
    station_kind: StationKind
    cause: str
    by: StaffNo = StaffNo("")
    second: StaffNo | None = None
    observed: bool = True
    portions_before: tuple[Portion, ...] = ()
    stage_before: Stage
    place_before: Place
    doing_before: Step | None = None
    skip: str | None = None
    reason: Reason | None = None
    due: AwareDatetime | None = None


class Entitled(Wire):
    """A category that the deceased belongs to, and the number of the record that says so."""

    category: WaiverFor
    number: str | None = None
    registry: str | None = Field(default=None, exclude_if=lambda value: value is None)
    "The module whose record it is, as it stood on the day when the case was opened."


class Case(Wire):
    """The state of one case. It holds no personal data: stations may carry it."""

    case_no: CaseNo
    kind: CaseKind
    cause_class: CauseClass
    infectious: bool
    police: bool
    resident: bool
    origin: Origin = Origin.ORDINARY
    outside: bool = False
    weight_kg: int | None = None
    floor: int | None = None
    wanted_at: AwareDatetime | None = None
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
    papers: tuple[PaperSeen, ...] = ()
    approvals: tuple[Approved, ...] = ()
    alerts: tuple[Alert, ...] = ()
    conditions: tuple[Condition, ...] = ()
    relatives: tuple[StaffNo, ...] = ()
    signed_by: Signer | None = None
    implants: Implants | None = None
    belongings: Belongings | None = None
    coffin: str | None = None
    length_cm: int | None = None
    width_cm: int | None = None
    unrecognised: Reason | None = None
    "Why the family did not recognise the body."
    furnace: str | None = None
    "Where the body was burnt, or is planned to be."
    furnace_at: AwareDatetime | None = None
    queue_no: int | None = None
    furnace_closed: bool = False
    "Operator and checker closed the furnace's record: chamber and tray empty, disc out."
    cooled: bool = False
    certificate: str | None = None
    certificate_by: StaffNo | None = None
    portions: tuple[Portion, ...] = ()
    notices: tuple[Notice, ...] = ()
    rest_at: AwareDatetime | None = None
    storage_until: AwareDatetime | None = None
    "Until when the body may stay in cold storage, or the ashes on the shelf, as agreed."
    transfer_receipt: str | None = None
    merged_into: CaseNo | None = None
    switched: tuple[Switched, ...] = ()
    waiver_proof: str | None = None
    entitled: tuple[Entitled, ...] = Field(default=(), exclude_if=lambda value: not value)
    "For what beside being resident basic services are waived."
    resting: str | None = Field(default=None, exclude_if=lambda value: value is None)
    "The row of a module's place to which the ashes go, where one was chosen."
    died_on: date | None = Field(default=None, exclude_if=lambda value: value is None)
    "The local day of the death, where a paper told it; the day on which the case was opened is the latest possible."
    price_version: str | None = None
    "The price list in force when the quote was signed."
    taken: tuple[Taken, ...] = ()
    gaps: tuple[str, ...] = ()
    "Causes of facts that do not follow, or that contradict: a record is missing, or a named person must resolve them."

    def has_taken(self, step: Step) -> bool:
        """Whether the step was taken and not taken back."""
        return any(taken.step is step for taken in self.taken)

    def last(self, step: Step) -> Taken | None:
        """The last time that the step was taken, unless it was taken back."""
        return next((taken for taken in reversed(self.taken) if taken.step is step), None)

    def paper(self, *papers: Paper) -> PaperSeen | None:
        """The newest of these papers that was checked."""
        return next((seen for seen in reversed(self.papers) if seen.paper in papers), None)

    def approved(self, approval: Approval) -> Approved | None:
        """The newest decision of this kind."""
        return next((one for one in reversed(self.approvals) if one.approval is approval), None)

    def portion(self, label: str | None) -> Portion | None:
        """The portion of the ashes with this label."""
        return next((one for one in self.portions if one.label == label), None)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where the body is, or where each portion of its ashes is."""
        return tuple(one.place for one in self.portions) or (self.place,)

    def blocked(self, step: Step, permit: str | None = None) -> tuple[Reason, ...]:
        """The holds that block this step; a load with a permit that a hold spares is not blocked by it."""
        return tuple(
            hold.reason
            for hold in self.holds
            if step in hold.blocks and not (step is Step.LOAD and permit is not None and hold.spares == permit)
        )
