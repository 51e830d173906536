"""Money in, money back, settlement."""

from cardsvc.core.facts import StationKind, Step
from cardsvc.core.station import Finds, Station

STATION = Station(
    StationKind.CASHIER,
    (
        *(Step.DEPOSIT, Step.PAY, Step.REFUND, Step.SETTLE, Step.SWITCH_PAYER, Step.PROVE_WAIVER),
        *(Step.WITHDRAW_WAIVER, Step.REVERSE_PAYMENT),
    ),
    finds=Finds.LIST,
)
