"""The strip of limits: what waits, how old what is known is, and what still works, shown before a limit bites."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cardsvc.core.facts import Step
from cardsvc.core.limits import Unsent
from cardsvc.core.money import in_yuan
from cardsvc.core.snapshot import Limits, Snapshot
from cardsvc.core.station import Station
from cardsvc.core.words import Language, say

HOUR_S, DAY_S = 3600, 24 * 3600
SHAPES = {"": "", "wait": "▲", "stop": "■"}


@dataclass(frozen=True, slots=True)
class Gauge:
    """One limit: its word, how much of it is used, and quiet, amber or red; the shape says the colour again."""

    word: str
    value: str
    colour: str

    @property
    def shape(self) -> str:
        """The colour as a shape."""
        return SHAPES[self.colour]


@dataclass(frozen=True, slots=True)
class Strip:
    """The gauges, and a sentence on what still works; `hampered` when that is less than all."""

    gauges: tuple[Gauge, ...]
    works: str
    hampered: bool


def strip(
    station: Station, snapshot: Snapshot, unsent: Unsent, *, linked: bool, now: datetime, language: Language
) -> Strip | None:
    """The strip without network, and with it while a limit is half used up; else None: nothing disturbs."""
    limits = snapshot.setup.limits
    age_s = 0.0 if linked else (now - snapshot.made_at).total_seconds()
    oldest_s = (now - unsent.oldest).total_seconds() if unsent.oldest is not None else 0.0
    gauges = list(_gauges(station, limits, unsent, age_s, oldest_s, language))
    if linked and not any(one.colour for one in gauges):
        return None
    full = unsent.rows >= limits.most_unsent or oldest_s > limits.unsent_after_s
    stale = age_s > limits.stale_after_s
    works = "works_observations" if full else "works_stale" if stale else "works"
    said = say(language, f"kiosk.{works}")
    if Step.PAY in station.steps and not full and not linked:
        said += say(language, "kiosk.works_cash", most=in_yuan(limits.cash_fen))
    return Strip(tuple(gauges), said, full or stale)


def _gauges(
    station: Station, limits: Limits, unsent: Unsent, age_s: float, oldest_s: float, language: Language
) -> Iterable[Gauge]:
    if age_s:
        amber = min(limits.amber_after_s, limits.stale_after_s / 2)
        value = say(language, "kiosk.of_hours", count=int(age_s // HOUR_S), most=limits.stale_after_s // HOUR_S)
        yield Gauge(say(language, "kiosk.limit_age"), value, _colour(age_s, amber, limits.stale_after_s))
    rows = f"{unsent.rows:,} / {limits.most_unsent:,}"
    colour = _colour(unsent.rows, limits.most_unsent / 2, limits.most_unsent)
    yield Gauge(say(language, "kiosk.limit_rows"), rows, colour)
    if oldest_s >= DAY_S:
        value = say(language, "kiosk.of_days", count=int(oldest_s // DAY_S), most=limits.unsent_after_s // DAY_S)
        colour = _colour(oldest_s, limits.unsent_after_s / 2, limits.unsent_after_s)
        yield Gauge(say(language, "kiosk.limit_oldest"), value, colour)
    if Step.PAY in station.steps:
        value = f"¥{in_yuan(unsent.cash_fen)} / ¥{in_yuan(limits.cash_station_fen)}"
        colour = _colour(unsent.cash_fen, limits.cash_station_fen / 2, limits.cash_station_fen)
        yield Gauge(say(language, "kiosk.limit_cash"), value, colour)


def _colour(used: float, amber: float, most: float) -> str:
    if used >= most:
        return "stop"
    return "wait" if used >= amber else ""
