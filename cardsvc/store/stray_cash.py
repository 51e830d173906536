"""Cash and card money of no case in the shifts, from when it was taken until it is given back or has a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select, update

from cardsvc.core.day_close import Figure
from cardsvc.core.facts import Step
from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.terms import Means
from cardsvc.store import tables as t

ASSIGNED, REFUNDED = "assigned", "refunded"
"""How it was decided about: what was assigned to a case the ledger has from then on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What went into a drawer, or out of it (negative), in fen; `said` is the case that its record names."""

    log_no: int
    said: str | None
    at: datetime
    staff_no: StaffNo
    step: str
    fen: int


_c = t.stray_money.c
_CASH = _c.means == Means.CASH.value
_THERE = func.coalesce(_c.settled, "") != ASSIGNED
_BACK = _c.settled == REFUNDED
_FEN = case((_c.step == Step.REFUND.value, -_c.amount_fen), else_=_c.amount_fen)
"""What it put into its drawer: what was paid back by the word of lost books is out of it."""


def moved(connection: Connection, home_id: HomeId, shift_nos: Iterable[int], means: Means) -> dict[int, int]:
    """What such money by these means has put into these shifts and taken out of them, in fen."""
    wanted, found = list(shift_nos), dict[int, int]()
    for shift, where, sign in ((_c.shift_no, _THERE, 1), (_c.settled_shift_no, _BACK, -1)):
        these = (_c.home_id == home_id, _c.means == means.value, shift.in_(wanted), where)
        for shift_no, fen in connection.execute(select(shift, func.sum(_FEN)).where(*these).group_by(shift)):
            found[shift_no] = found.get(shift_no, 0) + sign * int(fen)
    return found


def pieces(
    connection: Connection, home_id: HomeId, shift_no: int | None, after: int, most: int, means: Means
) -> list[Piece]:
    """Such money of a shift, or of none, in the order of the log."""
    ours = (_c.home_id == home_id, _c.means == means.value)
    came = select(t.stray_money, _FEN.label("fen")).where(*ours, _THERE, _c.log_no > after)
    back = select(t.stray_money).where(*ours, _BACK, _c.settled_log_no > after)
    came = came.where(_c.shift_no == shift_no if shift_no is not None else _c.shift_no.is_(None))
    back = back.where(_c.settled_shift_no == shift_no if shift_no is not None else _c.settled_shift_no.is_(None))
    rows = [
        Piece(row.log_no, row.said_case_no, row.at, StaffNo(row.staff_no), row.step, row.fen)
        for row in connection.execute(came.order_by(_c.log_no).limit(most))
    ]
    rows += [
        Piece(row.settled_log_no, row.said_case_no, row.settled_at, StaffNo(row.settled_by), row.step, -row.amount_fen)
        for row in connection.execute(back.order_by(_c.settled_log_no).limit(most))
    ]
    return sorted(rows, key=lambda one: one.log_no)[:most]


def history(connection: Connection, home_id: HomeId, means: Means) -> list[tuple[int, int, int]]:
    """All that it ever moved in shifts by these means: shift, log number, fen; for the look again."""
    moves, where = [], (_c.home_id == home_id, _c.means == means.value)
    for row in connection.execute(select(t.stray_money, _FEN.label("fen")).where(*where)):
        if row.shift_no is not None:
            moves.append((row.shift_no, row.log_no, row.fen))
            if row.settled == ASSIGNED:
                moves.append((row.shift_no, row.settled_log_no, -row.fen))
        if row.settled == REFUNDED and row.settled_shift_no is not None:
            moves.append((row.settled_shift_no, row.settled_log_no, -row.fen))
    return moves


def in_no_shift(connection: Connection, home_id: HomeId) -> int:
    """How many pieces no drawer has."""
    where = (_c.home_id == home_id, _CASH, _THERE, _c.shift_no.is_(None))
    return connection.execute(select(func.count()).select_from(t.stray_money).where(*where)).scalar_one()


def place(connection: Connection, home_id: HomeId, log_no: int, shift_no: int) -> None:
    """Put one that is in no shift into one that is open; the database takes it once."""
    where = (_c.home_id == home_id, _c.log_no == log_no)
    connection.execute(update(t.stray_money).where(*where).values(shift_no=shift_no))


def moved_after_count(connection: Connection, home_id: HomeId, since: int) -> list[tuple[int, int]]:
    """What was kept in a drawer, or left it for its case, after it was counted: shift and fen."""
    s, link = t.till_shift.c, t.audit_link.c
    of_shift = (s.home_id == _c.home_id) & (s.shift_no == _c.shift_no)
    found = []
    for number, sign, ours in ((_c.log_no, 1, (_CASH,)), (_c.settled_log_no, -1, (_CASH, _c.settled == ASSIGNED))):
        of_link = (link.home_id == _c.home_id) & (link.log_no == number)
        rows = connection.execute(
            select(_c.shift_no, _FEN)
            .join(t.till_shift, of_shift)
            .join(t.audit_link, of_link)
            .where(_c.home_id == home_id, number >= since, link.at > s.closed_at, *ours)
        )
        found += [(shift_no, sign * int(fen)) for shift_no, fen in rows]
    return found


def of_no_case(connection: Connection, home_id: HomeId, until: int | None = None) -> tuple[Figure, ...]:
    """What came that no account has, by its means, and what was decided about; before a log number, or until now.

    Money of no case is in no account (decision 0033): a trial balance says it beside its own rows. What was paid back
    by the word of lost books went out, until it was decided about.
    """
    sums: dict[str, list[int]] = {}
    for row in connection.execute(select(t.stray_money).where(_c.home_id == home_id).order_by(_c.means)):
        numbers = (row.log_no, row.settled_log_no)
        for side, number in enumerate(numbers[::-1] if row.step == Step.REFUND.value else numbers):
            if number is not None and (until is None or number < until):
                sums.setdefault(row.means, [0, 0])[side] += row.amount_fen
    return tuple(Figure(name=means, debit_fen=came, credit_fen=left) for means, (came, left) in sums.items())
