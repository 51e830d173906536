"""Reconcile a day: read the books at one moment, hold them against each other, keep what was found."""

from datetime import date, datetime, time, timedelta

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.reconciliation import Findings
from cardsvc.core.reconciliation import reconcile as held_against
from cardsvc.store import reconciling
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

MOST_MISSED = 31
"""How many days are caught up at most: beyond that somebody decides what is worth it."""


def due(context: Context, now: datetime, at: time) -> date | None:
    """The oldest day that is to be reconciled now: up to yesterday, from the local time `at` on.

    Days that were missed since the first night, at most a month of them, are due at once. A home that was never
    reconciled begins with yesterday.
    """
    here = local(now)
    last = here.date() - timedelta(days=1 if here.time() >= at else 2)
    earliest = last - timedelta(days=MOST_MISSED - 1)
    with context.engine.connect() as connection:
        first = reconciling.first_done(connection, context.home_id)
        if first is None:
            return last if here.time() >= at else None
        done = reconciling.done_since(connection, context.home_id, earliest)
    days = (earliest + timedelta(days=passed) for passed in range(MOST_MISSED))
    return next((day for day in days if day > first and day not in done), None)


def handle(
    context: Context, day: date, now: datetime, by: StaffNo | None = None, *, again: bool = False
) -> Findings | None:
    """Reconcile a local day; None when it was done already and nobody asked for it again.

    Several processes may try at once: the home's log is locked while one keeps its result, and the others see it.
    """
    with reconciling.one_moment(context.engine) as connection:
        findings = held_against(reconciling.books(connection, context.home_id, day, now))

    def keep(connection: Connection) -> Findings | None:
        log = open_log(connection, context.home_id)
        if not again and reconciling.done(connection, context.home_id, day):
            return None
        log_no = log.add(f"reconciled {day} findings {len(findings.findings)}", "", "", now, by)
        reconciling.keep(connection, context.home_id, findings, log_no)
        log.close()
        return findings

    return transact(context.engine, keep)
