"""From a fact to the lines it causes: no tap, no charge; no charge without its line (DOMAIN.md section 6).

The tariff is data (`PriceBook`) with a legal basis and a validity; nothing here knows an amount.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field, model_validator

from cardsvc.core import waivers
from cardsvc.core.case import Case
from cardsvc.core.facts import Code, Details, Fact, Step, StepTaken, Wire
from cardsvc.core.local_time import local
from cardsvc.core.portions import ash_periods
from cardsvc.core.storage import StorageDay, ended_days, stay
from cardsvc.core.terms import Payer, Reason, WaiverFor
from cardsvc.core.waived_days import PricedDay, best
from cardsvc.core.waiver_source import GivenBy
from cardsvc.core.waivers import Grant, WaiverTable


class Regime(StrEnum):
    """How a price is bound."""

    ADMINISTRATIVE = "administrative"
    GUIDED = "guided"
    REFERENCE = "reference"


class Trigger(StrEnum):
    """Which tap causes an item; `QUOTED` items are charged when the quote is signed."""

    TRANSPORT = "transport"
    STORAGE_DAY = "storage_day"
    DRESSING = "dressing"
    FAREWELL = "farewell"
    CREMATION = "cremation"
    URN = "urn"
    ASH_STORAGE = "ash_storage"
    QUOTED = "quoted"
    CANCELLATION = "cancellation"


def _unsaid(value: object) -> bool:
    """What is not said is not written: a list without the newer rules reads as it always did."""
    return value in (None, "", ())


class Tier(Wire):
    """From this day of storage on (counted from 1, over all periods of the case) a day costs `price_fen`."""

    from_day: int = Field(ge=2, le=3_650)
    price_fen: int = Field(ge=0)


class PriceItem(Wire):
    """One row of the price list.

    `price_fen` is for one unit; beyond `included` units (kilometres for transport) each further unit costs
    `extra_fen`, and each floor above `floors_included` costs `floor_fen`. Before the city's first waiver table,
    a resident's basic service is waived up to `waiver_fen`, for at most `waiver_units` units.
    """

    item: Code
    name_zh: str
    name_en: str
    unit: str
    regime: Regime
    legal_basis: str
    trigger: Trigger
    price_fen: int = Field(ge=0)
    included: int = 0
    extra_fen: int = 0
    floors_included: int = 0
    floor_fen: int = 0
    waiver_fen: int = 0
    waiver_units: int = 0
    period_days: int = Field(default=365, ge=1)
    "Days of one unit of ash storage."
    within_hours: int = Field(default=0, ge=0)
    "A cancellation is charged when the family gives its hall up less than this before it."
    tiers: tuple[Tier, ...] = Field(default=(), max_length=10)
    default: bool = False
    "Charged by its trigger when the signed quote names no other item for it."
    cap_fen: int | None = Field(default=None, ge=0, exclude_if=_unsaid)
    "The most that a government-guided price, or a tier of it, may be."
    low_fen: int | None = Field(default=None, ge=0, exclude_if=_unsaid)
    high_fen: int | None = Field(default=None, ge=0, exclude_if=_unsaid)
    "The range of a reference price: outside it only with `why_outside`."
    why_outside: str = Field(default="", max_length=200, exclude_if=_unsaid)
    includes: tuple[Code, ...] = Field(default=(), max_length=20, exclude_if=_unsaid)
    "Items that this price pays for too: they are not charged beside it."

    @model_validator(mode="after")
    def _ordered(self) -> "PriceItem":
        days = [one.from_day for one in self.tiers]
        if days != sorted(set(days)):
            raise ValueError(f"{self.item}: tiers out of order")
        if self.tiers and self.trigger is not Trigger.STORAGE_DAY:
            raise ValueError(f"{self.item}: only days have tiers")
        return self

    def first_day(self, fen: int) -> int:
        """From which day on a day costs so much, in fen; the first one for a price that no tier has."""
        return next((one.from_day for one in self.tiers if one.price_fen == fen), 1)

    def day_fen(self, number: int) -> int:
        """What the day with this number costs, in fen."""
        return next((one.price_fen for one in reversed(self.tiers) if one.from_day <= number), self.price_fen)


class PriceBook(Wire):
    """A price list: a version, its legal basis and its validity."""

    version: Code
    legal_basis: str
    valid_from: date
    valid_to: date | None
    items: tuple[PriceItem, ...]
    waivers: tuple[WaiverTable, ...] = Field(default=(), exclude_if=_unsaid)
    "The city's waiver tables, which are published apart: whoever opens a list puts them beside it."

    def find(self, item: str) -> PriceItem | None:
        """The row of an item; None when it is not in the list."""
        return next((row for row in self.items if row.item == item), None)

    def inside(self, item: str) -> frozenset[str]:
        """The items that the price of this one pays for too, those of its own parts included."""
        found: set[str] = set()
        left = [item]
        while left:
            row = self.find(left.pop())
            further = set(row.includes) - found if row is not None else set()
            found |= further
            left.extend(further)
        return frozenset(found - {item})


class Line(Wire):
    """One line of a bill before it is posted: price - waiver = due."""

    item: Code
    quantity: int = Field(ge=1)
    price_fen: int = Field(ge=0)
    waiver_fen: int = Field(ge=0)
    payer: Payer
    waiver_payer: Payer | None
    legal_basis: str
    price_version: Code
    at: AwareDatetime
    waiver_source: str | None = None
    "What the waiver stands on, as `core.waiver_source` writes it."

    @property
    def due_fen(self) -> int:
        """What the payer owes for this line, in fen."""
        return self.price_fen - self.waiver_fen


_TRIGGERS = {
    Step.COLLECT: Trigger.TRANSPORT,
    Step.TAKE_OUT: Trigger.STORAGE_DAY,
    Step.TRANSFER_OUT: Trigger.STORAGE_DAY,
    Step.QUEUE: Trigger.STORAGE_DAY,
    Step.PREPARED: Trigger.DRESSING,
    Step.FAREWELL_OVER: Trigger.FAREWELL,
    Step.LOAD: Trigger.CREMATION,
    Step.SEAL: Trigger.URN,
    Step.UNSHELVE: Trigger.ASH_STORAGE,
    Step.RENEW_STORAGE: Trigger.ASH_STORAGE,
    Step.RELEASE_SLOT: Trigger.CANCELLATION,
    Step.CANCEL: Trigger.CANCELLATION,
    Step.SIGN_QUOTE: Trigger.QUOTED,
}


def lines_for(fact: Fact, before: Case, book: PriceBook) -> tuple[Line, ...]:
    """The lines that a fact causes, given the case before it and the price list in force.

    Source: DOMAIN.md section 6; WORKFLOW.md column *line it causes*.
    """
    if not isinstance(fact.body, StepTaken) or fact.body.step not in _TRIGGERS:
        return ()
    trigger = _TRIGGERS[fact.body.step]
    if trigger is Trigger.STORAGE_DAY:
        return running_meter(before, book, fact.at)
    if trigger is Trigger.QUOTED:
        paid = paid_within(before, book)
        return tuple(
            line_of(row, chosen.count, fact.at, before, book)
            for chosen in before.items
            if (row := book.find(chosen.item)) is not None and row.trigger is Trigger.QUOTED and row.item not in paid
        )
    details, rows = fact.body.details, rows_of(before, book, trigger)
    if trigger is Trigger.ASH_STORAGE:
        until = details.due if fact.body.step is Step.RENEW_STORAGE and details.due is not None else fact.at
        counted = ((row, ash_periods(before, until, row.period_days)) for row in rows)
        return tuple(line_of(row, periods, fact.at, before, book) for row, periods in counted if periods)
    if trigger is Trigger.CANCELLATION:
        kept = _cancelled_late(rows, before, fact.at) if details.reason is Reason.FAMILY_WISH else ()
        return tuple(line_of(row, 1, fact.at, before, book) for row in kept)
    return tuple(line_of(row, 1, fact.at, before, book, details) for row in rows)


def trigger_of(step: Step) -> Trigger | None:
    """What a step causes items to be charged by; None for a step that charges nothing."""
    return _TRIGGERS.get(step)


def is_paid_within(case: Case, book: PriceBook, trigger: Trigger) -> bool:
    """Whether the items of a trigger make no line because the price of others pays for all of them."""
    return bool(_chosen(case, book, trigger)) and not rows_of(case, book, trigger)


def running_meter(case: Case, book: PriceBook, now: datetime) -> tuple[Line, ...]:
    """What storage would cost if the body were taken out now: the family sees it before it runs."""
    earlier, days = stay(case, now)
    rows = storage_rows(case, book) if days else ()
    return tuple(line for row in rows for line in _storage_lines(row, earlier, days, now, case, book))


def charged_days(case: Case, book: PriceBook) -> tuple[Line, ...]:
    """The lines of closed periods, as the case tells of them and its list charges them."""
    at = {taken.cause: taken.at for taken in case.taken}
    days: dict[str, list[StorageDay]] = {}
    for by, day in ended_days(case):
        days.setdefault(by, []).append(day)
    rows = storage_rows(case, book) if days else ()
    return tuple(
        line
        for by, some in days.items()
        for row in rows
        for line in _storage_lines(row, (), tuple(some), at[by], case, book)
    )


def storage_rows(case: Case, book: PriceBook) -> tuple[PriceItem, ...]:
    """The rows of the price list that a day of cold storage costs in this case."""
    return rows_of(case, book, Trigger.STORAGE_DAY)


def _priced(row: PriceItem, days: tuple[StorageDay, ...], case: Case) -> list[PricedDay]:
    """Days as this row charges them; where somebody took the item over, all of them are one payer's."""
    switched = any(one.item == row.item for one in case.switched)
    return [
        PricedDay(row.day_fen(one.number), _payer(case, row, one.payer), one.number if switched else one.of_payer)
        for one in days
    ]


def _storage_lines(
    row: PriceItem,
    earlier: tuple[StorageDay, ...],
    days: tuple[StorageDay, ...],
    at: datetime,
    case: Case,
    book: PriceBook,
) -> list[Line]:
    """A line for each payer and each price of a day; the waived days are the first ones that the family would pay."""
    granted = best(_priced(row, (*earlier, *days), case), grants_for(row, case, book, at))
    groups: dict[tuple[Payer, int], list[PricedDay]] = {}
    for usual, day in zip(days, _priced(row, days, case), strict=True):
        groups.setdefault((usual.payer, day.fen), []).append(day)
    lines = []
    for (_, fen), group in groups.items():
        waiver = sum(day.waived_fen(granted) for day in group)
        lines.append(_whole(row, len(group), fen * len(group), group[0].payer, waiver, granted, at, book))
    return lines


def _cancelled_late(rows: tuple[PriceItem, ...], case: Case, at: datetime) -> tuple[PriceItem, ...]:
    """The rule for a hall that is given up this late: the one with the shortest notice that still holds."""
    if case.appointment is None or case.has_taken(Step.FAREWELL):
        return ()
    late = [row for row in rows if case.appointment - at < timedelta(hours=row.within_hours)]
    return tuple(sorted(late, key=lambda row: row.within_hours)[:1])


def taken_in(lines: tuple[Line, ...], book: PriceBook) -> frozenset[str]:
    """The items that these lines pay for too: a line that stands for one of them is taken back."""
    return frozenset().union(*(book.inside(line.item) for line in lines))


def paid_within(case: Case, book: PriceBook) -> frozenset[str]:
    """What the quoted items and those that taps have charged pay for too: nothing of it becomes a line."""
    there = {*(one.item for one in case.items), *tapped(case, book)}
    return frozenset().union(*(book.inside(item) for item in there))


def once_more(line: Line, row: PriceItem, case: Case, book: PriceBook) -> Line | None:
    """A line that had been taken back, as it stands again: of the quote as it is now, or of its tap as it was.

    None where the quote has its item no more. Its payer is who pays the item now.
    """
    if row.trigger is not Trigger.QUOTED:
        return line.model_copy(update={"payer": _payer(case, row, line.payer)})
    now, chosen = book.find(line.item), next((one for one in case.items if one.item == line.item), None)
    return line_of(now, chosen.count, line.at, case, book) if now is not None and chosen is not None else None


def tapped(case: Case, book: PriceBook) -> tuple[str, ...]:
    """The items that the taps of the case so far have charged."""
    triggers = dict.fromkeys(_TRIGGERS[taken.step] for taken in case.taken if taken.step in _TRIGGERS)
    seen = (one for one in triggers if one not in (Trigger.QUOTED, Trigger.CANCELLATION))
    return tuple(row.item for trigger in seen for row in _chosen(case, book, trigger))


def rows_of(case: Case, book: PriceBook, trigger: Trigger) -> tuple[PriceItem, ...]:
    """What a tap with this trigger charges: what the quote chose, else what is usual, less what was paid within."""
    rows = _chosen(case, book, trigger)
    paid = paid_within(case, book) if any(row.includes for row in book.items) else frozenset()
    return tuple(row for row in rows if row.item not in paid)


def _chosen(case: Case, book: PriceBook, trigger: Trigger) -> tuple[PriceItem, ...]:
    rows = tuple(row for row in book.items if row.trigger is trigger)
    chosen = tuple(row for row in rows if any(one.item == row.item for one in case.items))
    return chosen or tuple(row for row in rows if row.default)


def line_of(
    row: PriceItem, count: int, at: datetime, case: Case, book: PriceBook, details: Details | None = None
) -> Line:
    """The line of so many units of a row; `details` tell of a transport its kilometres and floor."""
    price = row.price_fen * count
    if details is not None:
        price += max(0, (details.kilometres or 0) - row.included) * row.extra_fen
        price += max(0, (details.floor or 0) - row.floors_included) * row.floor_fen
    payer = _payer(case, row, Payer.FAMILY)
    granted = granted_for(row, price, count, case, book, at) if payer is Payer.FAMILY else None
    waiver = granted.of(price, count) if granted is not None else 0
    return _whole(row, count, price, payer, waiver, granted, at, book)


def _whole(
    row: PriceItem,
    count: int,
    price: int,
    payer: Payer,
    waiver: int,
    granted: Grant | None,
    at: datetime,
    book: PriceBook,
) -> Line:
    held = granted if waiver else None
    return Line(
        item=row.item,
        quantity=count,
        price_fen=price,
        waiver_fen=waiver,
        payer=payer,
        waiver_payer=held.bearer if held is not None else None,
        legal_basis=basis_of(row, held),
        waiver_source=held.source if held is not None else None,
        price_version=book.version,
        at=at,
    )


def granted_for(row: PriceItem, price_fen: int, count: int, case: Case, book: PriceBook, at: datetime) -> Grant | None:
    """What waives most of a price for `count` units of an item in this case; None where nothing waives any of it."""
    return max(grants_for(row, case, book, at), key=lambda one: one.of(price_fen, count), default=None)


def grants_for(row: PriceItem, case: Case, book: PriceBook, at: datetime) -> tuple[Grant, ...]:
    """What each category of the case is let off of an item: by the table of the day, before the first by the row."""
    day = local(at).date()
    if waivers.table_on(book.waivers, day) is not None:
        return waivers.grants(case, row.item, book.waivers, day)
    if not case.resident or not row.waiver_fen:
        return ()
    (resident, *_) = waivers.entitlements(case)
    source = waivers.source_of(resident, local(case.opened_at).date(), (GivenBy.LIST, book.version))
    return (Grant(WaiverFor.RESIDENT, row.waiver_fen, row.waiver_units, Payer.TREASURY, source),)


def basis_of(row: PriceItem, granted: Grant | None) -> str:
    """The legal basis of a line: of its price and of its waiver."""
    own = granted.basis if granted is not None else ""
    return " ".join(dict.fromkeys(part for part in (row.legal_basis, own) if part))


def _payer(case: Case, row: PriceItem, usual: Payer) -> Payer:
    """Who pays: whoever took the item over, else who pays it usually."""
    return next((one.payer for one in case.switched if one.item == row.item), usual)
