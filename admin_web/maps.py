"""Rows with a place as a picture: north up, with counties, a grid of degrees and a scale, from no other service."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice

from admin_web import records
from admin_web.records import At
from cardsvc.context import Context
from cardsvc.core.figures import FILLED
from cardsvc.core.words import Language
from cardsvc.rows import paging
from cardsvc.rows.matching import Wanted
from cardsvc.rows.titles import Reader, titles
from cardsvc.store.engine import Connection

MOST = 2_000
WIDE, HIGH, EDGE = 1000, 700, 40
NARROW = 0.88
"""How long a degree of longitude is beside one of latitude, at 28 degrees north."""
DEGREE_KM = 111.3
"""A degree of latitude."""
SMALLEST = 0.02
"""Degrees that a picture shows at least, so that two neighbours are not at its ends."""
STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 45.0)
"""Degrees between two lines of the grid."""
LINE = 30
"""The height of a name, and the width of a Chinese letter, in the picture's units."""
LINES = 12
"""The most lines of the grid each way."""
BARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
"""Kilometres that the scale may say."""
BAR = 100
"""The shortest scale, in the picture's units."""


@dataclass(frozen=True, slots=True)
class Picture:
    """Places in `WIDE` x `HIGH` units: x, y, the row's id ("" where its page is not theirs), name and county's name.

    `names` are counties in the middle of their places, `upright` and `level` the grid's lines with their degrees,
    `bar` the length of the scale in units and in kilometres.
    """

    places: tuple[tuple[float, float, str, str, str], ...]
    names: tuple[tuple[float, float, str], ...]
    upright: tuple[tuple[float, str], ...]
    level: tuple[tuple[float, str], ...]
    bar: tuple[float, int]

    @property
    def full(self) -> bool:
        """Whether there may be more places than it shows."""
        return len(self.places) >= MOST


def drawn(
    connection: Connection, context: Context, at: At, wanted: Wanted, language: Language, county: str | None = None
) -> Picture | None:
    """The picture of the rows that a list shows to somebody of this county; None where none has a place."""
    placed = replace(wanted, only={**wanted.only, at.record.point: (FILLED,)})
    rows = list(islice(paging.every(connection, context.vault, at.where, placed, 500), MOST))
    if not rows:
        return None
    spots = [tuple(map(float, str(one.values[at.record.point]).split(","))) for one in rows]
    about = (connection, context.vault, context.home_id, at.module, at.record)
    named = titles(*about, rows, language, reader=Reader(county, wanted.as_of))
    counties = records.county_names(language)
    south, north = min(lat for lat, _ in spots), max(lat for lat, _ in spots)
    west, east = min(lon for _, lon in spots), max(lon for _, lon in spots)
    scale = min(
        (WIDE - 2 * EDGE) / (max(east - west, SMALLEST) * NARROW), (HIGH - 2 * EDGE) / max(north - south, SMALLEST)
    )

    def x(lon: float) -> float:
        return round(WIDE / 2 + (lon - (west + east) / 2) * NARROW * scale, 1)

    def y(lat: float) -> float:
        return round(HIGH / 2 - (lat - (south + north) / 2) * scale, 1)

    middles = []
    for code in sorted({one.county for one in rows}):
        here = [spot for spot, one in zip(spots, rows, strict=True) if one.county == code]
        lat, lon = (sum(part) / len(here) for part in zip(*here, strict=True))
        middles.append((x(lon), y(lat), counties.get(code, code)))
    step = next(one for one in STEPS if WIDE / (one * NARROW * scale) <= LINES and HIGH / (one * scale) <= LINES)
    km = next(one for one in BARS if one / DEGREE_KM * scale >= BAR)
    return Picture(
        tuple(
            (x(lon), y(lat), one.id if records.opens(one, county) else "", named[one.id], records.whose(one, language))
            for (lat, lon), one in zip(spots, rows, strict=True)
        ),
        apart(middles),
        tuple(
            (at, said) for at, said in ((x(one), f"{one:.2f}° E") for one in _lines(west, east, step)) if 0 < at < WIDE
        ),
        tuple(
            (at, said)
            for at, said in ((y(one), f"{one:.2f}° N") for one in _lines(south, north, step))
            if 0 < at < HIGH
        ),
        (round(km / DEGREE_KM * scale, 1), km),
    )


def apart(names: Iterable[tuple[float, float, str]]) -> tuple[tuple[float, float, str], ...]:
    """Names in the middle of their places (x, y, name), each moved down as far as it would lie over another."""
    found: list[tuple[float, float, str]] = []
    for x, y, name in sorted(names, key=lambda one: (one[1], one[0])):
        while any(abs(x - a) < (_wide(name) + _wide(there)) / 2 and abs(y - b) < LINE for a, b, there in found):
            y = round(y + LINE / 4, 1)
        found.append((x, y, name))
    return tuple(found)


def _wide(name: str) -> float:
    return sum(LINE if ord(letter) > 0x2E80 else LINE / 2 for letter in name)


def _lines(low: float, high: float, step: float) -> list[float]:
    """The degrees of a grid around these, and beyond them as far as a picture can reach."""
    first = int(low // step) - LINES
    return [round(number * step, 4) for number in range(first, int(high // step) + LINES + 1)]
