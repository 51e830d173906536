"""The numbered stock of cremation certificates: only a closed furnace record draws a number (DOMAIN.md section 7)."""

from sqlalchemy import select

from cardsvc.store import tables as t
from cardsvc.store.working import WorkingSet


def next_certificate(tx: WorkingSet) -> str | None:
    """The next number of the stock that this transaction has not drawn; None when the stock is empty."""
    c = t.certificate.c
    rows = tx.connection.execute(
        select(c.number).where(c.home_id == tx.home_id, c.state == "stock").order_by(c.number).limit(1 + len(tx.drawn))
    ).scalars()
    return next((number for number in rows if number not in tx.drawn), None)
