"""Burial reform: private graves and their conversion, cemeteries, eco-burials with their families, ceremonies."""

from pathlib import Path

from cardsvc.core.records import Label
from cardsvc.modules import Module
from cardsvc.modules.burial_reform import cemeteries, eco, graves
from cardsvc.modules.burial_reform.half_year import rows
from cardsvc.modules.burial_reform.indicators import INDICATORS

MODULE = Module(
    "burial_reform",
    Label("殡葬改革", "Burial reform"),
    records=(
        *(graves.GRAVE, graves.CONVERSION, cemeteries.CEMETERY),
        *(eco.EVENT, eco.SIGN_UP, eco.MEMORIAL, eco.MEETING),
    ),
    indicators=INDICATORS,
    schema=Path(__file__).with_name("schema.sql").read_text(encoding="utf-8"),
    trail=eco.TRAIL,
    half_year=rows,
)
