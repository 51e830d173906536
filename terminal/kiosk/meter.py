"""Cold storage's running meter at the arrangement's station: in sight before the family chooses anything."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cardsvc.core.facts import Step
from cardsvc.core.meter import Meter, in_words, storage_meter
from cardsvc.core.money import in_yuan
from cardsvc.core.snapshot import KnownCase, Snapshot
from cardsvc.core.words import say
from terminal.session import Session

FURTHER_DAYS = (1, 3, 7, 14)
"""By how many days a term is usually extended."""


def meter_view(known: KnownCase, session: Session, snapshot: Snapshot, now: datetime) -> tuple[tuple[str, str], ...]:
    """The meter of the case on the screen, word and value each; with the new end once one was entered."""
    entered = session.entered.get("due") if session.step is Step.EXTEND_STORAGE else None
    meter = _meter(known, snapshot, now, datetime.fromisoformat(entered) if entered else None)
    if meter is None:
        return ()
    today = (say(session.language, "kiosk.meter_today", days=meter.days), f"¥{in_yuan(meter.now_fen)}")
    return (
        (say(session.language, "kiosk.meter_planned"), "") if meter.planned else today,
        *in_words(meter, session.language),
    )


def extensions(known: KnownCase, snapshot: Snapshot, now: datetime) -> Iterable[tuple[int, datetime, int]]:
    """Further terms: by how many days, until when, and what the family will owe for cold storage by then (fen)."""
    meter = _meter(known, snapshot, now)
    if meter is None or meter.until is None:
        return
    end = max(meter.until, now).replace(second=0, microsecond=0)
    for days in FURTHER_DAYS:
        until = end + timedelta(days=days)
        then = _meter(known, snapshot, now, until)
        yield days, until, then.then_fen if then is not None else 0


def _meter(known: KnownCase, snapshot: Snapshot, now: datetime, until: datetime | None = None) -> Meter | None:
    return storage_meter(known.case, snapshot.setup.prices, snapshot.setup.policy, now, until)
