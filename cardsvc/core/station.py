"""What a station is: data only.

The service authorises from it, the kiosk renders from it (DESIGN.md section 5); one file in `core.stations` each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.terms import Reason


class Finds(StrEnum):
    """How a station comes to a case."""

    CARD = "card"  # only by the family's card
    LIST = "list"  # or from the list of cases in the stages that it works on


class Entry(StrEnum):
    """How a field is entered with gloves on."""

    SCAN = "scan"  # barcode scanner or keyboard
    CHOOSE = "choose"  # one of the home's places or things
    PICK = "pick"  # one of a closed list of words
    NUMBER = "number"
    MONEY = "money"
    TIME = "time"
    ITEMS = "items"  # several of the price list
    GIVEN = "given"  # filled in by the station itself


ENTRIES: Mapping[str, Entry] = {
    "tag": Entry.SCAN,
    "disc": Entry.SCAN,
    "label": Entry.SCAN,
    "receipt": Entry.SCAN,
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
    "items": Entry.ITEMS,
    "permit": Entry.GIVEN,
    "blocks": Entry.GIVEN,
}


@dataclass(frozen=True, slots=True)
class Station:
    """One kind of station: its steps in the order of work, and how it finds a case."""

    kind: StationKind
    steps: tuple[Step, ...]
    finds: Finds = Finds.CARD

    @property
    def name(self) -> str:
        """The key under which it is discovered: its kind's wire code."""
        return self.kind.value


WAY_BACK = (Step.SUSPEND, Step.RESUME, Step.RETURN_STEP, Step.VOID)
"""What every station may do beside its own steps."""

REASONS: Mapping[Step, tuple[Reason, ...]] = {
    Step.TAKE_OUT: (Reason.PREPARATION, Reason.FAREWELL, Reason.VIEWING, Reason.AUTOPSY, Reason.CREMATION),
    Step.RELEASE_SLOT: (Reason.FAMILY_WISH, Reason.EQUIPMENT, Reason.ENTERED_BY_MISTAKE),
    Step.SUSPEND: (Reason.FAMILY_WISH, Reason.EQUIPMENT, Reason.DISPUTE),
    Step.RETURN_STEP: (Reason.FAMILY_WISH, Reason.EQUIPMENT, Reason.DISPUTE, Reason.ENTERED_BY_MISTAKE),
    Step.VOID: (Reason.ENTERED_BY_MISTAKE, Reason.EQUIPMENT),
    Step.HOLD: (Reason.POLICE, Reason.COURT, Reason.AUTOPSY, Reason.DISPUTE, Reason.DONATION),
    Step.LIFT_HOLD: (
        *(Reason.POLICE, Reason.COURT, Reason.AUTOPSY, Reason.DISPUTE, Reason.DONATION, Reason.CARD_COPIED),
    ),
    Step.CANCEL: (Reason.FAMILY_WISH, Reason.ENTERED_BY_MISTAKE),
    Step.RESOLVE: (Reason.PAPER_RECORD, Reason.EQUIPMENT, Reason.ENTERED_BY_MISTAKE, Reason.CARD_COPIED),
}
"""The reasons that a step offers; a step that is not named offers all."""

PLACES: Mapping[str, PlaceKind] = {
    "slot": PlaceKind.SLOT,
    "vehicle": PlaceKind.VEHICLE,
    "hall": PlaceKind.HALL,
    "furnace": PlaceKind.FURNACE,
    "shelf": PlaceKind.SHELF,
}
"""Which of the home's things a field chooses from."""
