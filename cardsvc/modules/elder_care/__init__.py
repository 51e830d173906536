"""Elder care: where elders are cared for, what each needs and is paid, services at home, the 990 line."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module
from cardsvc.modules.elder_care import people, places, services
from cardsvc.modules.elder_care.half_year import rows
from cardsvc.modules.elder_care.indicators import INDICATORS

MODULE = Module(
    "elder_care",
    Label("养老服务", "Elder care"),
    records=(
        *(places.SITE, places.DEMONSTRATION),
        *(people.ELDER, people.ASSESSMENT, people.PAYMENT),
        *(services.ORDER, services.VISIT, services.AREA, services.CALL),
    ),
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    payments=(people.PAYMENTS,),
    half_year=rows,
)
