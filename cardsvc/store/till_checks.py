"""What a day close asks about drawers that are counted: cash that is in none, what moved after the count, and card
slips that are not what the books say.
"""

from datetime import datetime

from sqlalchemy import Connection, func, select

from cardsvc.core.ids import HomeId
from cardsvc.core.ledger import till
from cardsvc.core.terms import Means
from cardsvc.store import stray_cash
from cardsvc.store import tables as t
from cardsvc.store.tills import CASH, fen_on, moved, of_taking


def in_no_shift(connection: Connection, home_id: HomeId) -> int:
    """How many pieces of cash no drawer has."""
    k = t.till_taking.c
    where = (k.home_id == home_id, k.shift_no.is_(None))
    pieces = select(k.case_no, k.log_no).join(t.transfer, of_taking(CASH)).where(*where).distinct().subquery()
    of_cases = connection.execute(select(func.count()).select_from(pieces)).scalar_one()
    return of_cases + stray_cash.in_no_shift(connection, home_id)


def moved_after_count(connection: Connection, home_id: HomeId, since: int) -> int:
    """How many counted drawers the ledger changed by links from `since` on: late cash, payments taken back."""
    k, s, link = t.till_taking.c, t.till_shift.c, t.audit_link.c
    of_shift = (s.home_id == k.home_id) & (s.shift_no == k.shift_no)
    of_link = (link.home_id == k.home_id) & (link.log_no == k.log_no)
    rows = connection.execute(
        select(k.shift_no, func.sum(fen_on(CASH)))
        .join(t.transfer, of_taking(CASH))
        .join(t.till_shift, of_shift)
        .join(t.audit_link, of_link)
        .where(k.home_id == home_id, k.log_no >= since, link.at > s.closed_at)
        .group_by(k.shift_no)
    )
    found = {shift_no: int(fen) for shift_no, fen in rows}
    for shift_no, fen in stray_cash.moved_after_count(connection, home_id, since):
        found[shift_no] = found.get(shift_no, 0) + fen
    return sum(fen != 0 for fen in found.values())


def slips_differ(connection: Connection, home_id: HomeId, since: int, after: datetime | None) -> int:
    """How many closed shifts have card money that their terminal's slip does not say, or less; and how much is on none.

    Of those that were closed after a moment (None: all), or whose card money links from `since` on changed; and each
    piece of card money that came by such a link and is in no shift: no terminal's slip will ever say it.
    """
    s, k, card = t.till_shift.c, t.till_taking.c, Means.CARD_TERMINAL
    changed = (
        select(k.shift_no)
        .join(t.transfer, of_taking(till(card)))
        .where(k.home_id == home_id, k.log_no >= since, k.shift_no.is_not(None))
    )
    lately = (s.closed_at > after) | s.shift_no.in_(changed) if after is not None else s.closed_at.is_not(None)
    rows = connection.execute(
        select(s.shift_no, s.slip_fen).where(s.home_id == home_id, s.closed_at.is_not(None), lately)
    ).all()
    by_card = moved(connection, home_id, [row.shift_no for row in rows], card)
    on_none = (
        select(k.case_no, k.log_no)
        .join(t.transfer, of_taking(till(card)))
        .where(k.home_id == home_id, k.log_no >= since, k.shift_no.is_(None))
        .distinct()
        .subquery()
    )
    pieces: int = connection.execute(select(func.count()).select_from(on_none)).scalar_one()
    differ: int = sum((row.slip_fen or 0) != by_card[row.shift_no] for row in rows)
    return pieces + differ
