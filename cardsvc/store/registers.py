"""Which cases the modules' registers are to be asked about, and how it went; the case itself says what was proven."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from cardsvc.core.case import Case
from cardsvc.core.ids import CaseNo, HomeId
from cardsvc.core.registers import RegisterFault
from cardsvc.core.workflow import ENDED
from cardsvc.store import reading
from cardsvc.store import tables as t

MOST = 200
"""The most cases of one look."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A case and its person's blind index; `turns` and `tries` of the last time, 0 of a case that was never asked."""

    case: Case
    person: str
    changed_log_no: int
    turns: int
    tries: int
    waits: bool


@dataclass(frozen=True, slots=True)
class Told:
    """How it stands with a case: faults by register, a record that holds no more."""

    case_no: CaseNo
    next_at: datetime
    answered: bool
    faults: Mapping[str, RegisterFault]
    lost: str | None


def changed(connection: Connection, home_id: HomeId, after: int, most: int = MOST) -> list[Ask]:
    """Open cases that changed after a log number, in that order; nobody is asked about without a number."""
    c = t.funeral_case.c
    return _asks(connection, (c.home_id == home_id, c.changed_log_no > after), c.changed_log_no, most)


def due(connection: Connection, home_id: HomeId, now: datetime, most: int = MOST) -> list[Ask]:
    """Cases of which a register owes an answer, and is asked again now."""
    c, r = t.funeral_case.c, t.register_ask.c
    where = (c.home_id == home_id, r.answered_at.is_(None), r.next_at <= now)
    return _asks(connection, where, r.next_at, most)


def _asks(
    connection: Connection, where: Iterable[ColumnElement[bool]], order: ColumnElement[Any], most: int
) -> list[Ask]:
    c, r = t.funeral_case.c, t.register_ask.c
    rows = connection.execute(
        select(c.case_no, c.body, c.id_no_blind, c.changed_log_no, r.turns, r.tries, r.answered_at)
        .outerjoin(t.register_ask, and_(r.home_id == c.home_id, r.case_no == c.case_no))
        .where(*where, c.id_no_blind.is_not(None), c.stage.not_in([one.value for one in ENDED]))
        .order_by(order)
        .limit(most)
    )
    return [
        Ask(
            reading.case(CaseNo(row.case_no), row.body),
            row.id_no_blind,
            row.changed_log_no,
            row.turns or 0,
            row.tries or 0,
            row.turns is not None and row.answered_at is None,
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
