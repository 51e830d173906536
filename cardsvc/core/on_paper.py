"""What a paper of a case may be made from: read in one transaction, in clear only what the paper shows in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cardsvc.core.case import Case
from cardsvc.core.facts import Fact, PlaceKind
from cardsvc.core.gate import Clearance
from cardsvc.core.ids import StaffNo
from cardsvc.core.prices import PriceBook
from cardsvc.core.printing import Printed


@dataclass(frozen=True, slots=True)
class Home:
    """The home as papers name it."""

    name_zh: str
    name_en: str
    phone: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A clearance as it is kept. `signature`: 16 hex digits that name it; `whole`: it is what the service signed."""

    clearance: Clearance
    signature: str
    whole: bool


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A case for one paper. `personal`: names and numbers in full by column, empty for papers that show none."""

    paper: Printed
    of: str
    copy: int
    at: datetime
    by: str
    home: Home
    case: Case
    shown_name: str
    relation: str
    facts: Sequence[Fact]
    book: PriceBook
    titles: Mapping[tuple[PlaceKind, str], tuple[str, str]]
    staff: Mapping[StaffNo, str]
    personal: Mapping[str, str] = field(default_factory=dict, repr=False)
    kept: Kept | None = None
    address: str = ""
    "Where the QR leads; the case's number, or what the label is of, where it leads nowhere."
    code: str = ""
    "The check code of a certificate."
