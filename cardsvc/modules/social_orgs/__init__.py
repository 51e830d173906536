"""Social organisations: registered or filed, inspected, evaluated, and what government hands over to them."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module
from cardsvc.modules.social_orgs import half_year
from cardsvc.modules.social_orgs.indicators import INDICATORS
from cardsvc.modules.social_orgs.records import RECORDS

MODULE = Module(
    "social_orgs",
    Label("社会组织", "Social organisations"),
    records=RECORDS,
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    half_year=half_year.rows,
)
