"""Social relief and child welfare: households on allowance, benefits paid, medical and temporary relief, orphans."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module, Payments
from cardsvc.modules.social_relief.assistance import CLAIM, SITE, TEMPORARY_RELIEF
from cardsvc.modules.social_relief.care import REHABILITATION, VISIT
from cardsvc.modules.social_relief.half_year import half_year
from cardsvc.modules.social_relief.indicators import INDICATORS
from cardsvc.modules.social_relief.paying import FUND, OWNERS, PAYMENT, PAYMENT_BATCH
from cardsvc.modules.social_relief.registers import HOUSEHOLD, INCOME_CHECK, MEMBER, ORPHAN, SINGLE, STANDARD
from cardsvc.modules.social_relief.waivers import waivers

MODULE = Module(
    "social_relief",
    Label("社会救助与儿童福利", "Social relief and child welfare"),
    records=(
        HOUSEHOLD,
        MEMBER,
        SINGLE,
        INCOME_CHECK,
        PAYMENT_BATCH,
        PAYMENT,
        CLAIM,
        SITE,
        TEMPORARY_RELIEF,
        VISIT,
        ORPHAN,
        STANDARD,
        REHABILITATION,
        FUND,
    ),
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    waivers=waivers,
    payments=tuple(
        Payments(
            record=one,
            person="id_no",
            state="state",
            paid=("active",),
            halted=("suspended",),
            suspended="death",
            ledger="payment",
            of=one,
            day="paid_on",
            amount="amount",
        )
        for one in OWNERS
    ),
    half_year=half_year,
)
