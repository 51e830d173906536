"""From a fact to the lines it causes: no tap, no charge; no charge without its line (DOMAIN.md section 6).

The tariff is data (`PriceBook`) with a legal basis and a validity; nothing here knows an amount.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, Field

from cardsvc.core.case import Case
from cardsvc.core.facts import Code, Details, Fact, Quantity, Step, StepTaken, Wire
from cardsvc.core.portions import shelved_since
from cardsvc.core.terms import Payer, Reason


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


class PriceItem(Wire):
    """One row of the price list.

    `price_fen` is for one unit; beyond `included` units (kilometres for transport) each further unit costs
    `extra_fen`, and each floor above `floors_included` costs `floor_fen`. A resident's basic service is waived up to
    `waiver_fen`, for at most `waiver_units` units.
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
    default: bool = False
    "Charged by its trigger when the signed quote names no other item for it."


class PriceBook(Wire):
    """A price list: a version, its legal basis and its validity."""

    version: Code
    legal_basis: str
    valid_from: date
    valid_to: date | None
    items: tuple[PriceItem, ...]

    def find(self, item: str) -> PriceItem | None:
        """The row of an item; None when it is not in the list."""
        return next((row for row in self.items if row.item == item), None)


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
        days = days_stored(before, fact.at)
        return tuple(_line(row, days, fact.at, before, book) for row in _items(before, book, trigger) if days)
    if trigger is Trigger.QUOTED:
        return tuple(
            _line(row, chosen.count, fact.at, before, book)
            for chosen in before.items
            if (row := book.find(chosen.item)) is not None and row.trigger is Trigger.QUOTED
        )
    details, rows = fact.body.details, _items(before, book, trigger)
    if trigger is Trigger.ASH_STORAGE:
        until = details.due if fact.body.step is Step.RENEW_STORAGE and details.due is not None else fact.at
        counted = ((row, ash_periods(before, until, row.period_days)) for row in rows)
        return tuple(_line(row, periods, fact.at, before, book) for row, periods in counted if periods)
    if trigger is Trigger.CANCELLATION:
        kept = _cancelled_late(rows, before, fact.at) if details.reason is Reason.FAMILY_WISH else ()
        return tuple(_line(row, 1, fact.at, before, book) for row in kept)
    return tuple(_line(row, 1, fact.at, before, book, details) for row in rows)


def running_meter(case: Case, book: PriceBook, now: datetime) -> tuple[Line, ...]:
    """What storage would cost if the body were taken out now: the family sees it before it runs."""
    days = days_stored(case, now)
    return tuple(_line(row, days, now, case, book) for row in _items(case, book, Trigger.STORAGE_DAY) if days)


def days_stored(case: Case, until: datetime) -> int:
    """Days of the storage period that is open in this case, a begun day counting whole; 0 when none is open."""
    if not case.taken:
        return 0
    moved = [taken for taken in case.taken if taken.step in (Step.STORE, Step.TAKE_OUT)]
    if not moved or moved[-1].step is not Step.STORE:
        return 0
    return max(1, -(-(until - moved[-1].at) // timedelta(days=1)))


def ash_periods(case: Case, until: datetime, period_days: int) -> int:
    """Storage periods of the ashes that are begun by `until` and not charged yet; one contract for all portions."""
    since = shelved_since(case.taken)
    if since is None:
        return 0
    later = [taken for taken in case.taken if taken.at >= since]
    charged = [taken.at for taken in later if taken.step is Step.UNSHELVE]
    if case.storage_until is not None and any(taken.step is Step.RENEW_STORAGE for taken in later):
        charged.append(case.storage_until)
    period = timedelta(days=period_days)
    begun, before = (max(1, -(-(end - since) // period)) for end in (until, max(charged, default=until)))
    return max(0, begun - before) if charged else begun


def _cancelled_late(rows: tuple[PriceItem, ...], case: Case, at: datetime) -> tuple[PriceItem, ...]:
    """The rule for a hall that is given up this late: the one with the shortest notice that still holds."""
    if case.appointment is None or case.has_taken(Step.FAREWELL):
        return ()
    late = [row for row in rows if case.appointment - at < timedelta(hours=row.within_hours)]
    return tuple(sorted(late, key=lambda row: row.within_hours)[:1])


def unlisted(items: tuple[Quantity, ...], book: PriceBook) -> tuple[str, ...]:
    """The items that are not in the list in force and so cannot be billed."""
    return tuple(chosen.item for chosen in items if book.find(chosen.item) is None)


def _items(case: Case, book: PriceBook, trigger: Trigger) -> tuple[PriceItem, ...]:
    rows = tuple(row for row in book.items if row.trigger is trigger)
    chosen = tuple(row for row in rows if any(one.item == row.item for one in case.items))
    return chosen or tuple(row for row in rows if row.default)


def _line(
    row: PriceItem, count: int, at: datetime, case: Case, book: PriceBook, details: Details | None = None
) -> Line:
    price = row.price_fen * count
    if details is not None:
        price += max(0, (details.kilometres or 0) - row.included) * row.extra_fen
        price += max(0, (details.floor or 0) - row.floors_included) * row.floor_fen
    used = _waived_units(case, row)
    units = max(0, min(count, row.waiver_units - used))
    waiver = min(price, units * row.waiver_fen) if case.resident else 0
    return Line(
        item=row.item,
        quantity=count,
        price_fen=price,
        waiver_fen=waiver,
        payer=_payer(case, row),
        waiver_payer=Payer.TREASURY if waiver else None,
        legal_basis=row.legal_basis,
        price_version=book.version,
        at=at,
    )


def _payer(case: Case, row: PriceItem) -> Payer:
    """Who pays: whoever took the item over, the police for storage that they ordered, else the family."""
    police = Payer.POLICE if case.police and row.trigger is Trigger.STORAGE_DAY else Payer.FAMILY
    return next((one.payer for one in case.switched if one.item == row.item), police)


def _waived_units(case: Case, row: PriceItem) -> int:
    """Units of a basic service that earlier periods of this case have used up."""
    if row.trigger is not Trigger.STORAGE_DAY:
        return 0
    days, stored = 0, None
    for taken in case.taken:
        if taken.step is Step.STORE:
            stored = taken.at
        elif stored is not None and taken.step is Step.TAKE_OUT:
            days += max(1, -(-(taken.at - stored) // timedelta(days=1)))
            stored = None
    return days
