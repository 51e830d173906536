"""The running meter of cold storage: what a day costs, until when, and what the family will owe by then.

It is shown before a choice is made, and before it runs at all: a body that is not stored yet is counted as if it were
stored now (DOMAIN.md section 6).
"""

from dataclasses import dataclass
from datetime import datetime

from cardsvc.core.case import Case, Taken
from cardsvc.core.facts import Stage, StationKind, Step
from cardsvc.core.local_time import local
from cardsvc.core.money import in_yuan
from cardsvc.core.policy import Policy
from cardsvc.core.prices import PriceBook, storage_rows
from cardsvc.core.storage import first_stored, open_days, term_end
from cardsvc.core.waived import OnBill, storage_due
from cardsvc.core.words import Language, say

COMING = frozenset({Stage.BOOKED, Stage.DISPATCHED, Stage.IN_TRANSIT, Stage.RECEIVED})
"""The body is not in cold storage yet, and may come there."""


@dataclass(frozen=True, slots=True)
class Meter:
    """What cold storage costs; money in fen, what is waived or another payer's left out.

    `tariff`: from which day, a day's price. `planned`: nothing runs yet, the rest is as if the body were stored now.
    `days` and `now_fen`: days that began in this period and what they come to. `until`: the end of the term (None: the
    body is out of storage and of its terms); `then_fen`: what is owed by then.
    """

    tariff: tuple[tuple[int, int], ...]
    planned: bool
    days: int
    now_fen: int
    until: datetime | None
    then_fen: int


def storage_meter(
    case: Case,
    book: PriceBook,
    policy: Policy,
    now: datetime,
    until: datetime | None = None,
    bill: OnBill | None = None,
) -> Meter | None:
    """The meter as it stands, with `until` as the term's end where somebody thinks of one; None after the furnace.

    `bill` is what stands on the bill, where that is known: review may have taken days off it.
    """
    rows = storage_rows(case, book)
    if not rows or case.last(Step.QUEUE) is not None:
        return None
    steps = sorted({1} | {tier.from_day for row in rows for tier in row.tiers})
    tariff = tuple((day, sum(row.day_fen(day) for row in rows)) for day in steps)
    planned = case.stage in COMING and first_stored(case) is None
    stored = _as_if_stored(case, now) if planned else case
    end = until or term_end(stored, policy)
    then_fen = storage_due(stored, book, max(now, end), bill) if end is not None else 0
    if planned:
        return Meter(tariff, True, 0, 0, end, then_fen)
    return Meter(tariff, False, len(open_days(case, now)), storage_due(case, book, now, bill), end, then_fen)


def in_words(meter: Meter, language: Language) -> tuple[tuple[str, str], ...]:
    """What a day costs and is, until when the body may stay, what is owed by then: a word and a value each."""
    (_, first), *later = meter.tariff
    price = [f"¥{in_yuan(first)}"]
    price += [f"{say(language, 'family.storage_from_day', day=day)} ¥{in_yuan(fen)}" for day, fen in later]
    rows = [(say(language, "family.storage_tariff"), ", ".join(price))]
    rows.append((say(language, "family.storage_day"), say(language, "family.storage_day_rule")))
    if meter.until is not None:
        word = say(language, "family.storage_until_planned" if meter.planned else "family.storage_until")
        rows.append((word, f"{local(meter.until):%Y-%m-%d %H:%M}"))
        rows.append((say(language, "family.storage_then"), f"¥{in_yuan(meter.then_fen)}"))
    return tuple(rows)


def _as_if_stored(case: Case, now: datetime) -> Case:
    store = Taken(
        step=Step.STORE,
        at=now,
        station_kind=StationKind.COLD_STORAGE,
        cause="",
        stage_before=case.stage,
        place_before=case.place,
    )
    return case.model_copy(update={"stage": Stage.STORED, "taken": (*case.taken, store)})
