"""What is wrong with a row beside others: those that its links lead to, and those that lead to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, func, select

from cardsvc.core.ids import HomeId
from cardsvc.core.records import Fault, Kind, Move, Record, Values, Wrong
from cardsvc.modules import Module
from cardsvc.rows import as_of
from cardsvc.rows.keeping import Kept, Where, find, find_all, leads_to, twice
from cardsvc.vault.vault import Vault


def stood_on(connection: Connection, where: Where, rows: Iterable[Kept], day: date) -> list[Kept]:
    """Rows as they answer about a local day: in which span they were then (`Flow.spans`), in all else as they are."""
    rows, flow = list(rows), where.record.flow
    if flow is None or not flow.spans:
        return rows
    names, found = (flow.column, *(one.stamps for one in flow.moves if one.stamps)), []
    for row, then in zip(rows, as_of.rows_then(connection, where, rows, day), strict=True):
        spans = then.values[flow.column] in flow.spans
        found.append(replace(row, values={**row.values, **{one: then.values[one] for one in names}}) if spans else row)
    return found


def stood(connection: Connection, home_id: HomeId, module: Module, day: date) -> Callable[[str, str], Values]:
    """How a row of a module, by its record and id, answers about a local day. It raises LookupError."""

    def of(record: str, row_id: str) -> Values:
        where = Where(home_id, module.name, module.record(record))
        row = find(connection, where, row_id, None)
        if row is None:
            raise LookupError(record)
        return stood_on(connection, where, [row], day)[0].values

    return of


def led_to(
    connection: Connection, where: Where, records: Mapping[str, Record], values: Values
) -> tuple[dict[str, Values], tuple[Fault, ...]]:
    """The rows that a row's links lead to, by column; what is not there, or not led to from its county, is a fault.

    They answer about the row's day, where it asks of one (`Record.as_on`).
    """
    county, found, faults = str(values["county"]), dict[str, Values](), []
    day = values.get(where.record.as_on) if where.record.as_on else None
    for column in where.record.columns:
        value = values.get(column.name)
        if column.kind is not Kind.LINK or value is None:
            continue
        to = Where(where.home_id, where.module, records[column.of])
        row = find(connection, to, str(value), None)
        if row is None or not leads_to(county, row.county):
            faults.append(Fault(column.name, Wrong.NO_SUCH_ROW))
        else:
            row = stood_on(connection, to, [row], day)[0] if isinstance(day, date) else row
            found[column.name] = {**row.values, "county": row.county}
    return found, tuple(faults)


def binding(
    connection: Connection, where: Where, records: Mapping[str, Record], rows: Iterable[Values]
) -> dict[str, Kept]:
    """The frozen rows that bind rows of these values (`Record.bound_by`), by their ids."""
    name = where.record.bound_by
    if not name:
        return {}
    to = Where(where.home_id, where.module, records[where.record.column(name).of])
    ids = {str(one[name]) for one in rows if one.get(name) is not None}
    return {one.id: one for one in find_all(connection, to, ids) if to.record.is_frozen(one.values)}


def untrue(
    connection: Connection, where: Where, records: Mapping[str, Record], values: Values, row_id: str
) -> tuple[Fault, ...]:
    """Where a row that would be frozen says another number or sum of the rows that lead to it (`Record.totals`)."""
    says = where.record.totals
    if says is None or not where.record.is_frozen(values):
        return ()
    c = Where(where.home_id, where.module, records[says.record]).table.c
    asked = select(func.count(), func.sum(c[says.summed])).where(c.home_id == where.home_id, c[says.link] == row_id)
    many, total = connection.execute(asked).one()
    found = {says.count: many, says.total: int(total or 0)}
    return tuple(Fault(name, Wrong.UNTRUE) for name, so in found.items() if values[name] != so)


def unfounded(
    connection: Connection, where: Where, records: Mapping[str, Record], move: Move, row_id: str
) -> tuple[Fault, ...]:
    """Where a move needs what its row stands on, and that does not hold (`Move.stands_on`)."""
    basis, flow = move.stands_on, where.record.flow
    if basis is None or flow is None:
        return ()
    other = records[basis.record]
    c, state = Where(where.home_id, where.module, other).table.c, other.flow.column if other.flow is not None else ""
    failing = (c.home_id == where.home_id, c[basis.link] == row_id, c[state].not_in(basis.states))
    lost = connection.execute(select(c.id).where(*failing).limit(1)).first() is not None
    return (Fault(flow.column, Wrong.UNFOUNDED),) if lost else ()


def disagreed(
    connection: Connection,
    vault: Vault,
    where: Where,
    records: Mapping[str, Record],
    values: Values,
    row_id: str,
    sound: bool,
) -> tuple[Fault, ...]:
    """What is wrong with a row beside others: links that are lost, what another has; `agree` where it is `sound`."""
    led, faults = led_to(connection, where, records, values)
    name = where.record.bound_by
    if name in led and records[where.record.column(name).of].is_frozen(led[name]):
        faults += (Fault(name, Wrong.BOUND),)
    faults += twice(connection, vault, where, values, row_id)
    if sound and not faults and where.record.agree is not None:
        faults += tuple(where.record.agree(values, led))
    return faults
