"""Into a slot, out of it and back."""

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.station import Station

STATION = Station(
    StationKind.COLD_STORAGE,
    (
        Step.ARRIVE,
        Step.STORE,
        Step.TAKE_OUT,
        Step.TRANSFER_OUT,
        Step.CONFIRM_TRANSFER,
        Step.EXTEND_STORAGE,
        Step.LIST_BELONGINGS,
        Step.ENCOFFIN,
        Step.REPLACE_TAG,
        Step.DECLARE,
    ),
    places=(PlaceKind.RECEPTION, PlaceKind.SLOT, PlaceKind.VIEWING_ROOM, PlaceKind.AUTOPSY_ROOM),
)
