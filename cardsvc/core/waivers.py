"""Who is let off what, and why: the city's waiver table, a version at a time (DOMAIN.md section 6).

Until a city's first table has begun, a resident's basic service is waived by the row of the price list, as it always
was. Nothing here knows an amount.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pydantic import Field, model_validator

from cardsvc.core.case import Case, Entitled
from cardsvc.core.facts import Code, Details, Wire
from cardsvc.core.local_time import local
from cardsvc.core.terms import Payer, WaiverFor
from cardsvc.core.waiver_source import GivenBy, Source, written


class WaiverRule(Wire):
    """For people of a category, up to `fen` a unit of an item and at most `units` of it are borne by `bearer`.

    `set_off`: items that cost more and stand for the same service; the amount is set off against them.
    """

    category: WaiverFor
    item: Code
    fen: int = Field(ge=1, le=100_000_000)
    units: int = Field(ge=1, le=3_650)
    bearer: Payer = Payer.TREASURY
    set_off: tuple[Code, ...] = Field(default=(), max_length=10)
    legal_basis: str = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _borne(self) -> "WaiverRule":
        if self.bearer is Payer.FAMILY:
            raise ValueError(f"{self.item}: the family bears no waiver")
        return self

    def covers(self, item: str) -> bool:
        """Whether the item is waived by this rule, itself or by setting off."""
        return item == self.item or item in self.set_off


class WaiverTable(Wire):
    """One version of the city's table, its legal basis and its validity."""

    version: int = Field(default=0, ge=0)
    legal_basis: str = Field(min_length=1, max_length=200)
    valid_from: date
    valid_to: date | None = None
    rules: tuple[WaiverRule, ...] = Field(max_length=200)

    @model_validator(mode="after")
    def _ordered(self) -> "WaiverTable":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to")
        keys = [(one.category, item) for one in self.rules for item in (one.item, *one.set_off)]
        if len(keys) != len(set(keys)):
            raise ValueError("rules")
        return self


@dataclass(frozen=True, slots=True)
class Grant:
    """For a category, what is waived of each of the first `units` units, who bears it, and what that stands on."""

    category: WaiverFor
    fen: int
    units: int
    bearer: Payer
    source: str
    basis: str = ""

    def of(self, price_fen: int, count: int, left: int | None = None) -> int:
        """What is waived of the price of `count` units, in fen, when so many units are `left`; None: all of them."""
        units = max(0, min(count, self.units if left is None else left))
        return min(price_fen * units // count, units * self.fen)


def table_on(tables: Iterable[WaiverTable], day: date) -> WaiverTable | None:
    """The table that began last by this local day, over or not; None before the first."""
    begun = [one for one in tables if one.valid_from <= day]
    return max(begun, key=lambda one: (one.valid_from, one.version), default=None)


def entitlements(case: Case) -> tuple[Entitled, ...]:
    """All that the case is let off for; a resident by the booking has no number to name."""
    resident = (Entitled(category=WaiverFor.RESIDENT, number=case.waiver_proof),) if case.resident else ()
    return (*resident, *case.entitled)


def grants(case: Case, item: str, tables: Iterable[WaiverTable], day: date) -> tuple[Grant, ...]:
    """What the table of the day lets each category of the case off of an item; one of them counts, they do not add up.

    Which one is decided over all lines of the item (docs/decisions/0024).
    """
    table = table_on(tables, day)
    if table is None or (table.valid_to is not None and table.valid_to < day):
        return ()
    held = {one.category: one for one in reversed(entitlements(case))}
    asked = local(case.opened_at).date()
    return tuple(
        Grant(
            rule.category,
            rule.fen,
            rule.units,
            rule.bearer,
            source_of(held[rule.category], asked, (GivenBy.TABLE, str(table.version))),
            rule.legal_basis,
        )
        for rule in table.rules
        if rule.category in held and rule.covers(item)
    )


def source_of(one: Entitled, opened: date, rule: tuple[GivenBy, str] | None = None) -> str:
    """What a waiver stands on as a line names it; `opened` is the local day of the case, about which registers speak.

    A resident with no number is one by the booking, which was made on that day.
    """
    by_booking = one.category is WaiverFor.RESIDENT and one.number is None
    day = opened.isoformat() if by_booking or one.registry is not None else None
    return written(Source(one.category, one.number, one.registry, day, rule))


def proven(case: Case, details: Details) -> dict[str, object]:
    """The fields of the case when a waiver has been proven; without a category it is the resident's."""
    category = details.category or WaiverFor.RESIDENT
    if category is WaiverFor.RESIDENT:
        return {"resident": True, "waiver_proof": details.number or ""}
    kept = tuple(one for one in case.entitled if one.category is not category)
    return {"entitled": (*kept, Entitled(category=category, number=details.number, registry=details.registry))}


def withdrawn(case: Case, details: Details) -> dict[str, object]:
    """The fields of the case when a waiver has been withdrawn: what was settled with it is to be settled anew."""
    if details.category is WaiverFor.RESIDENT:
        return {"resident": False, "waiver_proof": None, "settled": False}
    kept = tuple(one for one in case.entitled if one.category is not details.category)
    return {"entitled": kept, "settled": False}
