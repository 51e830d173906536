"""The lines of a bill that nothing has taken back, this transaction's included."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from cardsvc.core.corrections import Standing
from cardsvc.core.ids import CaseNo
from cardsvc.store import tables as t
from cardsvc.store.lines import line_of
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
    c = t.bill_line.c
    where = (c.home_id == tx.home_id, c.case_no == case_no)
    rows = tx.connection.execute(select(t.bill_line).where(*where).order_by(c.log_no, c.line_no)).all()
    known = [Standing(row.log_no, row.line_no, row.cause, line_of(row)) for row in rows if row.reverses is None]
    back = {(row.reverses, row.reverses_line) for row in rows if row.cause == cause}
    for number, (case, log_no, by, line, reverses) in enumerate(tx.lines):
        if case == case_no:
            if reverses is None:
                known.append(Standing(log_no, number, by, line))
            elif by == cause:
                back.add(reverses)
    return [one for one in known if (one.log_no, one.line_no) in back]


def _standing(tx: WorkingSet, case_no: CaseNo, rows: list[Any]) -> list[Standing]:
    fresh = [(number, *one[1:]) for number, one in enumerate(tx.lines) if one[0] == case_no]
    # Before single lines were named, a counter-line took all lines of its log number back.
    back = {(row.reverses, row.reverses_line) for row in rows if row.reverses is not None}
    back |= {one[4] for one in fresh if one[4] is not None}
    stored = [
        Standing(row.log_no, row.line_no, row.cause, line_of(row))
        for row in rows
        if row.reverses is None and not back & {(row.log_no, row.line_no), (row.log_no, None)}
    ]
    return stored + [
        Standing(log_no, number, cause, line)
        for number, log_no, cause, line, reverses in fresh
        if reverses is None and (log_no, number) not in back
    ]
