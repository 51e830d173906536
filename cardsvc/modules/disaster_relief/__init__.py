"""Disaster relief: shelters for everybody to find, village officers and their training, plans, relief batches."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module
from cardsvc.modules.disaster_relief import ready, relief
from cardsvc.modules.disaster_relief.half_year import rows
from cardsvc.modules.disaster_relief.indicators import INDICATORS

MODULE = Module(
    "disaster_relief",
    Label("防灾减灾救灾", "Disaster relief"),
    records=(
        *(ready.SHELTER, ready.OFFICER, ready.TRAINING, ready.ATTENDANCE),
        *(ready.PLAN, ready.REVISION, relief.BATCH),
    ),
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    half_year=rows,
)
