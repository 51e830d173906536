"""Welfare lottery and charity: what was sold and raised, what the fund paid for, whom it helped, the award."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module
from cardsvc.modules.welfare_lottery import half_year
from cardsvc.modules.welfare_lottery.indicators import INDICATORS
from cardsvc.modules.welfare_lottery.records import RECORDS

MODULE = Module(
    "welfare_lottery",
    Label("福利彩票与慈善", "Welfare lottery and charity"),
    records=RECORDS,
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    half_year=half_year.rows,
)
