"""Dispatch, collection at the place of death, arrival."""

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.TRANSPORT,
    (
        Step.DISPATCH,
        Step.BIND_CARD,
        Step.COLLECT,
        Step.LIST_BELONGINGS,
        Step.CHANGE_VEHICLE,
        Step.REPLACE_TAG,
        Step.ARRIVE,
        Step.DECLARE,
    ),
    finds=Finds.LIST,
    places=(PlaceKind.VEHICLE,),
)
