"""What the demo's home does at the end of each day: drawers are counted, shifts change, two people close the day."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cardsvc.api import held
from cardsvc.api.access import Signed
from cardsvc.context import Context
from cardsvc.core.ids import StaffNo
from cardsvc.core.local_time import CHINA, local
from cardsvc.core.permissions import Role
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.till import DENOMINATIONS, Counts, DifferenceWhy
from cardsvc.demo.home import DRAWERS, FLOAT
from cardsvc.demo.past_station import Refused
from cardsvc.handlers import close_day, close_till, open_till, place_cash
from cardsvc.handlers.close_till import Closing
from cardsvc.store import business_days, paid_out, tills

COUNTED, CLOSED = time(23, 50), timedelta(minutes=15)
"""The drawers are counted at ten to midnight; a quarter of an hour later the day is over, and is closed."""
LATE = "交班后收到的现金，次日入箱"
BANK_TAKES = timedelta(days=1)
CASHIER, MANAGER = StaffNo("1010"), StaffNo("1015")
SETTLES = Signed(CASHIER, "朱某", (Role.CASHIER,), None, "")


@dataclass
class Times:
    """The past's clock."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, at: datetime) -> None:
        """On to a moment, never back."""
        self.now = max(at, self.now)


class Evenings:
    """The evenings of a home that was founded when its past begins."""

    def __init__(self, context: Context, times: Times) -> None:
        self._context, self._times = context, times
        begun = local(times.now).date()
        self._next = datetime.combine(begun, COUNTED, CHINA)
        with context.engine.connect() as connection:
            day = business_days.open_day(connection, context.home_id)
        self._heard = 0
        self._keeps_days = day is not None and day <= begun

    def until(self, at: datetime) -> None:
        """Live through every evening that is over by then. Raises Refused when the rules do not let it end."""
        while self._keeps_days and self._next + CLOSED <= at:
            self._times.go_on(self._next)
            for cashier in DRAWERS:
                self._count(cashier)
            self._times.go_on(self._next + CLOSED)
            self._close_day()
            self._open(CASHIER)
            self._put_away()
            self._hear_the_bank()
            self._next += timedelta(days=1)

    def _close_day(self) -> None:
        """With nothing open, or with the reason: cash that came when the drawers were counted."""
        day = self._next.date()
        done = close_day.handle(self._context, day, "", CASHIER, MANAGER)
        if isinstance(done, Refusal) and done.problem is Problem.DAY_NEEDS_REASON:
            done = close_day.handle(self._context, day, LATE, CASHIER, MANAGER)
        _taken(done)

    def _put_away(self) -> None:
        """What came when the drawers were counted is in the next one."""
        with self._context.engine.connect() as connection:
            found = tills.takings(connection, self._context.home_id, None)
        for number in dict.fromkeys(one.log_no for one in found):
            _taken(place_cash.handle(self._context, number, CASHIER, MANAGER, self._times.now))

    def _hear_the_bank(self) -> None:
        """The bank has made the transfers of the days before: its numbers are entered."""
        with self._context.engine.connect() as connection:
            found = paid_out.waiting(connection, self._context.home_id)
        for one in found:
            if self._times.now - one.at > BANK_TAKES:
                self._heard += 1
                asked = (one.case_no, one.cause, f"TK{one.at:%Y%m%d}{self._heard:04d}", None, None)
                _taken(held.confirm_paid_out(self._context, SETTLES, *asked))

    def over(self) -> None:
        """The last morning: every drawer is in use."""
        for cashier in DRAWERS if self._keeps_days else ():
            self._open(cashier)

    def _count(self, cashier: StaffNo) -> None:
        with self._context.engine.connect() as connection:
            shift = tills.open_of(connection, self._context.home_id, cashier)
            kept = tills.one(connection, self._context.home_id, shift.shift_no) if shift is not None else None
        if kept is None:
            return
        left, counts = pieces(kept.ledger_fen)
        other = next(one for one in DRAWERS if one != cashier)
        why = DifferenceWhy.UNKNOWN if left else None
        asked = Closing(kept.shift.shift_no, counts, cashier, why, other if left else None, kept.card_fen)
        _taken(close_till.handle(self._context, asked, self._times.now))

    def _open(self, cashier: StaffNo) -> None:
        with self._context.engine.connect() as connection:
            there = tills.open_of(connection, self._context.home_id, cashier)
        if there is None:
            _taken(open_till.handle(self._context, cashier, DRAWERS[cashier], FLOAT, self._times.now))


def _taken(done: object) -> None:
    if isinstance(done, Refusal):
        raise Refused(str(done))


def pieces(fen: int) -> tuple[int, Counts]:
    """The notes and coins of an amount, the largest first, and what no piece is small enough for."""
    counts = {}
    for value in DENOMINATIONS:
        counts[value], fen = divmod(fen, value) if fen > 0 else (0, fen)
    return fen, counts
