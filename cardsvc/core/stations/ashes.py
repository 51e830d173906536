"""Seal, shelve, and hand over."""

from cardsvc.core.facts import PlaceKind, StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.ASHES,
    (
        Step.SEAL,
        Step.SPLIT,
        Step.SHELVE,
        Step.UNSHELVE,
        Step.VERIFY,
        Step.NOTIFY,
        Step.RELEASE,
        Step.RETURN_ASHES,
        Step.RENEW_STORAGE,
        Step.PLAN_REST,
        Step.POSTPONE_REST,
        Step.CONFIRM_REST,
    ),
    finds=Finds.LIST,
    places=(PlaceKind.DESK, PlaceKind.SHELF),
)
