"""Which cases the modules' registers are to be asked about, and how it went; the case itself says what was proven."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, tuple_, update

from cardsvc.core.case import Case
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.registers import RegisterFault
from cardsvc.core.workflow import ENDED
from cardsvc.store import reading
from cardsvc.store import tables as t

MOST = 200
"""The most cases of one look."""
Place = tuple[int, CaseNo]
"""Where a look ended: a case's log number and case number, as cases of one transaction share the former."""
FIRST: Place = (0, CaseNo(""))


@dataclass(frozen=True, slots=True)
class Ask:
    """A case and its person's blind index; `turns`, `tries` and `lost` of the last time, 0 and None of a new case."""

    case: Case
    person: str
    place: Place
    turns: int
    tries: int
    waits: bool
    lost: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """How it stands with a case: faults by register, a record that holds no more."""

    case_no: CaseNo
    next_at: datetime
    answered: bool
    faults: Mapping[str, RegisterFault]
    lost: str | None


def changed(connection: Connection, home_id: HomeId, after: Place, most: int = MOST) -> list[Ask]:
    """Open cases that changed after a place, in that order; nobody is asked about without a number."""
    c = t.funeral_case.c
    order = (c.changed_log_no, c.case_no)
    return _asks(connection, (c.home_id == home_id, tuple_(*order) > after), order, most)


def due(connection: Connection, home_id: HomeId, now: datetime, most: int = MOST) -> list[Ask]:
    """Cases of which a register owes an answer, and is asked again now."""
    c, r = t.funeral_case.c, t.register_ask.c
    where = (c.home_id == home_id, r.answered_at.is_(None), r.next_at <= now)
    return _asks(connection, where, (r.next_at, r.case_no), most)


def person(connection: Connection, home_id: HomeId, case_no: CaseNo) -> str | None:
    """The blind index of who a case's person is now."""
    c = t.funeral_case.c
    where = (c.home_id == home_id, c.case_no == case_no)
    return connection.execute(select(c.id_no_blind).where(*where)).scalar_one_or_none()


def _asks(
    connection: Connection, where: Iterable[ColumnElement[bool]], order: Iterable[ColumnElement[Any]], most: int
) -> list[Ask]:
    c, r = t.funeral_case.c, t.register_ask.c
    rows = connection.execute(
        select(c.case_no, c.body, c.id_no_blind, c.changed_log_no, r.turns, r.tries, r.answered_at, r.lost)
        .outerjoin(t.register_ask, and_(r.home_id == c.home_id, r.case_no == c.case_no))
        .where(*where, c.id_no_blind.is_not(None), c.stage.not_in([one.value for one in ENDED]))
        .order_by(*order)
        .limit(most)
    )
    return [
        Ask(
            reading.case(CaseNo(row.case_no), row.body),
            row.id_no_blind,
            (row.changed_log_no, CaseNo(row.case_no)),
            row.turns or 0,
            row.tries or 0,
            row.turns is not None and row.answered_at is None,
            row.lost,
        )
        for row in rows
    ]


def keep(
    connection: Connection,
    home_id: HomeId,
    case_no: CaseNo,
    turns: int,
    tries: int,
    faults: Mapping[str, RegisterFault],
    lost: str | None,
    now: datetime,
    next_at: datetime,
) -> None:
    """How the registers answered; with a fault they are asked again."""
    c = t.register_ask.c
    values = {
        "turns": turns,
        "tries": tries,
        "next_at": next_at,
        "answered_at": None if faults else now,
        "faults": json.dumps({name: fault.value for name, fault in sorted(faults.items())}),
        "lost": lost,
    }
    where = (c.home_id == home_id, c.case_no == case_no)
    if not connection.execute(update(t.register_ask).where(*where).values(**values)).rowcount:
        connection.execute(t.register_ask.insert().values(home_id=home_id, case_no=case_no, **values))


def told(connection: Connection, home_id: HomeId, most: int) -> list[Told]:
    """Cases that wait for a register's answer, or of which one says that a proven record does not hold."""
    c = t.register_ask.c
    open_ = or_(c.answered_at.is_(None), c.lost.is_not(None))
    rows = connection.execute(
        select(t.register_ask).where(c.home_id == home_id, open_).order_by(c.next_at, c.case_no).limit(most)
    )
    return [
        Told(
            CaseNo(row.case_no),
            row.next_at,
            row.answered_at is not None,
            {name: RegisterFault(fault) for name, fault in json.loads(row.faults).items()},
            row.lost,
        )
        for row in rows
    ]
