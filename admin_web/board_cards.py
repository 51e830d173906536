"""The cards of the live board: which are shown, what each says, drawn once and kept until it changes."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup

from admin_web.shell import Shell
from cardsvc.core import stations as station_package
from cardsvc.core.board import APPOINTMENTS, ON_BOARD, Ahead, Block, Blocked, Live, coming, moments, waits_for
from cardsvc.core.due import taken_at
from cardsvc.core.facts import Stage, Step
from cardsvc.core.plug import discover
from cardsvc.core.policy import Policy
from cardsvc.core.station import Station
from cardsvc.core.words import Language
from cardsvc.store.boards import Row, live_of

STATIONS = discover(station_package, "STATION", Station)
SHOWN = frozenset(ON_BOARD)
MOST_KEPT = 20_000
"""Cards that are kept drawn: a few thousand open cases in two languages."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the board is asked for, as it stands in the address."""

    q: str = ""
    stage: Stage | None = None
    station: str = ""
    stuck: bool = False

    @property
    def address(self) -> str:
        """As a query."""
        said = {"q": self.q, "stage": self.stage or "", "station": self.station, "stuck": "true" if self.stuck else ""}
        return urlencode({name: value for name, value in said.items() if value})


@dataclass(frozen=True, slots=True)
class Looks:
    """Who looks: in which language, whether they may see places and open cases."""

    language: Language
    places: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One block as a card shows it; several papers are one chip."""

    block: Block
    whats: tuple[str, ...]
    since: datetime | None
    now: bool


class Card(NamedTuple):
    """A card of the board: drawn, where it belongs, whether it is stuck now."""

    live: Live
    html: Markup
    stuck: bool
    order: str


@dataclass(frozen=True, slots=True)
class Known:
    """What follows from a case and the city's rules alone, whatever the time; moments also as seconds, counted fast."""

    live: Live
    blocked: tuple[Blocked, ...]
    moments: tuple[Ahead, ...]
    blocked_from: tuple[float, ...]
    moments_at: tuple[float, ...]
    since: str


def steps_here(station: Station, row: Row, one: Live, active: Sequence[Blocked]) -> tuple[Step, ...]:
    """The steps for which a case waits at this station."""
    return _taken_at(station.name, one.stage, waits_for(one, active, row.owed_fen))


@lru_cache(maxsize=MOST_KEPT)
def _taken_at(name: str, stage: Stage, waiting: frozenset[Step]) -> tuple[Step, ...]:
    return taken_at(STATIONS[name], STATIONS.values(), stage, waiting)


def chips(blocked: Sequence[Blocked], active: int) -> tuple[Chip, ...]:
    """What blocks, in the order in which it begins; what has not begun yet is drawn hidden."""
    found: list[Chip] = []
    for number, one in enumerate(blocked):
        last = found[-1] if found else None
        if last is not None and one.block is last.block is Block.PAPER and one.since == last.since:
            found[-1] = Chip(last.block, (*last.whats, one.what), last.since, last.now)
        else:
            found.append(Chip(one.block, (one.what,), one.since, number < active))
    return tuple(found)


class Drawing:
    """Draws cards. A card is drawn again only when what it says has changed."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self._policy = shell, Policy()
        self._known = lru_cache(maxsize=MOST_KEPT)(self._learn)
        self._drawn = lru_cache(maxsize=MOST_KEPT)(self._draw)

    def cards(self, rows: Iterable[Row], wanted: Wanted, policy: Policy, looks: Looks, now: datetime) -> list[Card]:
        """The cards that are asked for, those that are stuck first, then the longest here."""
        if policy != self._policy:
            self._policy = policy
            self._known.cache_clear()
            self._drawn.cache_clear()
        station = STATIONS.get(wanted.station)
        text, at = wanted.q.strip().upper(), now.timestamp()
        found = []
        for row in rows:
            known = self._known(row.text, row.owed_fen > 0)
            one, blocked = known.live, known.blocked
            if one.stage not in SHOWN or wanted.stage not in (None, one.stage):
                continue
            if (text and not _says(row, one, text)) or (wanted.stuck and not blocked):
                continue
            active = bisect_right(known.blocked_from, at)
            if station is not None and not steps_here(station, row, one, blocked[:active]):
                continue
            passed = bisect_right(known.moments_at, at)
            html = self._drawn(row.text, row.shown_name, row.owed_fen > 0, active, passed, looks)
            found.append(Card(one, html, active > 0, f"{0 if active else 1}{known.since}"))
        return sorted(found, key=attrgetter("order"))

    def _learn(self, text: str, owes: bool) -> Known:
        one = live_of(text)
        blocked, ahead = coming(one, self._policy, int(owes)), moments(one, self._policy)
        return Known(
            one,
            blocked,
            ahead,
            tuple(row.since.timestamp() if row.since is not None else 0.0 for row in blocked),
            tuple(row.at.timestamp() for row in ahead),
            f"{one.since.astimezone(UTC):%Y%m%d%H%M%S}{one.case_no}",
        )

    def _draw(self, text: str, shown_name: str, owes: bool, active: int, passed: int, looks: Looks) -> Markup:
        known = self._known(text, owes)
        following = next((one for one in known.moments[passed:] if one.step in APPOINTMENTS), None)
        values = {
            "one": known.live,
            "shown_name": shown_name,
            "chips": chips(known.blocked, active),
            "order": f"{0 if active else 1}{known.since}",
            "following": following,
            "looks": looks,
        }
        return self._shell.part(looks.language, "board_card", {**values, "stuck": active > 0})


def _says(row: Row, one: Live, text: str) -> bool:
    return text in one.case_no or text in (one.tag or "").upper() or text in row.shown_name.upper()
