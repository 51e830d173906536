"""Queue, arm, load and unload, by two people."""

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.CREMATION,
    (Step.ENCOFFIN, Step.QUEUE, Step.ARM, Step.LOAD, Step.UNLOAD, Step.CLOSE_FURNACE, Step.DECLARE),
    finds=Finds.LIST,
    places=(PlaceKind.FURNACE_HALL, PlaceKind.FURNACE, PlaceKind.TRAY),
)
