"""A throwaway copy of a home in memory, with two of its cases: the same schema, the same rows, nobody's name."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, insert, select

from cardsvc.core.facts import Stage
from cardsvc.core.ids import CaseNo, HomeId, StaffNo
from cardsvc.store import tables as t
from cardsvc.store.engine import create_schema, open_engine
from cardsvc.store.tables.kinds import metadata
from cardsvc.store.working import WorkingSet

WHOLE = (
    t.home,
    t.log_head,
    t.business_day,
    t.staff,
    t.station,
    t.resource,
    t.price_book,
    t.policy,
    t.duty,
    t.occupancy,
)
OF_CASES = (t.funeral_case, t.fact, t.card, t.mark, t.queue_place, t.bill_line, t.transfer)
IN_MEMORY = "sqlite://"


@contextmanager
def copied(source: Connection, home_id: HomeId, numbers: Collection[CaseNo]) -> Iterator[Connection]:
    """A connection to the copy; what is done there is gone with it, and the source is only read."""
    engine = open_engine(IN_MEMORY)
    try:
        create_schema(engine)
        with engine.connect() as copy, copy.begin():
            for table in metadata.sorted_tables:
                if table not in (*WHOLE, *OF_CASES):
                    continue
                where = [table.c.home_id == home_id]
                if table in OF_CASES:
                    where.append(table.c.case_no.in_(numbers))
                sealed = {one.name: b"" for one in table.columns if one.name.endswith("_sealed")}
                rows = [dict(row) | sealed for row in source.execute(select(table).where(*where)).mappings()]
                if rows:
                    copy.execute(insert(table), rows)
            yield copy
    finally:
        engine.dispose()


def waiting_for_fire(connection: Connection, home_id: HomeId, county: str | None, most: int = 50) -> list[CaseNo]:
    """Cases whose body is here and not yet burnt, the newest first."""
    c = t.funeral_case.c
    here = (Stage.QUEUED, Stage.STORED, Stage.OUT, Stage.RECEIVED, Stage.IN_TRANSIT, Stage.DISPATCHED, Stage.BOOKED)
    where = [c.home_id == home_id, c.stage.in_([stage.value for stage in here])]
    if county is not None:
        where.append(c.county == county)
    rows = connection.execute(select(c.case_no).where(*where).order_by(c.case_no.desc()).limit(most)).scalars()
    return [CaseNo(number) for number in rows]


def on_duty(tx: WorkingSet, people: Collection[StaffNo], now: datetime) -> None:
    """Let these people be on shift: only ever in a copy."""
    d = t.duty.c
    there = set(tx.connection.execute(select(d.staff_no).where(d.home_id == tx.home_id, d.off_at.is_(None))).scalars())
    for one in sorted(set(people) - there):
        tx.connection.execute(insert(t.duty).values(home_id=tx.home_id, staff_no=one, on_at=now, off_at=None))
