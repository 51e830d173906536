"""Support for troops, beneficiaries and demobilised soldiers: pensions, visits, memorials, petitions, placement."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module, Payments
from cardsvc.modules.veterans.half_year import half_year
from cardsvc.modules.veterans.indicators import INDICATORS
from cardsvc.modules.veterans.memorials import MEMORIAL, RESCUE
from cardsvc.modules.veterans.registers import BENEFICIARY, PAYMENT, RECOGNITION, STANDARD
from cardsvc.modules.veterans.support import PETITION, RETRAINING, SETTLEMENT, SOLDIER, VISIT
from cardsvc.modules.veterans.waivers import waivers

MODULE = Module(
    "veterans",
    Label("双拥优抚安置", "Veterans and placement"),
    records=(
        BENEFICIARY,
        PAYMENT,
        STANDARD,
        VISIT,
        SETTLEMENT,
        RECOGNITION,
        MEMORIAL,
        RESCUE,
        PETITION,
        SOLDIER,
        RETRAINING,
    ),
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    waivers=waivers,
    payments=(
        Payments(
            record="beneficiary",
            person="id_no",
            state="state",
            paid=("active",),
            halted=("suspended",),
            suspended="death",
            ledger="payment",
            of="beneficiary",
            day="paid_on",
            amount="amount",
        ),
    ),
    half_year=half_year,
)
