"""The radar: which other cases might be mixed up with this one, and which are the same case booked twice.

It sees keyed indexes only, never a name: two cases are compared by what is equal of them (DOMAIN.md section 2,
booking; section 3, 14; section 7, row 2).
"""

from dataclasses import dataclass
from datetime import date

from cardsvc.core.ids import CaseNo
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.terms import AlertWhy


@dataclass(frozen=True, slots=True)
class Signs:
    """What a case is compared by: keyed indexes; None or empty where it was not told.

    `name` is the name as written, `shape` its form without traditional and variant characters, `sounds` its readings.
    """

    name: str | None = None
    shape: str | None = None
    sounds: frozenset[str] = frozenset()
    place: str | None = None
    identity: str | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Echo:
    """Another case that shares a sign; `ended`: its way here is over."""

    case_no: CaseNo
    signs: Signs
    ended: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Another case that could be mixed up with this one, and the strongest reason why."""

    case_no: CaseNo
    why: AlertWhy
    ended: bool = False

    @property
    def detail(self) -> str:
        """How a station is told: the case's number and why."""
        return f"{self.case_no} {self.why}"


def told(detail: str) -> tuple[CaseNo, AlertWhy]:
    """What a station was told of a hit. Raises ValueError for anything else."""
    case_no, _, reason = detail.partition(" ")
    return CaseNo(case_no), AlertWhy(reason)


def duplicate(mine: Signs, echoes: tuple[Echo, ...]) -> Refusal | None:
    """An open case on the same ID number, or of the same name from the same place: the same case a second time."""
    for echo in echoes:
        other = echo.signs
        same_id = mine.identity is not None and mine.identity == other.identity
        named = mine.name is not None and mine.name == other.name
        same_place = mine.place is not None and mine.place == other.place
        if not echo.ended and (same_id or (named and same_place)):
            return Refusal(Problem.CASE_DUPLICATE, echo.case_no)
    return None


def hits(mine: Signs, echoes: tuple[Echo, ...]) -> tuple[Hit, ...]:
    """The cases to be compared with this one by two people, each once."""
    found = ((echo, why(mine, echo)) for echo in sorted(echoes, key=lambda one: one.case_no))
    return tuple(Hit(echo.case_no, reason, echo.ended) for echo, reason in found if reason is not None)


def why(mine: Signs, echo: Echo) -> AlertWhy | None:
    """The strongest reason to compare; of an ended case only its ID number counts."""
    other = echo.signs
    if mine.identity is not None and mine.identity == other.identity:
        return AlertWhy.SAME_ID
    if echo.ended:
        return None
    if mine.name is not None and mine.name == other.name:
        return AlertWhy.SAME_NAME
    if mine.shape is not None and mine.shape == other.shape:
        return AlertWhy.LOOKS_ALIKE
    if mine.sounds & other.sounds:
        return AlertWhy.SOUNDS_ALIKE
    same_place = mine.place is not None and mine.place == other.place
    return AlertWhy.SAME_PLACE if same_place and mine.day == other.day else None
