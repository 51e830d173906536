"""What a station knows when it decides alone.

A snapshot is replaced or moved on by a signed delta, all or nothing; its version is the service's log number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from pydantic import AwareDatetime, Field, model_validator

from cardsvc.core.card.image import TrailKey
from cardsvc.core.case import Case
from cardsvc.core.facts import Code, PaymentCause, PlaceKind, StationKind, Wire
from cardsvc.core.ids import CardNo, CaseNo, HomeId, JournalId, StaffNo, StationId
from cardsvc.core.ledger import Bill
from cardsvc.core.paying import OrderState
from cardsvc.core.permissions import Role
from cardsvc.core.policy import Policy
from cardsvc.core.prices import PriceBook
from cardsvc.core.receipts import Family
from cardsvc.core.reversal import PaidIn
from cardsvc.core.terms import Payer, Reason
from cardsvc.core.wire import Key


class StaffMember(Wire):
    """Somebody who may sign in at this station: a shown name such as 张某, roles, and a verifier of the PIN."""

    staff_no: StaffNo
    shown_name: str
    roles: tuple[Role, ...]
    pin_hash: str = Field(repr=False)
    drawer: str | None = None
    "That of their open till shift."


class Traits(Wire):
    """What a slot, vehicle, hall or furnace is like; centimetres, kilograms. `closed`: out of service, and why."""

    closed: Reason | None = None
    video: bool = True
    max_length_cm: int = Field(default=210, ge=50, le=400)
    max_width_cm: int = Field(default=80, ge=30, le=200)
    max_weight_kg: int = Field(default=150, ge=50, le=500)
    temporary: bool = False
    "Set up for a surge."
    plate: str | None = Field(default=None, max_length=20)
    "A vehicle's number plate."


class Resource(Wire):
    """A slot, vehicle, hall, furnace or shelf, and the case that has it."""

    kind: PlaceKind
    code: str
    title_zh: str
    title_en: str
    traits: Traits = Traits()
    taken_by: CaseNo | None = None


class StationKey(Wire):
    """A key with which a station signs, or signed, trail entries; `number` is its number on the card.

    Each journal has its own key, and those of retired journals stay listed: what they wrote is still true. `suspect`
    marks the key of a stolen or copied station: good only for what the service has heard of (docs/protocol.md).
    """

    number: int
    journal_id: JournalId
    station_id: StationId
    kind: StationKind
    public_key: str
    "Ed25519, 64 hex digits."
    suspect: bool = False


class KnownCard(Wire):
    """A card that may be presented: in an open case, blank in the pool (`case_no` None), or somebody's of the staff.

    `sealed_keys` maps key numbers to diversified keys, sealed to this station (HPKE), base64.
    """

    card_no: CardNo
    uid: str
    profile: str
    issue_no: int
    case_no: CaseNo | None
    counter: int
    last: Key | None
    sealed_keys: dict[int, str] = Field(default_factory=dict, repr=False)
    staff_no: StaffNo | None = None
    "The owner of a staff card, which is never a family's."


class BillLine(Wire):
    """A line of the bill as the cashier's page shows it."""

    item: str
    name_zh: str
    name_en: str
    quantity: int
    price_fen: int
    waiver_fen: int
    due_fen: int
    payer: str
    legal_basis: str
    waiver_source: str | None = Field(default=None, exclude_if=lambda value: value is None)
    "What the waiver stands on, as `core.waiver_source` writes it; told to the family, not to stations."


class Owed(Wire):
    """What somebody beside the family and the treasury still owes for a case, in fen."""

    payer: Payer
    fen: int = Field(ge=1)


class Given(Wire):
    """A receipt that a payment gave, as the cashier's page shows it: `cause` is the payment's, `copies` its prints."""

    family: Family
    number: Code
    amount_fen: int = Field(ge=1)
    cause: PaymentCause
    copies: int = Field(default=0, ge=0)


class AskedPay(Wire):
    """A QR payment that a payer was asked for; `qr` is what its code holds, "" before the provider has taken it."""

    order_no: str
    payer: Payer
    amount_fen: int = Field(ge=1)
    state: OrderState
    qr: str
    expires_at: AwareDatetime


class KnownCase(Wire):
    """An open case as a station may know it; `shown_name` is masked (王某)."""

    case: Case
    shown_name: str
    bill: Bill
    lines: tuple[BillLine, ...] = ()
    owed: tuple[Owed, ...] = ()
    "What third parties owe: only where bills are shown."
    payments: tuple[PaidIn, ...] = Field(default=(), exclude_if=lambda value: not value)
    "What may be taken back as entered by mistake: only at the cashier's."
    receipts: tuple[Given, ...] = Field(default=(), exclude_if=lambda value: not value)
    "The receipts that are not void: only at the cashier's."
    orders: tuple[AskedPay, ...] = Field(default=(), exclude_if=lambda value: not value)
    "QR payments of the last hour, the newest first: only at the cashier's."


class Limits(Wire):
    """What a city allows without network (RELIABILITY.md section 6): seconds, rows, fen; a permit's milliseconds."""

    amber_after_s: int = Field(default=24 * 3600, ge=3600, le=30 * 24 * 3600)
    stale_after_s: int = Field(default=72 * 3600, ge=3600, le=30 * 24 * 3600)
    most_unsent: int = Field(default=10_000, ge=100, le=100_000)
    unsent_after_s: int = Field(default=14 * 24 * 3600, ge=24 * 3600, le=60 * 24 * 3600)
    cash_fen: int = Field(default=2_000_000, ge=0, le=100_000_000)
    cash_station_fen: int = Field(default=10_000_000, ge=0, le=1_000_000_000)
    permit_ms: int = Field(default=90_000, ge=10_000, le=120_000)

    @model_validator(mode="after")
    def _ordered(self) -> "Limits":
        if self.amber_after_s > self.stale_after_s:
            raise ValueError("amber_after_s is above stale_after_s")
        if self.cash_fen > self.cash_station_fen:
            raise ValueError("cash_fen is above cash_station_fen")
        return self


class Setup(Wire):
    """What changes rarely: the home, its people, places, prices and stations."""

    version: int
    home_id: HomeId
    home_name_zh: str
    home_name_en: str
    staff: tuple[StaffMember, ...]
    resources: tuple[Resource, ...]
    stations: tuple[StationKey, ...]
    prices: PriceBook
    limits: Limits = Limits()
    policy: Policy = Policy()


class HotList(Wire):
    """Cards that no station may serve: lost, replaced, copied. Its own version lets it be told at once."""

    version: int = Field(default=0, ge=0)
    cards: tuple[CardNo, ...] = ()


class SnapshotDelta(Wire):
    """News since version `since` (0: all of it)."""

    since: int = Field(ge=0)
    version: int = Field(ge=0)
    made_at: AwareDatetime
    setup: Setup | None = None
    hot: HotList | None = None
    cases: tuple[KnownCase, ...] = ()
    gone_cases: tuple[CaseNo, ...] = ()
    cards: tuple[KnownCard, ...] = ()
    gone_cards: tuple[CardNo, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a station knows, as of one version."""

    version: int
    made_at: AwareDatetime
    setup: Setup
    hot: HotList = field(default_factory=HotList)
    cases: Mapping[CaseNo, KnownCase] = field(default_factory=lambda: MappingProxyType({}))
    cards: Mapping[CardNo, KnownCard] = field(default_factory=lambda: MappingProxyType({}))

    def card_by_uid(self, uid: bytes) -> KnownCard | None:
        """The card with this UID; None when this station does not know it."""
        wanted = uid.hex()
        return next((card for card in self.cards.values() if card.uid == wanted), None)

    def staff(self, staff_no: StaffNo | None) -> StaffMember | None:
        """The staff member with this number; None when there is none here."""
        return next((one for one in self.setup.staff if one.staff_no == staff_no), None)

    def trail_key(self, number: int, journal_id: JournalId) -> TrailKey | None:
        """The key that the station with this number on the card had for this journal."""
        found = (one for one in self.setup.stations if one.number == number and one.journal_id == journal_id)
        return next((TrailKey(bytes.fromhex(one.public_key), one.suspect) for one in found), None)


def apply(known: Snapshot | None, news: SnapshotDelta) -> Snapshot:
    """Move a snapshot on. Raises ValueError when the news do not follow what is known: ask for all of it."""
    if news.since == 0:
        if news.setup is None:
            raise ValueError("a whole snapshot needs its setup")
        base = Snapshot(news.version, news.made_at, news.setup)
    elif known is None or known.version != news.since:
        raise ValueError(f"news since {news.since} do not follow version {known.version if known else 0}")
    else:
        base = known
    gone_cases, gone_cards = set(news.gone_cases), set(news.gone_cards)
    cases = {no: one for no, one in base.cases.items() if no not in gone_cases}
    cards = {no: one for no, one in base.cards.items() if no not in gone_cards}
    cases |= {one.case.case_no: one for one in news.cases}
    cards |= {one.card_no: one for one in news.cards}
    setup, hot = news.setup or base.setup, news.hot or base.hot
    return Snapshot(news.version, news.made_at, setup, hot, MappingProxyType(cases), MappingProxyType(cards))
