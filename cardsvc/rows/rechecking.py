"""Rows that were put aside, looked at once more before they stand: what is taken or lost meanwhile."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from cardsvc.core.records import Fault, Record, Wrong
from cardsvc.core.uploads import CellFault
from cardsvc.modules import Module
from cardsvc.rows import importing, keeping
from cardsvc.rows.keeping import Where
from cardsvc.rows.tables import blind

Rows = list[tuple[int, str, dict[str, Any]]]
"""Rows by their numbers, with their ids and columns as their table has them, the county among them."""


def no_longer(connection: Connection, where: Where, module: Module, chunks: Iterable[Rows]) -> Iterator[CellFault]:
    """Rows whose unique values were taken, or whose links were lost, since they were put aside."""
    record, places = where.record, Counter[str]()
    unique = [one for one in record.columns if one.unique]
    links = importing.links(where)
    if not unique and not links and not record.together:
        return
    for rows in chunks:
        for column in unique:
            name = blind(column.name) if column.secret else column.name
            keys = {row: one[name] for row, _, one in rows if one.get(name) is not None}
            taken = importing.taken(connection, where, column, keys.values())
            yield from (CellFault(row, Fault(column.name, Wrong.TWICE)) for row, key in keys.items() if key in taken)
        for column in links:
            to = Where(where.home_id, module.name, module.record(column.of))
            ids = {row: one[column.name] for row, _, one in rows if one.get(column.name) is not None}
            there, own = importing.there(connection, to, ids.values()), {row: one["county"] for row, _, one in rows}
            still = (row for row, at in ids.items() if at in there and keeping.leads_to(own[row], there[at]))
            lost = sorted(ids.keys() - set(still))
            yield from (CellFault(row, Fault(column.name, Wrong.NO_SUCH_ROW)) for row in lost)
        for names in record.together:
            wholes = {row: tuple(one.get(each) for each in names) for row, _, one in rows}
            taken = importing.alike(connection, where, names, (one for one in wholes.values() if None not in one))
            yield from (CellFault(row, Fault(names[-1], Wrong.TWICE)) for row, one in wholes.items() if one in taken)
        apart = importing.disagreed(connection, where, module, ((row, one) for row, _, one in rows), places)
        yield from (CellFault(row, fault) for row, fault in apart)


def gives_places(module: Module, record: Record) -> bool:
    """Whether rows of a record take places at events, which are given under the lock of the log."""
    return module.trail is not None and record.name == module.trail.sign_ups.record
