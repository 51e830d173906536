"""The cards of the live board: which are shown, what each says, drawn once and kept until it changes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from markupsafe import Markup

from admin_web.shell import Shell
from cardsvc.core import stations as station_package
from cardsvc.core.board import APPOINTMENTS, ON_BOARD, Ahead, Block, Blocked, Live, coming, moments, waits_for
from cardsvc.core.facts import Stage
from cardsvc.core.plug import discover
from cardsvc.core.policy import Policy
from cardsvc.core.station import Station
from cardsvc.core.words import Language
from cardsvc.store.boards import Row, live_of

STATIONS = discover(station_package, "STATION", Station)
HOUR = timedelta(hours=1)
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


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the board: drawn, where it belongs, whether it is stuck now."""

    live: Live
    html: Markup
    stuck: bool
    order: str


@dataclass(frozen=True, slots=True)
class Known:
    """What follows from a case and the city's rules alone, whatever the time."""

    live: Live
    blocked: tuple[Blocked, ...]
    moments: tuple[Ahead, ...]


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
        steps = frozenset(STATIONS[wanted.station].steps) if wanted.station else frozenset()
        text = wanted.q.strip().upper()
        found = []
        for row in rows:
            known = self._known(row.text, row.owed_fen > 0)
            one, blocked = known.live, known.blocked
            if one.stage not in ON_BOARD or wanted.stage not in (None, one.stage):
                continue
            if (text and not _says(row, one, text)) or (wanted.stuck and not blocked):
                continue
            active = sum(other.since is None or other.since <= now for other in blocked)
            if steps and not steps & waits_for(one, blocked[:active], row.owed_fen):
                continue
            passed = sum(other.at <= now for other in known.moments)
            hours = max(0, (now - one.since) // HOUR)
            html = self._drawn(row.text, row.shown_name, row.owed_fen > 0, active, passed, hours, looks)
            found.append(Card(one, html, active > 0, order_of(one, active > 0)))
        return sorted(found, key=lambda card: card.order)

    def _learn(self, text: str, owes: bool) -> Known:
        one = live_of(text)
        return Known(one, coming(one, self._policy, int(owes)), moments(one, self._policy))

    def _draw(
        self, text: str, shown_name: str, owes: bool, active: int, passed: int, hours: int, looks: Looks
    ) -> Markup:
        known = self._known(text, owes)
        following = next((one for one in known.moments[passed:] if one.step in APPOINTMENTS), None)
        values = {
            "one": known.live,
            "shown_name": shown_name,
            "chips": chips(known.blocked, active),
            "stuck": active > 0,
            "following": following,
            "hours": hours,
            "looks": looks,
            "order": order_of(known.live, active > 0),
        }
        return self._shell.part(looks.language, "board_card", values)


def order_of(one: Live, stuck: bool) -> str:
    """Sorts a card within its column: as text, so that the page can put a new one in its place."""
    return f"{0 if stuck else 1}{one.since.astimezone(UTC).isoformat(timespec='microseconds')}{one.case_no}"


def _says(row: Row, one: Live, text: str) -> bool:
    return text in one.case_no or text in (one.tag or "").upper() or text in row.shown_name.upper()
