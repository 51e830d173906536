"""Phone booking, and binding a card at the desk."""

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.BOOKING,
    (Step.BOOK, Step.BIND_CARD),
    finds=Finds.LIST,
)
