"""The farewell in a hall, with the family's recognition as an extra."""

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.station import Station

STATION = Station(
    StationKind.FAREWELL,
    (Step.FAREWELL, Step.RECOGNISE, Step.SKIP_RECOGNITION, Step.FAREWELL_OVER, Step.ENCOFFIN),
    places=(PlaceKind.HALL,),
)
