"""Hold a day of payments against the provider's list: keep what was found, and money that nobody here asked for."""

from datetime import date, datetime, time, timedelta

from cardsvc.context import Context
from cardsvc.core.books import bounds
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.paying import Arrival, DayFound, Unlike, Why, compare
from cardsvc.core.provider import DayList, Payment
from cardsvc.store import payments
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

MOST_MISSED = 31
"""How many days are caught up at most: beyond that somebody decides what is worth it."""


def due(context: Context, now: datetime, at: time) -> date | None:
    """The oldest day that is to be held against the list now: up to yesterday, from the local time `at` on.

    Days that were missed since the first one, at most a month of them, are due at once.
    """
    here = local(now)
    last = here.date() - timedelta(days=1 if here.time() >= at else 2)
    with context.engine.connect() as connection:
        done = payments.days_done(connection, context.home_id)
    if not done:
        return last if here.time() >= at else None
    days = (last - timedelta(days=back) for back in reversed(range(MOST_MISSED)))
    return next((day for day in days if day > min(done) and day not in done), None)


def unheard(context: Context, day: date, theirs: DayList) -> list[str]:
    """Orders of ours with payments on the list that we have not heard of."""
    with context.engine.connect() as connection:
        found = compare(payments.between(connection, context.home_id, *bounds(day)), theirs)
        numbers = {one.order_no for one in found.differences if one.unlike is Unlike.MISSING_HERE}
        return sorted(one for one in numbers if payments.one(connection, context.home_id, one) is not None)


def handle(
    context: Context, day: date, theirs: DayList, healed: int, now: datetime, by: StaffNo | None, *, again: bool
) -> DayFound | None:
    """Compare, and keep the result; a payment for no order of ours waits for a person.

    None when it was done already and nobody asked for it again: several processes may try at once.
    """

    def act(connection: Connection) -> DayFound | None:
        home, log = context.home_id, open_log(connection, context.home_id)
        if not again and day in payments.days_done(connection, home):
            return None
        strange = [one for one in theirs.payments if payments.one(connection, home, one.order_no) is None]
        heard = payments.known(connection, home, [one.ref for one in strange])
        for one in {one.ref: one for one in strange if one.ref not in heard}.values():
            log_no = log.add(f"payment in suspense {Why.NO_ORDER}", one.order_no, "", now)
            arrival = Arrival(Payment(ref=one.ref, amount_fen=one.amount_fen, at=one.at), Why.NO_ORDER)
            payments.arrived(connection, home, one.order_no, None, log_no, arrival, now)
        typed = payments.by_hand(connection, home, *bounds(day))
        found = compare(payments.between(connection, home, *bounds(day)), theirs, healed, typed)
        log_no = log.add(f"payments of {day} compared differences {len(found.differences)}", "", "", now, by)
        payments.keep_day(connection, home, found, log_no, now)
        log.close()
        return found

    return transact(context.engine, act)
