"""Rows of payments that deaths stop: whose they are, how they stand, and what was paid after the day of the death."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from cardsvc.core.ids import CaseNo
from cardsvc.modules import Payments
from cardsvc.rows.keeping import Kept, Where, kept, sliced
from cardsvc.rows.tables import blind
from cardsvc.store import tables as t
from cardsvc.store.deaths import Stopped, stopped_of


def open_(connection: Connection, where: Where, payments: Payments, person: str) -> list[Kept]:
    """The rows by which a person is paid or could be again, of all counties; `person`: their blind index."""
    c = where.table.c
    whose = (c.home_id == where.home_id, c[blind(payments.person)] == person)
    asked = select(where.table).where(*whose, c[payments.state].in_(payments.open)).order_by(c.id)
    return [kept(where.record, row) for row in connection.execute(asked)]


def open_of(connection: Connection, where: Where, payments: Payments, ids: Iterable[str]) -> Iterator[tuple[Kept, str]]:
    """Those of these rows by which somebody is paid or could be again of whom there is a case; their blind index."""
    c, person, f = where.table.c, where.table.c[blind(payments.person)], t.funeral_case.c
    for some in sliced(sorted(ids)):
        case = exists(select(f.case_no).where(f.home_id == where.home_id, f.id_no_blind == person))
        these = (c.home_id == where.home_id, c.id.in_(some), case)
        asked = select(where.table).where(*these, c[payments.state].in_(payments.open)).order_by(c.id)
        for row in connection.execute(asked).all():
            yield kept(where.record, row), row._mapping[person.name]


def still(connection: Connection, where: Where, payments: Payments, row: Kept, by: Stopped) -> bool:
    """Whether a row stands as a death left it: nobody has let it be paid again, ended it or suspended it otherwise."""
    c = where.table.c
    asked = select(c.id).where(c.home_id == where.home_id, c.id == row.id, *_as_left(where, payments, by.version))
    return connection.execute(asked).first() is not None


def _as_left(where: Where, payments: Payments, version: Any) -> Iterable[ColumnElement[bool]]:
    """That a row is stopped, and that its state was last changed by the death that made this version."""
    c, h = where.table.c, t.module_history.c
    changes = (h.home_id == c.home_id, h.module == where.module, h.record == where.record.name, h.row_id == c.id)
    last = select(func.max(h.version)).where(*changes, h.field == payments.state).scalar_subquery()
    return c[payments.state] == payments.suspended, last == version


def paid_after(connection: Connection, ledger: Where, payments: Payments, row_id: str, day: date) -> tuple[int, int]:
    """How often a row was paid after a local day, and the sum in fen."""
    c = ledger.table.c
    late = (c.home_id == ledger.home_id, c[payments.of] == row_id, c[payments.day] > day)
    row = connection.execute(select(func.count(), func.sum(c[payments.amount])).where(*late)).one()
    return row[0], int(row[1] or 0)


def pending(
    connection: Connection, where: Where, payments: Payments, county: str | None, most: int, row_id: str = ""
) -> list[tuple[Kept, Stopped]]:
    """Rows that wait for somebody to look at the death that stopped them, the newest first.

    Of this county or of all; of `row_id` alone, where it says one.
    """
    c, d = where.table.c, t.module_death.c
    asked = (
        select(where.table, *(column.label(f"d_{column.name}") for column in t.module_death.columns))
        .join(t.module_death, and_(*_about(where)))
        .where(c.home_id == where.home_id, *_waits(where, payments, county), *((c.id == row_id,) if row_id else ()))
        .order_by(d.told_at.desc(), c.id)
        .limit(most)
    )
    found = []
    for row in connection.execute(asked):
        told = {one.name: row._mapping[f"d_{one.name}"] for one in t.module_death.columns}
        found.append((kept(where.record, row), stopped_of(told)))
    return found


def count_pending(connection: Connection, where: Where, payments: Payments, county: str | None) -> int:
    """How many rows wait for somebody to look."""
    c = where.table.c
    asked = (
        select(func.count())
        .select_from(where.table.join(t.module_death, and_(*_about(where))))
        .where(c.home_id == where.home_id, *_waits(where, payments, county))
    )
    return connection.execute(asked).scalar_one()


def _about(where: Where) -> Iterable[ColumnElement[bool]]:
    c, d = where.table.c, t.module_death.c
    return d.home_id == c.home_id, d.module == where.module, d.record == where.record.name, d.row_id == c.id


def _waits(where: Where, payments: Payments, county: str | None) -> Iterable[ColumnElement[bool]]:
    c, d = where.table.c, t.module_death.c
    here = (c.county == county,) if county is not None else ()
    return d.undone_at.is_(None), *_as_left(where, payments, d.version), *here


def unstopped(connection: Connection, where: Where, payments: Payments, most: int) -> list[CaseNo]:
    """Cases of whose person a row is open that the case's death has never stopped: it came later, or was corrected."""
    c, d, told = where.table.c, t.module_death.c, t.module_death_told.c
    heard = exists(select(d.version).where(*_about(where), d.case_no == told.case_no, d.undone_at.is_(None)))
    asked = (
        select(told.case_no)
        .join(where.table, and_(c.home_id == told.home_id, c[blind(payments.person)] == told.person))
        .where(told.home_id == where.home_id, told.telling != "", c[payments.state].in_(payments.open), ~heard)
        .distinct()
        .limit(most)
    )
    return [CaseNo(one) for one in connection.execute(asked).scalars()]
