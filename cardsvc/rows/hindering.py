"""What stands against taking rows back: other rows that lead to them, and cases that name them."""

import json
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, or_, select

from cardsvc.core.facts import Stage
from cardsvc.core.records import Kind
from cardsvc.core.trails import Trail
from cardsvc.modules import Module
from cardsvc.rows import agreeing, renumbering
from cardsvc.rows.keeping import Kept, Where, sliced
from cardsvc.store import tables as t

ROW_ID = re.compile(r"[0-9a-f]{32}")
NAMED = 20
"""So many hindrances are named; that there are more is said."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What stands against it: `record` is "" of a case that names one of the rows.

    Else a row that leads to one of them, or a frozen one that they are bound by.
    """

    record: str
    id: str


def hindrances(
    connection: Connection, where: Where, module: Module, rows: Mapping[str, Kept], but: Container[str] = ()
) -> list[Hindrance]:
    """What leads to rows, by their ids, beside themselves and `but` these: up to `NAMED` and one."""
    found: list[Hindrance] = []
    about = (connection, where, module, rows)
    for one in chain(_linking(*about, but), _binding(*about), _cases(*about)):
        if one not in found:
            found.append(one)
        if len(found) > NAMED:
            break
    return found


def _linking(
    connection: Connection, where: Where, module: Module, rows: Mapping[str, Kept], but: Container[str]
) -> Iterator[Hindrance]:
    for other in module.records:
        to = Where(where.home_id, where.module, other)
        c, same = to.table.c, other.name == where.record.name
        for column in other.columns:
            if column.kind is not Kind.LINK or column.of != where.record.name:
                continue
            for some in sliced(rows):
                asked = select(c.id).where(c.home_id == where.home_id, c[column.name].in_(some)).order_by(c.id)
                for row_id in connection.execute(asked if same else asked.limit(NAMED + 1)).scalars():
                    if not same or (row_id not in rows and row_id not in but):
                        yield Hindrance(other.name, row_id)


def _binding(connection: Connection, where: Where, module: Module, rows: Mapping[str, Kept]) -> Iterator[Hindrance]:
    """Rows that were agreed to with these in them."""
    records = {one.name: one for one in module.records}
    for row_id in agreeing.binding(connection, where, records, (one.values for one in rows.values())):
        yield Hindrance(where.record.column(where.record.bound_by).of, row_id)


def _cases(connection: Connection, where: Where, module: Module, rows: Mapping[str, Kept]) -> Iterator[Hindrance]:
    """Cases whose ashes go by one of the rows, or that were let off by the number of one."""
    c, name, trail = t.funeral_case.c, where.record.name, module.trail
    rests = trail is not None and name in {trail.sign_ups.record, *((trail.graves.record,) if trail.graves else ())}
    numbers, marks = renumbering.names(connection, where, rows) if module.waivers is not None else set(), list[str]()
    planned = _planned(trail, rows) if trail is not None and name == trail.sign_ups.record else set()
    if rests:
        marks += [f"module:{module.name}:{name}:", '"resting":"', '"ash_plan":']
    if numbers:
        marks.append(f'"registry":"{module.name}"')
    if not marks:
        return
    says = or_(*(c.body.contains(one, autoescape=True) for one in marks))
    these = (c.home_id == where.home_id, c.stage != Stage.CANCELLED.value, says)
    for case_no, body in connection.execute(select(c.case_no, c.body).where(*these).order_by(c.case_no)):
        let_off = {one.get("number") for one in json.loads(body).get("entitled", ()) if one.get("registry")}
        by_plan = case_no in planned and '"ash_plan":' in body
        if by_plan or numbers & let_off or (rests and rows.keys() & set(ROW_ID.findall(body))):
            yield Hindrance("", case_no)


def _planned(trail: Trail, rows: Mapping[str, Kept]) -> set[str]:
    """The cases whose rest sign-ups planned, unless they were given up."""
    s = trail.sign_ups
    given_up = (None, *s.given_up)
    return {str(row.values[s.case_no]) for row in rows.values() if row.values[s.state] not in given_up}
