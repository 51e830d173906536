"""Till shifts, and which cash belongs to which; what it comes to is the ledger's (`transfer` on till/cash)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select, update

from cardsvc.core.facts import Fact, StepTaken
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import till
from cardsvc.core.reversal import reversed_by
from cardsvc.core.rules import RULES
from cardsvc.core.terms import Means
from cardsvc.core.till import Counts, DifferenceWhy, Shift, is_cash, shift_at
from cardsvc.store import stray_cash
from cardsvc.store import tables as t
from cardsvc.store.working import WorkingSet

PAGE = 30
RECENT = 60
"""Shifts of one cashier, among which late money is looked for: about three months."""
CASH = till(Means.CASH)


@dataclass(frozen=True, slots=True)
class Kept:
    """A shift with its counts, and its end when it has one; amounts in fen."""

    shift: Shift
    opened_counts: dict[int, int]
    moved_fen: int
    "What the ledger moved in its drawer, with all that has arrived until now."
    closed_counts: dict[int, int] | None
    counted_fen: int | None
    expected_fen: int | None
    why: DifferenceWhy | None
    closed_by: StaffNo | None
    second: StaffNo | None

    @property
    def ledger_fen(self) -> int:
        """What the drawer should hold by the ledger as it is now."""
        return self.shift.float_fen + self.moved_fen

    @property
    def difference_fen(self) -> int | None:
        """Counted less expected at the close; None while the shift is open."""
        return None if self.counted_fen is None or self.expected_fen is None else self.counted_fen - self.expected_fen

    @property
    def later_fen(self) -> int:
        """What arrived from stations without network after the drawer was counted."""
        return 0 if self.expected_fen is None else self.ledger_fen - self.expected_fen


@dataclass(frozen=True, slots=True)
class Taking:
    """Cash of one fact: `fen` into the drawer, negative out of it; `shift_no` None: in no shift.

    `case_no` is None for money of no case here: `said` is the one that its record names.
    """

    log_no: int
    case_no: CaseNo | None
    at: datetime
    staff_no: StaffNo
    shift_no: int | None
    memo: str
    fen: int
    said: str | None = None


def open_of(connection: Connection, home_id: HomeId, staff_no: StaffNo) -> Shift | None:
    """The open shift of a cashier."""
    c = t.till_shift.c
    where = (c.home_id == home_id, c.staff_no == staff_no, c.closed_at.is_(None))
    row = connection.execute(select(t.till_shift).where(*where)).one_or_none()
    return _shift(row) if row is not None else None


def open_at(connection: Connection, home_id: HomeId, drawer: str) -> Shift | None:
    """The open shift at a drawer."""
    c = t.till_shift.c
    where = (c.home_id == home_id, c.drawer == drawer, c.closed_at.is_(None))
    row = connection.execute(select(t.till_shift).where(*where)).one_or_none()
    return _shift(row) if row is not None else None


def drawers(connection: Connection, home_id: HomeId) -> dict[StaffNo, str]:
    """Who has an open shift, and at which drawer."""
    c = t.till_shift.c
    rows = connection.execute(select(c.staff_no, c.drawer).where(c.home_id == home_id, c.closed_at.is_(None)))
    return {StaffNo(row.staff_no): row.drawer for row in rows}


def add(connection: Connection, home_id: HomeId, one: Shift, counts: Counts) -> None:
    """A new shift; stations learn it with their next hello."""
    connection.execute(
        t.till_shift.insert().values(
            home_id=home_id, shift_no=one.shift_no, staff_no=one.staff_no, drawer=one.drawer,
            opened_at=one.opened_at, float_fen=one.float_fen, opened_counts=_written(counts),
        )
    )  # fmt: skip
    _tell(connection, home_id)


def close(
    connection: Connection, home_id: HomeId, shift_no: int, counts: Counts, counted_fen: int, expected_fen: int,
    why: DifferenceWhy | None, by: StaffNo, second: StaffNo | None, now: datetime,
) -> None:  # fmt: skip
    """The end of a shift; it never changes after."""
    c = t.till_shift.c
    connection.execute(
        update(t.till_shift)
        .where(c.home_id == home_id, c.shift_no == shift_no)
        .values(
            closed_at=now, closed_counts=_written(counts), counted_fen=counted_fen, expected_fen=expected_fen,
            why=why.value if why is not None else None, closed_by=by, second=second,
        )
    )  # fmt: skip
    _tell(connection, home_id)


def take(tx: WorkingSet, fact: Fact, log_no: int) -> None:
    """Put the cash of a fact into the shift that its cashier had then."""
    if not isinstance(fact.body, StepTaken):
        return
    if (cause := reversed_by(fact)) is not None:
        # It leaves the drawer into which it was typed, whoever takes it back.
        k, f = t.till_taking.c, t.fact.c
        of_fact = (f.home_id == k.home_id) & (f.case_no == k.case_no) & (f.log_no == k.log_no)
        where = (f.home_id == tx.home_id, f.cause == cause)
        rows = tx.connection.execute(select(k.shift_no).join(t.fact, of_fact).where(*where)).scalars().all()
        mine = [shift_no for taken, _, shift_no in tx.takings if taken.cause == cause]
        tx.takings.extend((fact, log_no, shift_no) for shift_no in (*rows, *mine))
    if not is_cash(fact.body.step, fact.body.details):
        return
    # A yes that lets cash go may come late: the notes leave the drawer that is open then. What is sent again after a
    # restore has left it when it says so.
    moment = tx.now if RULES[fact.body.step].by_word and not tx.sent_again else fact.at
    one = shift_at(recent(tx, fact.staff_no), moment)
    tx.takings.append((fact, log_no, one.shift_no if one is not None else None))


def has_shift(tx: WorkingSet, staff_no: StaffNo | None) -> str | None:
    """The drawer of somebody's open shift."""
    shifts = recent(tx, staff_no) if staff_no is not None else ()
    return next((one.drawer for one in shifts if one.closed_at is None), None)


def recent(tx: WorkingSet, staff_no: StaffNo) -> tuple[Shift, ...]:
    """The last shifts of a cashier."""
    if staff_no not in tx.shifts:
        c = t.till_shift.c
        where = (c.home_id == tx.home_id, c.staff_no == staff_no)
        rows = tx.connection.execute(select(t.till_shift).where(*where).order_by(c.shift_no.desc()).limit(RECENT))
        tx.shifts[staff_no] = tuple(_shift(row) for row in rows)
    return tx.shifts[staff_no]


def flush(tx: WorkingSet) -> None:
    """Write which cash is in which shift."""
    rows = [
        {"home_id": tx.home_id, "case_no": fact.case_no, "log_no": log_no, "shift_no": shift_no,
         "staff_no": fact.staff_no, "at": fact.at}
        for fact, log_no, shift_no in tx.takings
    ]  # fmt: skip
    if rows:
        tx.connection.execute(t.till_taking.insert(), rows)


def moved(connection: Connection, home_id: HomeId, shift_nos: Iterable[int]) -> dict[int, int]:
    """What the ledger moved in the drawers of these shifts, and money of no case, in fen."""
    k = t.till_taking.c
    wanted = list(shift_nos)
    rows = connection.execute(
        select(k.shift_no, func.sum(_FEN))
        .join(t.transfer, _OF_TAKING)
        .where(k.home_id == home_id, k.shift_no.in_(wanted))
        .group_by(k.shift_no)
    )
    found = dict.fromkeys(wanted, 0) | {shift_no: int(fen) for shift_no, fen in rows}
    for shift_no, fen in stray_cash.moved(connection, home_id, wanted).items():
        found[shift_no] += fen
    return found


def page(connection: Connection, home_id: HomeId, before: int | None) -> list[Kept]:
    """Shifts and one more, the newest first, from the one before `before` on."""
    c = t.till_shift.c
    where = [c.home_id == home_id] + ([c.shift_no < before] if before is not None else [])
    rows = connection.execute(select(t.till_shift).where(*where).order_by(c.shift_no.desc()).limit(PAGE + 1)).all()
    return _kept(connection, home_id, rows)


def one(connection: Connection, home_id: HomeId, shift_no: int) -> Kept | None:
    """A shift by its number."""
    c = t.till_shift.c
    rows = connection.execute(select(t.till_shift).where(c.home_id == home_id, c.shift_no == shift_no)).all()
    return next(iter(_kept(connection, home_id, rows)), None)


def takings(connection: Connection, home_id: HomeId, shift_no: int | None, after: int = 0) -> list[Taking]:
    """A page of the cash of a shift, or of none, and one more: what each fact moved, in the order of the log."""
    k, x = t.till_taking.c, t.transfer.c
    taking = (k.log_no, k.case_no, k.at, k.staff_no, k.shift_no)
    of_shift = k.shift_no == shift_no if shift_no is not None else k.shift_no.is_(None)
    rows = connection.execute(
        select(*taking, func.min(x.memo).label("memo"), func.sum(_FEN).label("fen"))
        .join(t.transfer, _OF_TAKING)
        .where(k.home_id == home_id, of_shift, k.log_no > after)
        .group_by(*taking)
        .order_by(k.log_no)
        .limit(PAGE + 1)
    )
    found = [
        Taking(row.log_no, CaseNo(row.case_no), row.at, StaffNo(row.staff_no), row.shift_no, row.memo, int(row.fen))
        for row in rows
    ]
    found += [
        Taking(one.log_no, None, one.at, one.staff_no, shift_no, one.step, one.fen, one.said)
        for one in stray_cash.pieces(connection, home_id, shift_no, after, PAGE + 1)
    ]
    return sorted(found, key=lambda one: one.log_no)[: PAGE + 1]


_FEN = case((t.transfer.c.debit == CASH, t.transfer.c.amount_fen), else_=-t.transfer.c.amount_fen)
_OF_TAKING = (
    (t.transfer.c.home_id == t.till_taking.c.home_id)
    & (t.transfer.c.case_no == t.till_taking.c.case_no)
    & (t.transfer.c.log_no == t.till_taking.c.log_no)
    & ((t.transfer.c.debit == CASH) | (t.transfer.c.credit == CASH))
)


def _kept(connection: Connection, home_id: HomeId, rows: Iterable[Any]) -> list[Kept]:
    rows = list(rows)
    totals = moved(connection, home_id, [row.shift_no for row in rows]) if rows else {}
    return [
        Kept(
            shift=_shift(row),
            opened_counts=_read(row.opened_counts),
            moved_fen=totals[row.shift_no],
            closed_counts=_read(row.closed_counts) if row.closed_counts is not None else None,
            counted_fen=row.counted_fen,
            expected_fen=row.expected_fen,
            why=DifferenceWhy(row.why) if row.why is not None else None,
            closed_by=row.closed_by,
            second=row.second,
        )
        for row in rows
    ]


def _shift(row: Any) -> Shift:
    return Shift(row.shift_no, StaffNo(row.staff_no), row.drawer, row.opened_at, row.float_fen, row.closed_at)


def _written(counts: Counts) -> str:
    return json.dumps({str(value): pieces for value, pieces in sorted(counts.items(), reverse=True) if pieces})


def _read(text: str) -> dict[int, int]:
    return {int(value): int(pieces) for value, pieces in json.loads(text).items()}


def _tell(connection: Connection, home_id: HomeId) -> None:
    h = t.home.c
    connection.execute(update(t.home).where(h.home_id == home_id).values(setup_version=h.setup_version + 1))
