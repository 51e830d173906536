"""What can happen to a case: a closed union, which is also the wire shape.

Nothing is ever changed or deleted: a correction is a new fact with a reason (DOMAIN.md section 2). No field here may
hold a name, an ID number, a phone or a cause of death; those are sealed apart from the facts.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, CaseNo, StaffNo, StationId
from cardsvc.core.terms import (
    AlertWhy,
    Approval,
    CaseKind,
    CauseClass,
    Condition,
    Destination,
    Implants,
    Issuer,
    Means,
    Notice,
    Origin,
    Paper,
    Payer,
    Reason,
    Signer,
    Skip,
    WaiverFor,
)


class Wire(BaseModel):
    """A value that travels: frozen, strict, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-]{0,31}$")]
"""A number or code that a person can scan or choose: never free text."""
PaymentCause = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9:_.\-]{0,95}$")]
"""The cause of a payment, as its fact has it."""


class StationKind(StrEnum):
    """The nine stations of the one card (DOMAIN.md section 2), and the office."""

    BOOKING = "booking"
    TRANSPORT = "transport"
    COLD_STORAGE = "cold_storage"
    ARRANGEMENT = "arrangement"
    DRESSING = "dressing"
    FAREWELL = "farewell"
    CASHIER = "cashier"
    CREMATION = "cremation"
    ASHES = "ashes"
    OFFICE = "office"


class Stage(StrEnum):
    """How far the body's way has come (WORKFLOW.md)."""

    BOOKED = "booked"
    DISPATCHED = "dispatched"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    STORED = "stored"
    OUT = "out"
    TRANSFERRED = "transferred"
    QUEUED = "queued"
    ARMED = "armed"
    CREMATING = "cremating"
    CREMATED = "cremated"
    SEALED = "sealed"
    RELEASED = "released"
    AT_REST = "at_rest"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """One thing done at a station (WORKFLOW.md); the codes are wire names and live for ever."""

    BOOK = "book"
    BIND_CARD = "bind_card"
    DISPATCH = "dispatch"
    COLLECT = "collect"
    ARRIVE = "arrive"
    STORE = "store"
    TAKE_OUT = "take_out"
    TRANSFER_OUT = "transfer_out"
    QUOTE = "quote"
    SIGN_QUOTE = "sign_quote"
    RESERVE = "reserve"
    RELEASE_SLOT = "release_slot"
    AUTHORISE = "authorise"
    PLAN_ASHES = "plan_ashes"
    PREPARE = "prepare"
    PREPARED = "prepared"
    FAREWELL = "farewell"
    FAREWELL_OVER = "farewell_over"
    RECOGNISE = "recognise"
    DEPOSIT = "deposit"
    PAY = "pay"
    REFUND = "refund"
    SETTLE = "settle"
    QUEUE = "queue"
    ARM = "arm"
    LOAD = "load"
    UNLOAD = "unload"
    SEAL = "seal"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    RELEASE = "release"
    CONFIRM_REST = "confirm_rest"
    CLOSE = "close"
    HOLD = "hold"
    LIFT_HOLD = "lift_hold"
    SUSPEND = "suspend"
    RESUME = "resume"
    RETURN_STEP = "return_step"
    VOID = "void"
    CANCEL = "cancel"
    RESOLVE = "resolve"
    VERIFY_DEATH = "verify_death"
    VERIFY = "verify"
    APPROVE = "approve"
    DECLARE = "declare"
    DECLARE_IMPLANTS = "declare_implants"
    DECLARE_RELATIVE = "declare_relative"
    LIST_BELONGINGS = "list_belongings"
    HAND_BELONGINGS = "hand_belongings"
    ENCOFFIN = "encoffin"
    CLOSE_FURNACE = "close_furnace"
    SKIP_RECOGNITION = "skip_recognition"
    RESERVE_FURNACE = "reserve_furnace"
    CERTIFY = "certify"
    VOID_CERTIFICATE = "void_certificate"
    CLEAR_ALERT = "clear_alert"
    NOTIFY = "notify"
    SPLIT = "split"
    RETURN_ASHES = "return_ashes"
    RENEW_STORAGE = "renew_storage"
    PLAN_REST = "plan_rest"
    POSTPONE_REST = "postpone_rest"
    CHANGE_VEHICLE = "change_vehicle"
    REPLACE_TAG = "replace_tag"
    EXTEND_STORAGE = "extend_storage"
    CONFIRM_TRANSFER = "confirm_transfer"
    MERGE = "merge"
    CORRECT_IDENTITY = "correct_identity"
    CHANGE_APPLICANT = "change_applicant"
    SWITCH_PAYER = "switch_payer"
    PROVE_WAIVER = "prove_waiver"
    CANCEL_ITEM = "cancel_item"
    WITHDRAW_WAIVER = "withdraw_waiver"
    REVERSE_LINE = "reverse_line"
    STATEMENT_PAID = "statement_paid"
    REVERSE_PAYMENT = "reverse_payment"
    VOID_DEATH_PAPER = "void_death_paper"
    CORRECT_DEATH_DAY = "correct_death_day"
    GIVE_BACK_HELD = "give_back_held"
    ASSIGN_HELD = "assign_held"
    RECOVER_SHORT = "recover_short"
    WRITE_OFF_SHORT = "write_off_short"
    UNDO_RECOVERY = "undo_recovery"
    BANK_PAID = "bank_paid"


class PlaceKind(StrEnum):
    """Where the body, or its ashes, can be; exactly one at a time."""

    REPORTED = "reported"
    VEHICLE = "vehicle"
    RECEPTION = "reception"
    SLOT = "slot"
    PREP_ROOM = "prep_room"
    HALL = "hall"
    AUTOPSY_ROOM = "autopsy_room"
    VIEWING_ROOM = "viewing_room"
    OTHER_HOME = "other_home"
    FURNACE_HALL = "furnace_hall"
    FURNACE = "furnace"
    TRAY = "tray"
    DESK = "desk"
    SHELF = "shelf"
    COLLECTOR = "collector"
    DESTINATION = "destination"


class Quantity(Wire):
    """An item of the price list and how many of its unit."""

    item: Code
    count: int = Field(ge=1, le=999)


class Details(Wire):
    """What was captured with a step; `core.rules.RULES` says which fields a step needs."""

    tag: Code | None = None
    disc: Code | None = None
    slot: Code | None = None
    vehicle: Code | None = None
    hall: Code | None = None
    furnace: Code | None = None
    shelf: Code | None = None
    label: Code | None = None
    permit: Code | None = None
    kilometres: int | None = Field(default=None, ge=0, le=5_000)
    floor: int | None = Field(default=None, ge=-5, le=120)
    weight_g: int | None = Field(default=None, ge=1, le=20_000, description="grams of ashes")
    portions: int | None = Field(default=None, ge=1, le=20)
    due: AwareDatetime | None = None
    starts: AwareDatetime | None = None
    reason: Reason | None = None
    skip: Skip | None = None
    destination: Destination | None = None
    items: tuple[Quantity, ...] = Field(default=(), max_length=60)
    amount_fen: int | None = Field(default=None, ge=1, le=100_000_000)
    means: Means | None = None
    receipt: Code | None = None
    blocks: tuple[Step, ...] = Field(default=(), max_length=len(Step))
    paper: Paper | None = None
    number: Code | None = None
    "Number of the paper, or of the message."
    issuer: Issuer | None = None
    alike: bool | None = None
    "The name on the paper is spelt as on the booking."
    signed_by: Signer | None = None
    approval: Approval | None = None
    condition: Condition | None = None
    implants: Implants | None = None
    driver: Code | None = None
    mate: Code | None = None
    "The crew of two: staff numbers."
    about: Code | None = None
    "A member of staff who is a relative."
    other: Code | None = None
    "Another case."
    things: tuple[Quantity, ...] = Field(default=(), max_length=20)
    "Belongings: names of `core.terms.Belonging` and how many."
    coffin: Code | None = None
    length_cm: int | None = Field(default=None, ge=10, le=400, description="centimetres of the container")
    width_cm: int | None = Field(default=None, ge=10, le=200, description="centimetres of the container")
    cooled: bool | None = None
    certificate: Code | None = None
    "Given by the service from the numbered stock."
    portion: Code | None = None
    "The label of a portion that is taken from the ashes."
    notice: Notice | None = None
    item: Code | None = None
    payer: Payer | None = None
    replacement: Code | None = None
    "The tag that takes the place of a lost one."
    code: Code | None = None
    "The one-time code that the collector was sent."
    queue_no: int | None = Field(default=None, ge=1, le=9_999)
    "Given by the service: the number of the day in the furnace queue."
    first_agrees: bool | None = None
    "The first identifier of the crew's sheet agrees with the band at the place of death; the others likewise."
    second_agrees: bool | None = None
    third_agrees: bool | None = None
    category: WaiverFor | None = Field(default=None, exclude_if=lambda value: value is None)
    "For whom it is waived; not said, the resident's."
    registry: Code | None = Field(default=None, exclude_if=lambda value: value is None)
    "The module whose record says so; not said, a person has seen a paper."
    line: Code | None = Field(default=None, exclude_if=lambda value: value is None)
    "A line of the bill: the log number that it was posted under, a point, its number there."
    payment: PaymentCause | None = Field(default=None, exclude_if=lambda value: value is None)
    "The cause of the payment that is taken back, or of what was recovered and is answered for."
    reference: Code | None = Field(default=None, exclude_if=lambda value: value is None)
    "What a card terminal's slip or the bank calls the payment."
    resting: Code | None = Field(default=None, exclude_if=lambda value: value is None)
    "Where the ashes go: a place of a module, by its row."
    died_on: date | None = Field(default=None, exclude_if=lambda value: value is None)
    "The local day of the death, as the paper has it."


class Booked(Wire):
    """A case was opened, by phone or at the desk."""

    kind: Literal["booked"] = "booked"
    case_kind: CaseKind = CaseKind.PERSON
    cause_class: CauseClass
    infectious: bool
    police: bool
    resident: bool = False
    "Resident of the city: basic services are waived by rule."
    origin: Origin = Origin.ORDINARY
    outside: bool = False
    "The body comes from outside the area."
    weight_kg: int | None = Field(default=None, ge=1, le=400)
    floor: int | None = Field(default=None, ge=-5, le=120)
    wanted_at: AwareDatetime | None = None
    "When the family would like to be collected."


class CardBound(Wire):
    """A card became the key to the case."""

    kind: Literal["card_bound"] = "card_bound"
    card_no: Code
    issue_no: int = Field(ge=1, le=255)


class CardReleased(Wire):
    """The card is no longer the key to the case: lost, damaged, stolen or replaced; another blank may be bound."""

    kind: Literal["card_released"] = "card_released"
    card_no: Code
    reason: HotReason


class Alerted(Wire):
    """The service found another case that could be mixed up with this one; two people compare them (`clear_alert`)."""

    kind: Literal["alerted"] = "alerted"
    other: Code
    why: AlertWhy


class StepTaken(Wire):
    """A step of the workflow was taken."""

    kind: Literal["step_taken"] = "step_taken"
    step: Step
    details: Details = Details()


FactBody = Annotated[Booked | CardBound | CardReleased | Alerted | StepTaken, Field(discriminator="kind")]


class Fact(Wire):
    """Something that happened to a case, with who, where and how it is known.

    `observed`: a tap saw it; otherwise it was typed afterwards. `cause` names the station record
    (``journal:seq``), the office entry (``office:log``) or the payment order (``qr:order``) that says so. `order` is
    (`chain_place`, service log number): the cards' counters order what stations did without network, never a wall clock
    (RELIABILITY.md section 3).
    """

    case_no: CaseNo
    body: FactBody
    at: AwareDatetime
    observed: bool
    staff_no: StaffNo
    second_staff_no: StaffNo | None = None
    station_id: StationId | None = None
    station_kind: StationKind
    card_no: CardNo | None = None
    cause: str
    order: tuple[int, int]
    contested: bool = False
    "It stands although it contradicts what was known: a named person resolves it (RELIABILITY.md section 7)."


def chain_place(issue_no: int, counter: int) -> int:
    """Where a card's counter (32 bits) stands among all taps of a case: each further card counts anew, behind the last.

    What happens while a case has no card stands at counter 0 of the next one.
    """
    return (max(issue_no, 1) - 1) << 32 | counter


def step_of(fact: Fact) -> Step | None:
    """The step that a fact stands for; None for what the service or the office did beside the steps."""
    match fact.body:
        case Booked():
            return Step.BOOK
        case CardBound():
            return Step.BIND_CARD
        case CardReleased() | Alerted():
            return None
        case StepTaken(step=step):
            return step


def latest(facts: tuple[Fact, ...]) -> datetime | None:
    """When the case was last heard of."""
    return max((fact.at for fact in facts), default=None)
