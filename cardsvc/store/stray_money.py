"""Money of no case: a desk took it, or paid it back by the word of lost books, and nobody here knows the case that its
record names.

The ledger's entries belong to cases, so it has this money when a person has said whose it is; its drawer has it at
once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from cardsvc.core import reference, review
from cardsvc.core.facts import Step
from cardsvc.core.ids import CaseNo, HomeId, StaffNo, StationId
from cardsvc.core.preconditions import Asked
from cardsvc.core.problems import Problem
from cardsvc.core.reviewing import ON_FACT
from cardsvc.core.terms import Means, Payer
from cardsvc.core.till import is_in_shift, shift_at
from cardsvc.store import tables as t
from cardsvc.store import tills
from cardsvc.store.flagging import flag_row
from cardsvc.store.references import entered_before, free, is_others, of_no_case
from cardsvc.store.stray_cash import REFUNDED
from cardsvc.store.working import Stray, WorkingSet


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about it: `how` is ASSIGNED or REFUNDED, `shift_no` out of whose drawer cash was given."""

    how: str
    log_no: int
    by: StaffNo
    second: StaffNo | None = None
    case_no: CaseNo | None = None
    shift_no: int | None = None


def keep(
    tx: WorkingSet,
    asked: Asked,
    said: str | None,
    at: datetime,
    station_id: StationId | None,
    cause: str,
    log_no: int,
    against: tuple[Problem, ...] = (Problem.CASE_UNKNOWN,),
) -> None:
    """Keep what a desk took or paid back (`core.came`) until a person has said whose it is."""
    details, by = asked.details, asked.staff_no or StaffNo("")
    if details.amount_fen is None or details.means is None:
        raise ValueError("money has an amount and means")
    twice, code = entered_before(tx, asked.step, details, cause), reference.code_of(asked.step, details)
    if twice is not None and twice.problem not in against:
        against = (*against, twice.problem)
    if code is not None and tx.mark_owner(reference.MARK, code) is None:
        tx.marks[(reference.MARK, code)] = of_no_case(cause)
    shift = shift_at(tills.recent(tx, by), at) if is_in_shift(asked.step, details) else None
    tx.strays.append(
        Stray(
            log_no=log_no, cause=cause, said=said, step=asked.step, payer=details.payer, means=details.means,
            amount_fen=details.amount_fen, at=at, staff_no=by, station_id=station_id or StationId(""),
            slip=details.receipt, shift_no=shift.shift_no if shift is not None else None, against=against,
            reference=details.reference if code is not None else None,
        )
    )  # fmt: skip


def flush(tx: WorkingSet) -> None:
    """Write what was kept, each with a flag: a person looks at it."""
    for one in tx.strays:
        tx.connection.execute(t.stray_money.insert().values(_row(tx.home_id, one)))
        flag = review.in_doubt(one.cause, one.amount_fen, one.payer, one.against)
        if one.step is Step.REFUND:
            flag = review.paid_out_short(one.cause, one.amount_fen)
        row = flag_row(tx.home_id, one.log_no, ON_FACT, None, one.at, flag)
        tx.connection.execute(t.review_flag.insert().values(row | {"caused_by": one.staff_no}))


def waiting(connection: Connection, home_id: HomeId) -> list[Stray]:
    """What nobody has decided about, the oldest first."""
    c = t.stray_money.c
    rows = connection.execute(select(t.stray_money).where(c.home_id == home_id, c.settled.is_(None)).order_by(c.log_no))
    return [_stray(row) for row in rows]


def one(connection: Connection, home_id: HomeId, log_no: int) -> Stray | None:
    """One that nobody has decided about, by its log number."""
    c = t.stray_money.c
    where = (c.home_id == home_id, c.log_no == log_no, c.settled.is_(None))
    row = connection.execute(select(t.stray_money).where(*where)).one_or_none()
    return _stray(row) if row is not None else None


def entered_twice(connection: Connection, home_id: HomeId, strays: Iterable[Stray]) -> set[int]:
    """Whose number is that of other money too, by their log numbers."""
    return {one.log_no for one in strays if is_others(connection, home_id, one)}


def knows(tx: WorkingSet, cause: str) -> bool:
    """Whether the money of a record was kept, in this transaction or before."""
    if any(one.cause == cause for one in tx.strays):
        return True
    c = t.stray_money.c
    where = (c.home_id == tx.home_id, c.cause == cause)
    return tx.connection.execute(select(c.log_no).where(*where)).first() is not None


def gone_out(connection: Connection, home_id: HomeId, said: str | None) -> list[Stray]:
    """What went out for the case that a record names and nobody has decided about, the oldest first."""
    return [one for one in waiting(connection, home_id) if one.step is Step.REFUND and one.said == said]


def take_back(tx: WorkingSet, asked: Asked, log_no: int) -> bool:
    """Two people have taken back a payment of no case, by the word of lost books: it has left its drawer.

    Whether it was there, and nobody has decided about it.
    """
    cause = asked.details.payment
    stray = next((one for one in (*tx.strays, *waiting(tx.connection, tx.home_id)) if one.cause == cause), None)
    if stray is None:
        return False
    if stray in tx.strays:
        tx.strays.remove(stray)
    else:
        by = asked.staff_no or StaffNo("")
        done = Decided(REFUNDED, log_no, by, asked.second_staff_no, shift_no=stray.shift_no)
        settle(tx.connection, tx.home_id, stray.log_no, done, tx.now)
    code = reference.compared(stray.reference or "")
    if code and tx.mark_owner(reference.MARK, code) == of_no_case(stray.cause):
        free(tx, code)
    return True


def settle(connection: Connection, home_id: HomeId, log_no: int, done: Decided, now: datetime) -> None:
    """A person has decided; the database takes each decision once."""
    c = t.stray_money.c
    values = {
        "settled": done.how, "settled_at": now, "settled_log_no": done.log_no, "settled_by": done.by,
        "settled_second": done.second, "settled_case_no": done.case_no, "settled_shift_no": done.shift_no,
    }  # fmt: skip
    connection.execute(update(t.stray_money).where(c.home_id == home_id, c.log_no == log_no).values(**values))


def _row(home_id: HomeId, one: Stray) -> dict[str, Any]:
    return {
        "home_id": home_id, "log_no": one.log_no, "cause": one.cause, "said_case_no": one.said, "step": one.step.value,
        "payer": one.payer.value if one.payer is not None else None, "means": one.means.value,
        "amount_fen": one.amount_fen, "at": one.at, "staff_no": one.staff_no, "station_id": one.station_id,
        "slip": one.slip, "shift_no": one.shift_no, "reference": one.reference,
    }  # fmt: skip


def _stray(row: Any) -> Stray:
    return Stray(
        log_no=row.log_no, cause=row.cause, said=row.said_case_no, step=Step(row.step),
        payer=Payer(row.payer) if row.payer is not None else None, means=Means(row.means), amount_fen=row.amount_fen,
        at=row.at, staff_no=StaffNo(row.staff_no), station_id=StationId(row.station_id), slip=row.slip,
        shift_no=row.shift_no, reference=row.reference,
    )  # fmt: skip
