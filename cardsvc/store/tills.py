"""Till shifts, and which money belongs to which; what it comes to is the ledger's (`transfer` on till/cash, and on
till/card_terminal).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from cardsvc.core.facts import Fact, StepTaken
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.core.ledger import Account, till
from cardsvc.core.recovery import undone_by
from cardsvc.core.reversal import reversed_by
from cardsvc.core.rules import RULES
from cardsvc.core.terms import Means
from cardsvc.core.till import Counts, DifferenceWhy, Shift, Slip, is_in_shift, shift_at
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
    card_fen: int
    "What the ledger moved by card terminal, with all that has arrived until now."
    slip: Slip | None

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

    @property
    def card_later_fen(self) -> int:
        """What arrived by card terminal after the shift was closed."""
        expected = self.slip.expected_fen if self.slip is not None else 0
        return 0 if self.shift.closed_at is None else self.card_fen - expected


@dataclass(frozen=True, slots=True)
class Taking:
    """Money of one fact: `fen` into the drawer, negative out of it; `shift_no` None: in no shift.

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
    means: Means = Means.CASH


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
    why: DifferenceWhy | None, slip: Slip | None, by: StaffNo, second: StaffNo | None, now: datetime,
) -> None:  # fmt: skip
    """The end of a shift; it never changes after."""
    c = t.till_shift.c
    connection.execute(
        update(t.till_shift)
        .where(c.home_id == home_id, c.shift_no == shift_no)
        .values(
            closed_at=now, closed_counts=_written(counts), counted_fen=counted_fen, expected_fen=expected_fen,
            why=why.value if why is not None else None, closed_by=by, second=second,
            slip_fen=slip.fen if slip is not None else None,
            slip_expected_fen=slip.expected_fen if slip is not None else None,
            slip_why=slip.why.value if slip is not None and slip.why is not None else None,
        )
    )  # fmt: skip
    _tell(connection, home_id)


def slip_said(slip: Slip | None) -> str:
    """How the log says what a card terminal's slip printed at the close of a shift."""
    if slip is None:
        return ""
    return f"; card slip {slip.fen}, expected {slip.expected_fen} fen{f', {slip.why}' if slip.why else ''}"


def take(tx: WorkingSet, fact: Fact, log_no: int) -> None:
    """Put the cash, or the card money, of a fact into the shift that its cashier had then."""
    if not isinstance(fact.body, StepTaken):
        return
    if (cause := reversed_by(fact)) is not None:
        # It leaves the drawer into which it was typed, whoever takes it back.
        tx.takings.extend((fact, log_no, shift_no) for shift_no in _taken_into(tx, cause))
    if (cause := undone_by(fact)) is not None:
        in_shift, shift_no = back_from(tx, cause, fact.staff_no)
        tx.takings.extend([(fact, log_no, shift_no)] if in_shift else [])
    if not is_in_shift(fact.body.step, fact.body.details):
        return
    if fact.cause in tx.of_shift:
        tx.takings.append((fact, log_no, tx.of_shift[fact.cause]))
        return
    # A yes that lets cash go may come late: the notes leave the drawer that is open then. What is sent again after a
    # restore has left it when it says so.
    moment = tx.now if RULES[fact.body.step].by_word and not tx.sent_again else fact.at
    one = shift_at(recent(tx, fact.staff_no), moment)
    tx.takings.append((fact, log_no, one.shift_no if one is not None else None))


def back_from(tx: WorkingSet, cause: str, by: StaffNo) -> tuple[bool, int | None]:
    """Whether what was recovered by a cause was in a shift, and out of which it goes back.

    The same one while it is open; else that of who gives it back, None when they have none open.
    """
    c, into = t.till_shift.c, _taken_into(tx, cause)
    where = (c.home_id == tx.home_id, c.closed_at.is_(None), c.shift_no.in_([one for one in into if one is not None]))
    still = tx.connection.execute(select(c.shift_no).where(*where)).scalars().first()
    theirs = next((one.shift_no for one in recent(tx, by) if one.closed_at is None), None)
    return bool(into), still if still is not None else theirs


def _taken_into(tx: WorkingSet, cause: str) -> list[int | None]:
    """The shift of the money that came by a cause; nothing where it is of no shift's kind."""
    k, f = t.till_taking.c, t.fact.c
    of_fact = (f.home_id == k.home_id) & (f.case_no == k.case_no) & (f.log_no == k.log_no)
    where = (f.home_id == tx.home_id, f.cause == cause)
    rows = tx.connection.execute(select(k.shift_no).join(t.fact, of_fact).where(*where)).scalars().all()
    return [*rows, *(shift_no for taken, _, shift_no in tx.takings if taken.cause == cause)]


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
    """Write which money is in which shift."""
    rows = [
        {"home_id": tx.home_id, "case_no": fact.case_no, "log_no": log_no, "shift_no": shift_no,
         "staff_no": fact.staff_no, "at": fact.at}
        for fact, log_no, shift_no in tx.takings
    ]  # fmt: skip
    if rows:
        tx.connection.execute(t.till_taking.insert(), rows)


def moved(
    connection: Connection, home_id: HomeId, shift_nos: Iterable[int], means: Means = Means.CASH
) -> dict[int, int]:
    """What the ledger moved by these means in these shifts, and money of no case, in fen."""
    k = t.till_taking.c
    wanted = list(shift_nos)
    rows = connection.execute(
        select(k.shift_no, func.sum(fen_on(till(means))))
        .join(t.transfer, of_taking(till(means)))
        .where(k.home_id == home_id, k.shift_no.in_(wanted))
        .group_by(k.shift_no)
    )
    found = dict.fromkeys(wanted, 0) | {shift_no: int(fen) for shift_no, fen in rows}
    for shift_no, fen in stray_cash.moved(connection, home_id, wanted, means).items():
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


def takings(
    connection: Connection, home_id: HomeId, shift_no: int | None, after: int = 0, means: Means = Means.CASH
) -> list[Taking]:
    """A page of the money of a shift by these means, or of none, and one more: each fact's, in the order of the log."""
    k, x = t.till_taking.c, t.transfer.c
    taking = (k.log_no, k.case_no, k.at, k.staff_no, k.shift_no)
    of_shift = k.shift_no == shift_no if shift_no is not None else k.shift_no.is_(None)
    rows = connection.execute(
        select(*taking, func.min(x.memo).label("memo"), func.sum(fen_on(till(means))).label("fen"))
        .join(t.transfer, of_taking(till(means)))
        .where(k.home_id == home_id, of_shift, k.log_no > after)
        .group_by(*taking)
        .order_by(k.log_no)
        .limit(PAGE + 1)
    )
    found = [
        Taking(
            row.log_no,
            CaseNo(row.case_no),
            row.at,
            StaffNo(row.staff_no),
            row.shift_no,
            row.memo,
            int(row.fen),
            means=means,
        )
        for row in rows
    ]
    found += [
        Taking(one.log_no, None, one.at, one.staff_no, shift_no, one.step, one.fen, one.said, means)
        for one in stray_cash.pieces(connection, home_id, shift_no, after, PAGE + 1, means)
    ]
    return sorted(found, key=lambda one: one.log_no)[: PAGE + 1]


def fen_on(account: Account) -> ColumnElement[int]:
    """What a transfer puts on an account, in fen; negative: takes from it."""
    return case((t.transfer.c.debit == account, t.transfer.c.amount_fen), else_=-t.transfer.c.amount_fen)


def of_taking(account: Account) -> ColumnElement[bool]:
    """Which transfers of an account a taking has."""
    k, x = t.till_taking.c, t.transfer.c
    of_fact = (x.home_id == k.home_id) & (x.case_no == k.case_no) & (x.log_no == k.log_no)
    return of_fact & ((x.debit == account) | (x.credit == account))


def place(connection: Connection, home_id: HomeId, one: Taking, shift_no: int) -> None:
    """Put cash of no shift into one that is open; the database takes it once."""
    if one.case_no is None:
        stray_cash.place(connection, home_id, one.log_no, shift_no)
        return
    k = t.till_taking.c
    where = (k.home_id == home_id, k.case_no == one.case_no, k.log_no == one.log_no)
    connection.execute(update(t.till_taking).where(*where).values(shift_no=shift_no))


def _kept(connection: Connection, home_id: HomeId, rows: Iterable[Any]) -> list[Kept]:
    rows = list(rows)
    numbers = [row.shift_no for row in rows]
    totals = moved(connection, home_id, numbers) if rows else {}
    by_card = moved(connection, home_id, numbers, Means.CARD_TERMINAL) if rows else {}
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
            card_fen=by_card[row.shift_no],
            slip=slip_of(row),
        )
        for row in rows
    ]


def _shift(row: Any) -> Shift:
    return Shift(row.shift_no, StaffNo(row.staff_no), row.drawer, row.opened_at, row.float_fen, row.closed_at)


def slip_of(row: Any) -> Slip | None:
    """The card terminal's slip in a row of till_shift."""
    if row.slip_fen is None:
        return None
    return Slip(row.slip_fen, row.slip_expected_fen, DifferenceWhy(row.slip_why) if row.slip_why is not None else None)


def _written(counts: Counts) -> str:
    return json.dumps({str(value): pieces for value, pieces in sorted(counts.items(), reverse=True) if pieces})


def _read(text: str) -> dict[int, int]:
    return {int(value): int(pieces) for value, pieces in json.loads(text).items()}


def _tell(connection: Connection, home_id: HomeId) -> None:
    h = t.home.c
    connection.execute(update(t.home).where(h.home_id == home_id).values(setup_version=h.setup_version + 1))
