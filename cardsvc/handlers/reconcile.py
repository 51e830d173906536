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


def due(context: Context, now: datetime, at: time) -> date | None:
    """The day that is to be reconciled now: yesterday, from the local time `at` on, unless it was done."""
    here = local(now)
    if here.time() < at:
        return None
    yesterday = here.date() - timedelta(days=1)
    with context.engine.connect() as connection:
        return None if reconciling.done(connection, context.home_id, yesterday) else yesterday


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
