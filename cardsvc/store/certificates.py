"""The numbered stock of cremation certificates: only a closed furnace record draws a number (DOMAIN.md section 7)."""

from sqlalchemy import Connection, select

from cardsvc.core.ids import HomeId
from cardsvc.store import tables as t
from cardsvc.store.working import WorkingSet


def next_certificate(tx: WorkingSet) -> str | None:
    """The next number of the stock that this transaction has not drawn; None when the stock is empty."""
    c = t.certificate.c
    rows = tx.connection.execute(
        select(c.number).where(c.home_id == tx.home_id, c.state == "stock").order_by(c.number).limit(1 + len(tx.drawn))
    ).scalars()
    return next((number for number in rows if number not in tx.drawn), None)


def known(connection: Connection, home_id: HomeId, numbers: list[str]) -> list[str]:
    """Those of the numbers that the stock has, or had, already."""
    c = t.certificate.c
    return list(connection.execute(select(c.number).where(c.home_id == home_id, c.number.in_(numbers))).scalars())


def add(connection: Connection, home_id: HomeId, numbers: list[str], batch: str) -> None:
    """New numbers in the stock."""
    rows = [{"home_id": home_id, "number": number, "state": "stock", "batch": batch} for number in numbers]
    connection.execute(t.certificate.insert(), rows)
