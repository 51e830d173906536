"""Seal, shelve, and hand over."""

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.ASHES,
    (Step.SEAL, Step.SHELVE, Step.UNSHELVE, Step.RELEASE, Step.CONFIRM_REST),
    finds=Finds.LIST,
)
