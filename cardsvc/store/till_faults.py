"""The look again at till shifts: counts, floats, card slips, and what the ledger said when each was closed."""

import json
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, select

from cardsvc.core.ids import HomeId
from cardsvc.core.ledger import till
from cardsvc.core.terms import Means
from cardsvc.core.till import Slip
from cardsvc.store import stray_cash, tills
from cardsvc.store import tables as t


def faults(connection: Connection, home_id: HomeId) -> Iterator[str]:
    """What is wrong with the shifts, in words: their figures are made anew from pieces, transfers and the log."""
    s, link = t.till_shift.c, t.audit_link.c
    moved, by_card = _moved(connection, home_id, Means.CASH), _moved(connection, home_id, Means.CARD_TERMINAL)
    ends = {}
    closed = select(link.log_no, link.subject).where(
        link.home_id == home_id, link.what.startswith("till shift closed ")
    )
    for row in connection.execute(closed):
        name, _, said = row.subject.partition(": ")
        ends[name.removeprefix("shift ")] = (row.log_no, said)
    for row in connection.execute(select(t.till_shift).where(s.home_id == home_id).order_by(s.shift_no)):
        where = f"till shift {row.shift_no}"
        if _sum(row.opened_counts) != row.float_fen:
            yield f"{where}: its float is not what was counted"
        if row.closed_at is None:
            continue
        if _sum(row.closed_counts) != row.counted_fen:
            yield f"{where}: its drawer is not what was counted"
        log_no, said = ends.get(str(row.shift_no), (0, ""))
        slip = tills.slip_of(row)
        if not (said.startswith(f"counted {row.counted_fen}, expected {row.expected_fen} fen") and _ends(said, slip)):
            yield f"{where}: its close is not in the log"
        if row.expected_fen != row.float_fen + sum(fen for at, fen in moved[row.shift_no] if at < log_no):
            yield f"{where}: what it expected is not its transfers"
        if slip is not None and slip.expected_fen != sum(fen for at, fen in by_card[row.shift_no] if at < log_no):
            yield f"{where}: what it expected by card is not its transfers"


def _ends(said: str, slip: Slip | None) -> bool:
    """Whether the log says the slip as the shift has it."""
    return said.endswith(tills.slip_said(slip)) and (slip is not None) == ("; card slip " in said)


def _moved(connection: Connection, home_id: HomeId, means: Means) -> dict[int, list[tuple[int, int]]]:
    """What each shift's facts moved in it by these means: log number and fen."""
    k, account = t.till_taking.c, till(means)
    rows = connection.execute(
        select(k.shift_no, k.log_no, tills.fen_on(account).label("fen"))
        .join(t.transfer, tills.of_taking(account))
        .where(k.home_id == home_id, k.shift_no.is_not(None))
    )
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        found[row.shift_no].append((row.log_no, row.fen))
    for shift_no, log_no, moved in stray_cash.history(connection, home_id, means):
        found[shift_no].append((log_no, moved))
    return found


def _sum(counts: str) -> int:
    return sum(int(value) * int(pieces) for value, pieces in json.loads(counts).items())
