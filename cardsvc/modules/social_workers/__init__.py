"""Social workers: examinations and their qualification review, training, full-time community staff, policy."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module
from cardsvc.modules.social_workers import half_year
from cardsvc.modules.social_workers.indicators import INDICATORS
from cardsvc.modules.social_workers.records import RECORDS

MODULE = Module(
    "social_workers",
    Label("社会工作人才", "Social workers"),
    records=RECORDS,
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    half_year=half_year.rows,
)
