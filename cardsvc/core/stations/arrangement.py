"""Quote, hall, authorisation and ash plan with the family."""

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.ARRANGEMENT,
    (
        Step.QUOTE,
        Step.SIGN_QUOTE,
        Step.RESERVE,
        Step.RELEASE_SLOT,
        Step.RESERVE_FURNACE,
        Step.VERIFY_DEATH,
        Step.VERIFY,
        Step.AUTHORISE,
        Step.PLAN_ASHES,
        Step.DECLARE_IMPLANTS,
        Step.DECLARE_RELATIVE,
        Step.DECLARE,
        Step.HAND_BELONGINGS,
        Step.CANCEL_ITEM,
        Step.SKIP_RECOGNITION,
        Step.EXTEND_STORAGE,
        Step.PLAN_REST,
        Step.CERTIFY,
        Step.BIND_CARD,
    ),
    finds=Finds.LIST,
)
