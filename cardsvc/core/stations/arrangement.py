"""Quote, hall, authorisation and ash plan with the family."""

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.ARRANGEMENT,
    (Step.QUOTE, Step.SIGN_QUOTE, Step.RESERVE, Step.RELEASE_SLOT, Step.AUTHORISE, Step.PLAN_ASHES, Step.BIND_CARD),
    finds=Finds.LIST,
)
