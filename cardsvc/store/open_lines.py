"""The lines of a bill that nothing has taken back, this transaction's included."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, select

from cardsvc.core.corrections import Standing
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.waived import OnBill
from cardsvc.store import tables as t
from cardsvc.store.lines import line_of
from cardsvc.store.opening import book_of
from cardsvc.store.working import WorkingSet


def open_lines(tx: WorkingSet, case_no: CaseNo) -> list[Standing]:
    """The standing lines of a case, in the order in which they were posted."""
    return open_lines_of(tx, [case_no])[case_no]


def open_lines_of(tx: WorkingSet, numbers: Iterable[CaseNo]) -> dict[CaseNo, list[Standing]]:
    """The standing lines of several cases, read in one query."""
    c, wanted = t.bill_line.c, sorted(set(numbers))
    where = (c.home_id == tx.home_id, c.case_no.in_(wanted))
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in tx.connection.execute(select(t.bill_line).where(*where).order_by(c.log_no, c.line_no)):
        rows[row.case_no].append(row)
    return {number: _standing(tx, number, rows[number]) for number in wanted}


def taken_back_by(tx: WorkingSet, case_no: CaseNo, cause: str) -> list[Standing]:
    """The lines of a case that one tap or entry has taken back, in the order in which they were posted."""
    rows = _rows(tx.connection, tx.home_id, case_no)
    back = {(row.reverses, row.reverses_line) for row in rows if row.cause == cause}
    back |= {one[4] for one in tx.lines if one[0] == case_no and one[4] is not None and one[2] == cause}
    return [one for one in _all(tx, case_no, rows) if (one.log_no, one.line_no) in back]


def all_lines(tx: WorkingSet, case_no: CaseNo) -> list[Standing]:
    """All lines that a case has had, those that were taken back too, in the order in which they were posted."""
    return _all(tx, case_no, _rows(tx.connection, tx.home_id, case_no))


def _rows(connection: Connection, home_id: HomeId, case_no: CaseNo) -> list[Any]:
    c = t.bill_line.c
    where = (c.home_id == home_id, c.case_no == case_no)
    return list(connection.execute(select(t.bill_line).where(*where).order_by(c.log_no, c.line_no)))


def _all(tx: WorkingSet, case_no: CaseNo, rows: list[Any]) -> list[Standing]:
    known = [Standing(row.log_no, row.line_no, row.cause, line_of(row)) for row in rows if row.reverses is None]
    fresh = ((number, *one) for number, one in enumerate(tx.lines))
    return known + [
        Standing(log_no, number, cause, line)
        for number, case, log_no, cause, line, reverses in fresh
        if case == case_no and reverses is None
    ]


def _standing(tx: WorkingSet, case_no: CaseNo, rows: list[Any]) -> list[Standing]:
    fresh = [(number, *one[1:]) for number, one in enumerate(tx.lines) if one[0] == case_no]
    back = {one[4] for one in fresh if one[4] is not None}
    return [one for one in _stored(rows) if (one.log_no, one.line_no) not in back] + [
        Standing(log_no, number, cause, line)
        for number, log_no, cause, line, reverses in fresh
        if reverses is None and (log_no, number) not in back
    ]


def _stored(rows: list[Any]) -> list[Standing]:
    # Before single lines were named, a counter-line took all lines of its log number back.
    back = {(row.reverses, row.reverses_line) for row in rows if row.reverses is not None}
    return [
        Standing(row.log_no, row.line_no, row.cause, line_of(row))
        for row in rows
        if row.reverses is None and not back & {(row.log_no, row.line_no), (row.log_no, None)}
    ]


def bill_of(connection: Connection, home_id: HomeId, case_no: CaseNo, now: datetime) -> OnBill:
    """The lines of a case that nothing has taken back, with their price lists; for whoever only looks."""
    lines = tuple(one.line for one in _stored(_rows(connection, home_id, case_no)))
    return OnBill(lines, cache(lambda version: book_of(connection, home_id, version, now)))
