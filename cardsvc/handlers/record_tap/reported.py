"""A step as somebody reports or requests it."""

from dataclasses import dataclass
from datetime import datetime

from cardsvc.core.facts import StationKind
from cardsvc.core.ids import CardNo, CaseNo, RecordKey, StationId
from cardsvc.core.preconditions import Asked


@dataclass(frozen=True, slots=True)
class Reported:
    """A step as somebody reports or requests it: by a station's record, or by an entry in the office.

    `cause` is ``journal:seq`` or ``office:log``; `counter` and `last` are what the card said before it was written
    (None when the step writes no card). `happened` is True for what is already so.
    """

    case_no: CaseNo | None
    asked: Asked
    at: datetime
    cause: str
    station_kind: StationKind
    station_id: StationId | None = None
    key: RecordKey | None = None
    card_no: CardNo | None = None
    counter: int | None = None
    last: RecordKey | None = None
    happened: bool = True
    observed: bool = True
