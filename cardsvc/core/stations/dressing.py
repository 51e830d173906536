"""Preparation of the body, start and end."""

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.station import Station

STATION = Station(
    StationKind.DRESSING,
    (
        Step.PREPARE,
        Step.PREPARED,
        Step.DECLARE_IMPLANTS,
        Step.LIST_BELONGINGS,
        Step.HAND_BELONGINGS,
        Step.ENCOFFIN,
        Step.REPLACE_TAG,
        Step.DECLARE,
    ),
    places=(PlaceKind.PREP_ROOM,),
)
