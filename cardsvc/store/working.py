"""The working set of one transaction: cases, cards and places loaded once, judged in memory, written once.

The home's log is locked while it lives, so nothing that it has read can change under it. `mark` and `back` are the
savepoint of a record: what a failed record had done to the set is forgotten, and the following ones proceed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection

from cardsvc.core.case import Case
from cardsvc.core.cold_bill import ColdDays
from cardsvc.core.facts import Fact, Step
from cardsvc.core.fold import fold, then
from cardsvc.core.gate import Clearance
from cardsvc.core.hot import HotReason
from cardsvc.core.ids import CardNo, CaseNo, HomeId, JournalId, RecordKey, StaffNo, StationId
from cardsvc.core.ledger import Account, Transfer, balances
from cardsvc.core.permissions import Role
from cardsvc.core.policy import Policy
from cardsvc.core.posting import Posting
from cardsvc.core.prices import Line, PriceBook
from cardsvc.core.problems import Problem
from cardsvc.core.receipts import Receipt
from cardsvc.core.tap import CardChain
from cardsvc.core.terms import Means, Notice, Payer, Reason
from cardsvc.core.till import Shift
from cardsvc.store import reading
from cardsvc.store.lines import LineKey
from cardsvc.store.log import Log

CASE = TypeAdapter(Case)
FACT = TypeAdapter(Fact)
PRICES = TypeAdapter(PriceBook)
DEATH_PAPER = "death_paper"
"""The mark of a death paper: it alone can go from one case to another, or to none."""


@dataclass(slots=True)
class Permit:
    """Leave to load, as the service keeps it."""

    permit: str
    case_no: CaseNo
    furnace: str
    disc: str
    journal_id: JournalId
    state: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """A certificate drawn for a case."""

    case_no: CaseNo
    disc: str
    by: StaffNo


@dataclass(frozen=True, slots=True)
class Voided:
    """A certificate that is void, and why."""

    case_no: CaseNo
    why: Reason


@dataclass(frozen=True, slots=True)
class ReceiptVoid:
    """That a receipt is void: when, why, and the two people who say so."""

    at: datetime
    why: Reason
    by: StaffNo
    second: StaffNo


@dataclass(frozen=True, slots=True)
class Trip:
    """A vehicle and its crew on the way; `log_no` is its start."""

    case_no: CaseNo
    log_no: int
    vehicle: str
    driver: StaffNo
    mate: StaffNo
    started_at: datetime
    ended_at: datetime | None = None
    kilometres: int | None = None


@dataclass(frozen=True, slots=True)
class Stray:
    """Money that a desk took and that is of no case; `said` is the case that its record names, `shift_no` its till
    shift where it is cash, `reference` its slip or the bank's number."""

    log_no: int
    cause: str
    said: str | None
    step: Step
    payer: Payer | None
    means: Means
    amount_fen: int
    at: datetime
    staff_no: StaffNo
    station_id: StationId
    slip: str | None
    shift_no: int | None
    against: tuple[Problem, ...] = ()
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be told outside; `to` and `body` are sealed when they are written."""

    notice: Notice
    case_no: CaseNo


@dataclass(slots=True)
class WorkingSet:
    """What one transaction knows and has changed."""

    connection: Connection
    home_id: HomeId
    log: Log
    now: datetime
    book: PriceBook
    staff: dict[StaffNo, tuple[Role, ...]]
    cases: dict[CaseNo, Case] = field(default_factory=dict)
    cards: dict[CardNo, CardChain] = field(default_factory=dict)
    issue: dict[CardNo, int] = field(default_factory=dict)
    hot: dict[CardNo, HotReason] = field(default_factory=dict)
    profile: dict[CardNo, str] = field(default_factory=dict)
    kind: dict[CardNo, str] = field(default_factory=dict)
    places: dict[tuple[str, str], CaseNo] = field(default_factory=dict)
    marks: dict[tuple[str, str], CaseNo | None] = field(default_factory=dict)
    halls: dict[tuple[str, datetime], CaseNo] = field(default_factory=dict)
    permits: dict[str, Permit] = field(default_factory=dict)
    writes: dict[tuple[CardNo, int], RecordKey] = field(default_factory=dict)
    lines: list[tuple[CaseNo, int, str, Line, LineKey | None]] = field(default_factory=list)
    transfers: list[tuple[CaseNo, int, str, Transfer]] = field(default_factory=list)
    facts: list[tuple[int, Fact]] = field(default_factory=list)
    changed: set[CaseNo] = field(default_factory=set)
    known_before: dict[str, dict[Any, Any]] = field(default_factory=dict)
    heat: dict[CardNo, HotReason] = field(default_factory=dict)
    "Cards that this transaction puts on the hot list."
    missing: dict[tuple[RecordKey, CardNo], CaseNo] = field(default_factory=dict)
    "Records that a card names and that have not come."
    awaited: set[RecordKey] = field(default_factory=set)
    arrived: set[RecordKey] = field(default_factory=set)
    policy: Policy = field(default_factory=Policy)
    sign: Callable[[bytes], bytes] | None = None
    "The service's signature, for what it keeps as proof."
    queue: dict[tuple[str, int], CaseNo] = field(default_factory=dict)
    "Numbers of the furnace queue that this transaction gives: (local day, number)."
    drawn: dict[str, Drawn] = field(default_factory=dict)
    "Certificates that this transaction draws, by number."
    voided: dict[str, Voided] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    "Receipts that this transaction issues."
    receipt_voids: dict[tuple[str, str], ReceiptVoid] = field(default_factory=dict)
    "Receipts that it voids, by family and number."
    trips: dict[CaseNo, Trip] = field(default_factory=dict)
    "Open trips, and those that this transaction starts or ends."
    left: list[Trip] = field(default_factory=list)
    "Trips that ended with a change of vehicle; the body goes on in another."
    broken: set[str] = field(default_factory=set)
    "Vehicles that broke down on their way."
    cleared: list[tuple[int, Clearance]] = field(default_factory=list)
    outgoing: list[tuple[int, Message]] = field(default_factory=list)
    "What is to be told outside."
    sent_again: bool = False
    "The record in hand had been settled by books that were lost: what it says is of before the restore."
    looked: list[tuple[int, int, Fact, Case, Posting]] = field(default_factory=list)
    "What review looks at: log number, number of the first line, the fact, the case before it, what it posted."
    collected: set[CaseNo] = field(default_factory=set)
    "Cases whose ashes went out: their one-time codes are used."
    cold: dict[str, ColdDays] = field(default_factory=dict)
    "What is charged of days in the cold where a record came late, by its cause."
    takings: list[tuple[Fact, int, int | None]] = field(default_factory=list)
    "Cash of this transaction's facts: their log numbers, and the till shifts that they are in."
    of_shift: dict[str, int | None] = field(default_factory=dict)
    "Till shifts that are known to hold the cash of a fact, by its cause; None: it is in none."
    shifts: dict[StaffNo, tuple[Shift, ...]] = field(default_factory=dict)
    "The last till shifts of those who took or gave cash."
    against: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    "What the rules say against money that came in nevertheless, by its cause."
    strays: list[Stray] = field(default_factory=list)
    "Money of no case that this transaction heard of."
    books: dict[str, PriceBook] = field(default_factory=dict)
    "Price lists that are not in force any more, as they were needed."
    traits: dict[tuple[str, str], str] | None = None
    "What each of the home's things is like (JSON of Traits), once it was asked for."

    def mark(self) -> "WorkingSet":
        """A savepoint: the set as it is now."""
        saved: WorkingSet = object.__new__(WorkingSet)
        for name in _KEPT:
            setattr(saved, name, getattr(self, name))
        for name in _DICTS:
            setattr(saved, name, dict(getattr(self, name)))
        for name in _LISTS:
            setattr(saved, name, list(getattr(self, name)))
        for name in _SETS:
            setattr(saved, name, set(getattr(self, name)))
        saved.permits = {code: replace(one) for code, one in self.permits.items()}
        return saved

    def back(self, saved: "WorkingSet") -> None:
        """Forget everything since the savepoint; the links of the log stay."""
        for name in (*_DICTS, *_LISTS, *_SETS, "permits"):
            setattr(self, name, getattr(saved, name))

    def case(self, case_no: CaseNo) -> Case | None:
        """A case as it stands in this transaction."""
        if case_no not in self.cases:
            self.load_cases([case_no])
        return self.cases.get(case_no)

    def load_cases(self, numbers: Iterable[CaseNo]) -> None:
        """Load cases, provisional numbers included, in one query each."""
        wanted = sorted(set(numbers) - set(self.cases))
        if not wanted:
            return
        for row in self.connection.execute(reading.CASES, {"of_home": self.home_id, "wanted": wanted}):
            number = CaseNo(row.case_no)
            self.cases[number] = reading.case(number, row.body)

    def load_cards(self, numbers: Iterable[CardNo]) -> None:
        """Load cards and the end of their chains in one query."""
        wanted = sorted(set(numbers) - set(self.cards))
        if not wanted:
            return
        for row in self.connection.execute(reading.CARDS, {"of_home": self.home_id, "wanted": wanted}):
            last = RecordKey(JournalId(row.last_journal), row.last_seq) if row.last_journal else None
            number = CardNo(row.card_no)
            self.cards[number] = CardChain(number, row.case_no, row.counter, last)
            self.issue[number] = row.issue_no
            if row.hot_reason is not None:
                self.hot[number] = HotReason(row.hot_reason)
            self.profile[number], self.kind[number] = row.profile, row.kind

    def book_of(self, version: str | None) -> PriceBook:
        """The price list of a version; the one in force for None. Raises LookupError when there is no such version."""
        if version is None or version == self.book.version:
            return self.book
        if version not in self.books:
            one = {"of_home": self.home_id, "version": version}
            body = self.connection.execute(reading.PRICE_BOOK, one).scalar_one_or_none()
            if body is None:
                raise LookupError(f"no price list {version}")
            self.books[version] = reading.price_book(body).model_copy(update={"waivers": self.book.waivers})
        return self.books[version]

    def load_things(self) -> None:
        """Load who is where, which marks are used, which halls are held, which permits live: small tables."""
        run, home = self.connection.execute, {"of_home": self.home_id}
        for row in run(reading.OCCUPANCY, home):
            self.places[(row.kind, row.code)] = CaseNo(row.case_no)
        for row in run(reading.HALLS, home):
            self.halls[(row.hall, row.starts)] = CaseNo(row.case_no)
        for row in run(reading.PERMITS, home):
            self.permits[row.permit] = Permit(
                row.permit, CaseNo(row.case_no), row.furnace, row.disc, JournalId(row.journal_id), row.state, row.until
            )
        for row in run(reading.TRIPS, home):
            crew = StaffNo(row.driver), StaffNo(row.mate)
            number = CaseNo(row.case_no)
            self.trips[number] = Trip(number, row.log_no, row.vehicle, *crew, row.started_at, None, row.kilometres)
        for row in run(reading.MISSING, home):
            self.awaited.add(RecordKey(JournalId(row.journal_id), row.seq))
        self.known_before = {
            "places": dict(self.places),
            "halls": dict(self.halls),
            "permits": {code: replace(one) for code, one in self.permits.items()},
            "trips": dict(self.trips),
        }

    def mark_owner(self, kind: str, code: str) -> CaseNo | None:
        """The case that a tag, disc or label is bound to."""
        if (kind, code) in self.marks:
            return self.marks[(kind, code)]
        one = {"of_home": self.home_id, "kind": kind, "code": code}
        owner = self.connection.execute(reading.MARK, one).scalar_one_or_none()
        return CaseNo(owner) if owner else None

    def writer(self, card_no: CardNo, counter: int) -> RecordKey | None:
        """The record that wrote this counter of a card."""
        if (card_no, counter) in self.writes:
            return self.writes[(card_no, counter)]
        one = {"of_home": self.home_id, "card_no": card_no, "counter": counter}
        row = self.connection.execute(reading.WRITER, one).one_or_none()
        return RecordKey(JournalId(row.journal_id), row.seq) if row else None

    def balances(self, case_no: CaseNo) -> dict[Account, int]:
        """The balances of a case's transfers, this transaction's included."""
        return balances((*self._stored_transfers(case_no), *(one for no, _, _, one in self.transfers if no == case_no)))

    def _stored_transfers(self, case_no: CaseNo) -> list[Transfer]:
        rows = self.connection.execute(reading.TRANSFERS, {"of_home": self.home_id, "case_no": case_no})
        return [
            Transfer(debit=Account(one.debit), credit=Account(one.credit), amount_fen=one.amount_fen, memo=one.memo)
            for one in rows
        ]

    def add_fact(self, fact: Fact, log_no: int, *, late: bool) -> None:
        """Add a fact; a late one takes its own place among all facts of its case."""
        self.facts.append((log_no, fact))
        case = self.cases[fact.case_no]
        self.cases[fact.case_no] = fold(self.facts_of(fact.case_no)) or case if late else then(case, fact)
        self.changed.add(fact.case_no)

    def case_at(self, case_no: CaseNo, place: int) -> Case | None:
        """The case as it was when its cards had come to `place` (`core.facts.chain_place`)."""
        return fold(fact for fact in self.facts_of(case_no) if fact.order[0] <= place)

    def facts_of(self, case_no: CaseNo) -> list[Fact]:
        """All facts of a case, those of this transaction too."""
        return [*self.stored_facts(case_no), *(one for _, one in self.facts if one.case_no == case_no)]

    def stored_facts(self, case_no: CaseNo) -> list[Fact]:
        """All facts of a case that earlier transactions stored."""
        rows = self.connection.execute(reading.FACTS, {"of_home": self.home_id, "case_no": case_no})
        return [FACT.validate_json(row.body) for row in rows]

    def has_fact(self, cause: str) -> bool:
        """Whether a fact with this cause is there."""
        if any(fact.cause == cause for _, fact in self.facts):
            return True
        return self.connection.execute(reading.CAUSE, {"of_home": self.home_id, "cause": cause}).first() is not None


_DICTS = (
    "cases",
    "cards",
    "issue",
    "places",
    "marks",
    "halls",
    "writes",
    "hot",
    "heat",
    "missing",
    "queue",
    "drawn",
    "voided",
    "receipt_voids",
    "trips",
    "against",
    "cold",
    "of_shift",
)
_SETS = ("changed", "awaited", "arrived", "collected", "broken")
_LISTS = ("lines", "transfers", "facts", "outgoing", "cleared", "left", "looked", "takings", "receipts", "strays")
_KEPT = tuple(one.name for one in fields(WorkingSet) if one.name not in (*_DICTS, *_SETS, *_LISTS, "permits"))
