"""A case whose body goes in and out of the cold, with its books kept in memory as the service keeps them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from cardsvc.core import cold_bill, ledger, posting
from cardsvc.core.case import Case
from cardsvc.core.corrections import Standing
from cardsvc.core.facts import Details, Fact, Step
from cardsvc.core.fold import fold
from cardsvc.core.ledger import Account
from cardsvc.core.posting import PostedLine
from cardsvc.core.prices import Line, PriceBook, Tier, Trigger
from cardsvc.core.terms import Payer, Reason, WaiverFor
from cardsvc.core.waived import OnBill, storage_due
from cardsvc.core.waivers import WaiverRule, WaiverTable
from tests.core.story import CASE, START, Story
from tests.core.test_money import BOOK, item

RESIDENT, POOR, VETERAN = WaiverFor.RESIDENT, WaiverFor.LOW_INCOME, WaiverFor.VETERAN


def table(version: int, since: date, *rules: tuple[WaiverFor, int, int]) -> WaiverTable:
    """A waiver table for days in the cold: category, fen a day, days."""
    given = tuple(
        WaiverRule(category=category, item="cold", fen=fen, units=units, legal_basis="city")
        for category, fen, units in rules
    )
    return WaiverTable(version=version, legal_basis="city", valid_from=since, rules=given)


def book(*tables: WaiverTable) -> PriceBook:
    """A day costs 80 yuan, from the sixth on 120."""
    cold = item(
        "cold",
        Trigger.STORAGE_DAY,
        8_000,
        waiver_fen=8_000,
        waiver_units=3,
        tiers=(Tier(from_day=6, price_fen=12_000),),
    )
    return BOOK.model_copy(update={"items": (cold,), "waivers": tables})


TABLE = table(1, date(2026, 1, 1), (RESIDENT, 8_000, 3), (POOR, 5_000, 8), (VETERAN, 3_000, 20))
NEXT = table(2, date(2026, 11, 8), (RESIDENT, 4_000, 2), (POOR, 9_000, 4))
"""The table that begins a week after the body came, and waives more of a day than a day costs."""
HELD = Details(reason=Reason.POLICE, blocks=(Step.LOAD,))


class Said(NamedTuple):
    """What is said of a stay before it is charged: on the family's page, which knows the bill, and at a station."""

    page: int
    station: int


class Books:
    """What stands on the bill and in the accounts after the facts of a case have come, one after the other."""

    def __init__(self, by: PriceBook, booked: Fact) -> None:
        self.by, self.at, self.come = by, START, 0
        self.story = Story([booked])
        self.case: Case = self.story.case
        self.facts = list(self.story.facts)
        self.standing: list[Standing] = []
        self.balances: dict[Account, int] = {}
        self.taken_back: list[tuple[str, Standing]] = []
        self.taken_off: list[Standing] = []
        self.said: list[tuple[Said, int]] = []

    def takes(self, step: Step, details: Details | None = None, at: datetime | None = None) -> None:
        """A step is taken, and its record comes at once."""
        self.at = at or self.at
        self.story.took(step, details=details, at=self.at)
        self.hears(self.story.facts[-1])

    def taken_out(self, details: Details) -> None:
        """The body goes out: what the family's page and a station said before, and what is charged."""
        said, owed = self.meter(), self.owed()
        self.takes(Step.TAKE_OUT, details)
        self.said.append((said, self.owed() - owed))

    def meter(self) -> Said:
        """What the family will owe if the body goes out now, in fen."""
        bill = OnBill(tuple(one.line for one in self.standing), self.book_of)
        page, station = (storage_due(self.case, self.by, self.at, one) for one in (bill, None))
        return Said(page, station)

    def hears(self, fact: Fact) -> None:
        """The record of a step comes, late or not."""
        self.come += 1
        late = any(fact.order < one.order for one in self.facts)
        known, before = self.case, _fold(one for one in self.facts if one.order < fact.order)
        self.facts.append(fact)
        self.case = _fold(self.facts)
        caused = posting.caused(fact, before, self.book_of)
        voided = [line for cause, line in self.taken_back if cause == caused.voided]
        cold = self.cold() if cold_bill.asks(fact, known, self.case, late=late) else None
        posted = posting.post(caused, self.standing, self.balances, voided=voided, cold=cold)
        gone = [one.reverses for one in posted.lines if one.reverses is not None]
        fresh = [
            Standing(self.come, at, one.cause, one.line) for at, one in enumerate(posted.lines) if one.reverses is None
        ]
        self.taken_back += [(one.cause, one.reverses) for one in posted.lines if one.reverses is not None]
        self.standing = [one for one in self.standing if one not in gone] + fresh
        for one in sorted(posted.transfers, key=ledger.lowers):
            self.balances = ledger.added(self.balances, (one,))
            assert ledger.below_floor(self.balances) == (), one

    def book_of(self, version: str | None) -> PriceBook:
        return self.by

    def cold(self) -> tuple[PostedLine, ...]:
        """The lines of days in the cold as the facts make them in their order."""
        ever = (*self.standing, *(line for _, line in self.taken_back))
        return cold_bill.ought(cold_bill.made_anew(self.facts, ever, self.book_of), self.case, self.standing)

    @property
    def lines(self) -> list[Line]:
        """The lines of days in the cold that stand, in their order."""
        return sorted((one.line for one in self.standing), key=lambda line: (line.at, line.price_fen // line.quantity))

    @property
    def days(self) -> int:
        """Days that are charged."""
        return sum(line.quantity for line in self.lines)

    def owed(self, payer: Payer = Payer.FAMILY) -> int:
        """What a payer owes, in fen; what the family paid too much is held for it."""
        held = self.balances.get(ledger.deposits(CASE), 0) if payer is Payer.FAMILY else 0
        return self.balances.get(ledger.receivable(CASE, payer), 0) + held


def _fold(facts: Iterable[Fact]) -> Case:
    case = fold(facts)
    assert case is not None
    return case


def arrived(by: PriceBook, *, resident: bool = False) -> Books:
    """A body that has arrived and may go into the cold."""
    (booked,) = Story().booked(resident=resident).facts
    books = Books(by, booked)
    for step in (Step.DISPATCH, Step.COLLECT, Step.ARRIVE):
        books.takes(step)
    return books
