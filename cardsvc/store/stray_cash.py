"""Cash of no case in the drawers: it is there from the moment it was taken until it is given back or has a case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

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
_THERE = (_CASH, func.coalesce(_c.settled, "") != ASSIGNED)
_BACK = (_CASH, _c.settled == REFUNDED)


def moved(connection: Connection, home_id: HomeId, shift_nos: Iterable[int]) -> dict[int, int]:
    """What such money has put into the drawers of these shifts and taken out of them, in fen."""
    wanted, found = list(shift_nos), dict[int, int]()
    for shift, where, sign in ((_c.shift_no, _THERE, 1), (_c.settled_shift_no, _BACK, -1)):
        these = (_c.home_id == home_id, shift.in_(wanted), *where)
        for shift_no, fen in connection.execute(select(shift, func.sum(_c.amount_fen)).where(*these).group_by(shift)):
            found[shift_no] = found.get(shift_no, 0) + sign * int(fen)
    return found


def pieces(connection: Connection, home_id: HomeId, shift_no: int | None, after: int, most: int) -> list[Piece]:
    """Such money of a shift, or of none, in the order of the log."""
    came = select(t.stray_money).where(_c.home_id == home_id, *_THERE, _c.log_no > after)
    back = select(t.stray_money).where(_c.home_id == home_id, *_BACK, _c.settled_log_no > after)
    came = came.where(_c.shift_no == shift_no if shift_no is not None else _c.shift_no.is_(None))
    back = back.where(_c.settled_shift_no == shift_no if shift_no is not None else _c.settled_shift_no.is_(None))
    rows = [
        Piece(row.log_no, row.said_case_no, row.at, StaffNo(row.staff_no), row.step, row.amount_fen)
        for row in connection.execute(came.order_by(_c.log_no).limit(most))
    ]
    rows += [
        Piece(row.settled_log_no, row.said_case_no, row.settled_at, StaffNo(row.settled_by), row.step, -row.amount_fen)
        for row in connection.execute(back.order_by(_c.settled_log_no).limit(most))
    ]
    return sorted(rows, key=lambda one: one.log_no)[:most]


def history(connection: Connection, home_id: HomeId) -> list[tuple[int, int, int]]:
    """All that it ever moved in drawers: shift, log number, fen; for the look again."""
    moves = []
    for row in connection.execute(select(t.stray_money).where(_c.home_id == home_id, _CASH)):
        if row.shift_no is not None:
            moves.append((row.shift_no, row.log_no, row.amount_fen))
            if row.settled == ASSIGNED:
                moves.append((row.shift_no, row.settled_log_no, -row.amount_fen))
        if row.settled == REFUNDED and row.settled_shift_no is not None:
            moves.append((row.settled_shift_no, row.settled_log_no, -row.amount_fen))
    return moves
