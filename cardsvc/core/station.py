"""What a station is: data only.

The service authorises from it, the kiosk renders from it (DESIGN.md section 5); one file in `core.stations` each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.terms import (
    OF_DEATH,
    Approval,
    Condition,
    Destination,
    Implants,
    Issuer,
    Means,
    Notice,
    Paper,
    Payer,
    Reason,
    Signer,
    WaiverFor,
)


class Finds(StrEnum):
    """How a station comes to a case."""

    CARD = "card"  # only by the family's card
    LIST = "list"  # or from the list of cases in the stages that it works on


class Entry(StrEnum):
    """How a field is entered with gloves on."""

    SCAN = "scan"  # barcode scanner or keyboard
    SLIP = "slip"  # what a card terminal or a bank prints: digits mostly, scanned, typed or pressed
    CHOOSE = "choose"  # one of the home's places or things
    PICK = "pick"  # one of a closed list of words
    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    DATE = "date"
    ITEMS = "items"  # several of the price list
    YES_NO = "yes_no"
    CREW = "crew"  # somebody of the crews
    LINE = "line"  # an item of the case: on its bill, or ordered
    PAYMENT = "payment"  # one of the payments of the open day
    THINGS = "things"  # several belongings of a closed list
    GIVEN = "given"  # filled in by the station or the service itself


ENTRIES: Mapping[str, Entry] = {
    "tag": Entry.SCAN,
    "disc": Entry.SCAN,
    "label": Entry.SCAN,
    "receipt": Entry.SCAN,
    "reference": Entry.SLIP,
    "slot": Entry.CHOOSE,
    "vehicle": Entry.CHOOSE,
    "hall": Entry.CHOOSE,
    "furnace": Entry.CHOOSE,
    "shelf": Entry.CHOOSE,
    "reason": Entry.PICK,
    "destination": Entry.PICK,
    "means": Entry.PICK,
    "kilometres": Entry.NUMBER,
    "floor": Entry.NUMBER,
    "weight_g": Entry.NUMBER,
    "portions": Entry.NUMBER,
    "amount_fen": Entry.MONEY,
    "due": Entry.TIME,
    "starts": Entry.TIME,
    "died_on": Entry.DATE,
    "resting": Entry.GIVEN,
    "items": Entry.ITEMS,
    "permit": Entry.GIVEN,
    "blocks": Entry.GIVEN,
    "queue_no": Entry.GIVEN,
    "certificate": Entry.GIVEN,
    "number": Entry.SCAN,
    "driver": Entry.CREW,
    "mate": Entry.CREW,
    "coffin": Entry.SCAN,
    "portion": Entry.SCAN,
    "replacement": Entry.SCAN,
    "code": Entry.SCAN,
    "other": Entry.SCAN,
    "about": Entry.SCAN,
    "item": Entry.LINE,
    "line": Entry.GIVEN,
    "paper": Entry.PICK,
    "issuer": Entry.PICK,
    "signed_by": Entry.PICK,
    "approval": Entry.PICK,
    "condition": Entry.PICK,
    "implants": Entry.PICK,
    "category": Entry.PICK,
    "notice": Entry.PICK,
    "payer": Entry.PICK,
    "alike": Entry.YES_NO,
    "cooled": Entry.YES_NO,
    "first_agrees": Entry.YES_NO,
    "second_agrees": Entry.YES_NO,
    "third_agrees": Entry.YES_NO,
    "length_cm": Entry.NUMBER,
    "width_cm": Entry.NUMBER,
    "things": Entry.THINGS,
    "payment": Entry.PAYMENT,
}


@dataclass(frozen=True, slots=True)
class Station:
    """One kind of station: its steps in the order of work, how it finds a case, and where it has bodies or ashes."""

    kind: StationKind
    steps: tuple[Step, ...]
    finds: Finds = Finds.CARD
    places: tuple[PlaceKind, ...] = ()

    @property
    def name(self) -> str:
        """The key under which it is discovered: its kind's wire code."""
        return self.kind.value


def own_steps(station: Station, stations: Iterable[Station]) -> frozenset[Step]:
    """The steps that only this kind of station has: whoever may take one of them works there."""
    others = {step for other in stations if other.kind is not station.kind for step in other.steps}
    return frozenset(station.steps) - others


WAY_BACK = (Step.SUSPEND, Step.RESUME, Step.RETURN_STEP, Step.VOID)
"""What every station may do beside its own steps."""

REASONS: Mapping[Step, tuple[Reason, ...]] = {
    Step.TAKE_OUT: (Reason.PREPARATION, Reason.FAREWELL, Reason.VIEWING, Reason.AUTOPSY, Reason.CREMATION),
    Step.RELEASE_SLOT: (Reason.FAMILY_WISH, Reason.EQUIPMENT, Reason.ENTERED_BY_MISTAKE),
    Step.SUSPEND: (Reason.FAMILY_WISH, Reason.EQUIPMENT, Reason.POWER_CUT, Reason.DISPUTE),
    Step.RETURN_STEP: (Reason.FAMILY_WISH, Reason.EQUIPMENT, Reason.DISPUTE, Reason.ENTERED_BY_MISTAKE),
    Step.VOID: (Reason.ENTERED_BY_MISTAKE, Reason.EQUIPMENT),
    Step.HOLD: (Reason.POLICE, Reason.COURT, Reason.AUTOPSY, Reason.DISPUTE, Reason.DONATION, Reason.NEAR_MISS),
    Step.LIFT_HOLD: (
        *(
            Reason.POLICE,
            Reason.COURT,
            Reason.AUTOPSY,
            Reason.DISPUTE,
            Reason.DONATION,
            Reason.CARD_COPIED,
            Reason.NEAR_MISS,
        ),
    ),
    Step.CANCEL: (Reason.FAMILY_WISH, Reason.ENTERED_BY_MISTAKE),
    Step.CLOSE: (Reason.HARDSHIP, Reason.UNCLAIMED, Reason.PAYER_FOUND, Reason.DISPUTE, Reason.COURT),
    Step.APPROVE: (
        Reason.HARDSHIP,
        Reason.PAYER_FOUND,
        Reason.URGENT,
        Reason.INFECTION,
        Reason.FAMILY_WISH,
        Reason.UNCLAIMED,
    ),
    Step.SKIP_RECOGNITION: (Reason.FAMILY_ABSENT, Reason.FAMILY_WISH, Reason.INFECTION),
    Step.VOID_CERTIFICATE: (Reason.MISPRINT, Reason.LOST, Reason.WRONG_NAME),
    Step.VOID_DEATH_PAPER: (Reason.ENTERED_BY_MISTAKE, Reason.WRONG_NAME, Reason.MISPRINT),
    Step.CORRECT_DEATH_DAY: (Reason.ENTERED_BY_MISTAKE, Reason.MISPRINT, Reason.PROVEN_LATE),
    Step.CLEAR_ALERT: (Reason.COMPARED,),
    Step.RETURN_ASHES: (Reason.FAMILY_WISH, Reason.DISPUTE, Reason.ENTERED_BY_MISTAKE),
    Step.POSTPONE_REST: (Reason.WEATHER, Reason.FAMILY_WISH, Reason.EQUIPMENT),
    Step.CHANGE_VEHICLE: (Reason.VEHICLE_BROKEN,),
    Step.REPLACE_TAG: (Reason.TAG_LOST, Reason.EQUIPMENT),
    Step.EXTEND_STORAGE: (Reason.FAMILY_WISH, Reason.POLICE, Reason.COURT, Reason.DISPUTE, Reason.UNCLAIMED),
    Step.MERGE: (Reason.DUPLICATE,),
    Step.CORRECT_IDENTITY: (Reason.WRONG_NAME,),
    Step.CHANGE_APPLICANT: (Reason.DISPUTE, Reason.FAMILY_WISH),
    Step.SWITCH_PAYER: (Reason.PAYER_FOUND, Reason.POLICE, Reason.ENTERED_BY_MISTAKE),
    Step.PROVE_WAIVER: (Reason.PROVEN_LATE,),
    Step.WITHDRAW_WAIVER: (Reason.NOT_ENTITLED, Reason.ENTERED_BY_MISTAKE),
    Step.REVERSE_PAYMENT: (Reason.ENTERED_BY_MISTAKE,),
    Step.CANCEL_ITEM: (Reason.FAMILY_WISH, Reason.EQUIPMENT, Reason.ENTERED_BY_MISTAKE),
    Step.REVERSE_LINE: (Reason.REVIEWED,),
    Step.RECOVER_SHORT: (Reason.PAYER_FOUND, Reason.REVIEWED),
    Step.BANK_PAID: (Reason.ENTERED_BY_MISTAKE, Reason.REVIEWED),
    Step.UNDO_RECOVERY: (Reason.ENTERED_BY_MISTAKE, Reason.DISPUTE, Reason.REVIEWED),
    Step.WRITE_OFF_SHORT: (Reason.LOST, Reason.HARDSHIP, Reason.REVIEWED),
    Step.RESOLVE: (Reason.PAPER_RECORD, Reason.EQUIPMENT, Reason.ENTERED_BY_MISTAKE, Reason.CARD_COPIED),
}
"""The reasons that a step offers; a step that is not named offers all."""

PICKS: Mapping[str, tuple[type[StrEnum], str]] = {
    "reason": (Reason, "reason"),
    "destination": (Destination, "destination"),
    "means": (Means, "means"),
    "paper": (Paper, "paper"),
    "issuer": (Issuer, "issuer"),
    "signed_by": (Signer, "signer"),
    "approval": (Approval, "approval"),
    "condition": (Condition, "condition"),
    "implants": (Implants, "implants"),
    "notice": (Notice, "notice"),
    "payer": (Payer, "payer"),
    "category": (WaiverFor, "waiver_for"),
}
"""The closed list that a field is picked from, and the table of its words."""

OFFERED: Mapping[tuple[Step, str], tuple[StrEnum, ...]] = {
    (Step.VERIFY_DEATH, "paper"): OF_DEATH,
    (Step.VERIFY, "paper"): tuple(one for one in Paper if one not in OF_DEATH),
    (Step.NOTIFY, "notice"): tuple(one for one in Notice if one is not Notice.COLLECTION_CODE),
} | {(step, "reason"): reasons for step, reasons in REASONS.items()}
"""What a step offers of a list, where it does not offer all of it."""


def offered(step: Step, name: str) -> tuple[StrEnum, ...]:
    """The values that a step offers for a field that is picked from a closed list."""
    return OFFERED.get((step, name)) or tuple(PICKS[name][0])


PLACES: Mapping[str, PlaceKind] = {
    "slot": PlaceKind.SLOT,
    "vehicle": PlaceKind.VEHICLE,
    "hall": PlaceKind.HALL,
    "furnace": PlaceKind.FURNACE,
    "shelf": PlaceKind.SHELF,
}
"""Which of the home's things a field chooses from."""
