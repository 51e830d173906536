"""Rows of modules' records: kept with their history, secrets sealed, each change a link of the home's log."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, select, update

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.records import CITY, Column, Fault, Kind, Record, Value, Values, Wrong
from cardsvc.naming.cells import UNHELD, written
from cardsvc.naming.names import digits
from cardsvc.rows.tables import blind, sealed, table_of
from cardsvc.store import tables as t
from cardsvc.vault.vault import Vault

T = TypeVar("T")
LOT = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """A row as it stands; a secret's value is its sealed text, opened by `clear`.

    `now_in`: the county that has it now, where this is how it stood when another had it.
    """

    id: str
    county: str
    version: int
    made_at: datetime
    made_by: str
    changed_at: datetime
    changed_by: str
    values: Values
    now_in: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a row that changed, in text; `move` names the flow's step that changed it, "" a form.

    `second_no`: who confirmed a move of two. `day`: the local day since when it holds, YYYY-MM-DD.
    """

    version: int
    field: str
    before: str | None
    after: str | None
    at: datetime
    staff_no: str | None
    second_no: str | None
    move: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Where:
    """A record of a home's module: what every question of this room is about."""

    home_id: HomeId
    module: str
    record: Record

    @property
    def table(self) -> Table:
        """Its table."""
        return table_of(self.module, self.record)

    def place(self, row_id: str, column: str) -> str:
        """What a sealed value is bound to."""
        return f"{self.module}_{self.record.name}/{row_id}/{column}"


def index_of(vault: Vault, column: Column, clear: str) -> str:
    """The blind index of a secret: the same kinds as those of the funeral service, so that both find one person."""
    match column.kind:
        case Kind.ID_NO:
            return vault.blind("id_no", clear.upper())
        case Kind.PHONE:
            return vault.blind("phone", digits(clear))
        case _:
            return vault.blind(column.kind.value, clear)


def clear(vault: Vault, where: Where, row: Kept, column: str) -> str:
    """A secret in clear; "" where there is none. Raises VaultError."""
    found = row.values[column]
    return vault.show(base64.b64decode(str(found)), where.place(row.id, column)) if found is not None else ""


def opened(vault: Vault, where: Where, row: Kept) -> dict[str, Value]:
    """A row's values with its secrets in clear: what rules, derivations and comparisons look at. Raises VaultError."""
    secrets = {one.name: clear(vault, where, row, one.name) or None for one in where.record.columns if one.secret}
    return {**row.values, **secrets}


def columns_of(vault: Vault, where: Where, row_id: str, values: Values, chance: bytes) -> dict[str, Any]:
    """Values as their table has them; `chance` is 12 bytes for each secret column."""
    kept: dict[str, Any] = {}
    for number, column in enumerate(where.record.columns):
        if column.name not in values:
            continue
        value = values[column.name]
        if not column.secret:
            kept[column.name] = value
            continue
        nonce = chance[12 * number : 12 * number + 12]
        hidden = vault.hide(str(value), where.place(row_id, column.name), nonce) if value is not None else None
        kept[sealed(column.name)] = base64.b64encode(hidden).decode() if hidden is not None else None
        kept[blind(column.name)] = index_of(vault, column, str(value)) if value is not None else None
    return kept


def insert(
    connection: Connection,
    vault: Vault,
    where: Where,
    rows: Sequence[tuple[str, Values]],
    staff_no: StaffNo,
    now: datetime,
    chance: Iterable[bytes],
    batch: str | None = None,
    known_on: date | None = None,
) -> None:
    """New rows: ids with values, the county among them. Each needs 12 bytes of `chance` for every column.

    `known_on`: the local day of which a file tells, where it is not the one on which it comes.
    """
    prepared = [
        (row_id, {"county": values["county"]} | columns_of(vault, where, row_id, values, bits))
        for (row_id, values), bits in zip(rows, chance, strict=False)
    ]
    insert_columns(connection, where, prepared, staff_no, now, batch, known_on)


def insert_columns(
    connection: Connection,
    where: Where,
    rows: Iterable[tuple[str, Mapping[str, Any]]],
    staff_no: StaffNo,
    now: datetime,
    batch: str | None = None,
    known_on: date | None = None,
) -> None:
    """New rows: ids with their columns as the table has them (`columns_of`), the county among them."""
    made = {"home_id": where.home_id, "version": 1, "made_at": now, "made_by": staff_no, "batch": batch}
    made |= {"known_on": known_on}
    made |= {"changed_at": now, "changed_by": staff_no}
    every = dict.fromkeys(name for one in where.table.columns if (name := one.name) not in made)
    prepared = [{**every, **made, "id": row_id, **columns} for row_id, columns in rows]
    if prepared:
        connection.execute(where.table.insert(), prepared)


def find(connection: Connection, where: Where, row_id: str, county: str | None) -> Kept | None:
    """A row by its id, of this county where somebody sees only one."""
    if UNHELD.search(row_id):
        return None
    c = where.table.c
    only = (c.county == county,) if county is not None else ()
    found = connection.execute(select(where.table).where(c.home_id == where.home_id, c.id == row_id, *only)).first()
    return kept(where.record, found) if found is not None else None


def find_all(connection: Connection, where: Where, ids: Iterable[str]) -> list[Kept]:
    """Rows by their ids."""
    c, found = where.table.c, []
    for some in sliced(sorted(ids)):
        asked = select(where.table).where(c.home_id == where.home_id, c.id.in_(some))
        found += [kept(where.record, one) for one in connection.execute(asked)]
    return found


def sliced(values: Iterable[T]) -> Iterator[list[T]]:
    """Values in lots of `LOT`: a statement takes only so many."""
    rest = iter(values)
    while some := list(islice(rest, LOT)):
        yield some


def kept(record: Record, row: Row[Any]) -> Kept:
    """A row of the table as a value."""
    values: dict[str, Value] = {
        one.name: getattr(row, sealed(one.name) if one.secret else one.name) for one in record.columns
    }
    made = (row.made_at, row.made_by, row.changed_at, row.changed_by)
    return Kept(row.id, row.county, row.version, *made, values)


def change(
    connection: Connection,
    vault: Vault,
    where: Where,
    before: Kept,
    after: Mapping[str, Value],
    staff_no: StaffNo | None,
    now: datetime,
    chance: bytes,
    log_no: int,
    move: str = "",
    second_no: StaffNo | None = None,
    day: date | None = None,
) -> bool:
    """Change a row that is still at the version that was looked at, and tell its history; False when it is not.

    `second_no`: who confirmed a `move` of two. `day`: the local day since when it holds, that of `now` if none is said.
    """
    old = {**opened(vault, where, before), "county": before.county}
    changed = {name: value for name, value in after.items() if value != old[name]}
    if not changed:
        return True
    new: dict[str, Any] = columns_of(vault, where, before.id, changed, chance)
    new |= {"county": changed["county"]} if "county" in changed else {}
    new |= {"version": before.version + 1, "changed_at": now, "changed_by": staff_no or before.changed_by}
    c = where.table.c
    still = (c.home_id == where.home_id, c.id == before.id, c.version == before.version)
    if connection.execute(update(where.table).where(*still).values(**new)).rowcount == 0:
        return False
    lines = [
        {
            "home_id": where.home_id,
            "module": where.module,
            "record": where.record.name,
            "row_id": before.id,
            "version": before.version + 1,
            "field": name,
            "before": _told(where.record, name, old[name]),
            "after": _told(where.record, name, value),
            "at": now,
            "staff_no": staff_no,
            "second_no": second_no,
            "move": move,
            "log_no": log_no,
            "day": (day or local(now).date()).isoformat(),
        }
        for name, value in changed.items()
    ]
    connection.execute(t.module_history.insert(), lines)
    return True


def _told(record: Record, name: str, value: Value) -> str | None:
    """A value as history keeps it: what is secret by its last two characters."""
    if value is None:
        return None
    if name == "county":
        return str(value)
    column = record.column(name)
    return f"**{str(value)[-2:]}" if column.secret else written(column, value)


def history(connection: Connection, where: Where, row_id: str) -> list[Change]:
    """What changed in a row, the newest first."""
    c = t.module_history.c
    own = (c.home_id == where.home_id, c.module == where.module, c.record == where.record.name, c.row_id == row_id)
    rows = connection.execute(select(t.module_history).where(*own).order_by(c.version.desc(), c.field))
    return [
        Change(one.version, one.field, one.before, one.after, one.at, one.staff_no, one.second_no, one.move, one.day)
        for one in rows
    ]


def twice(connection: Connection, vault: Vault, where: Where, values: Values, but: str = "") -> tuple[Fault, ...]:
    """Unique columns whose value another row has already, and columns that are so together: the last of them."""
    c, found = where.table.c, []
    for column in where.record.columns:
        value = values.get(column.name)
        if not column.unique or value is None:
            continue
        by = c[blind(column.name)] if column.secret else c[column.name]
        wanted = index_of(vault, column, str(value)) if column.secret else value
        other = select(c.id).where(c.home_id == where.home_id, by == wanted, c.id != but).limit(1)
        if connection.execute(other).first() is not None:
            found.append(Fault(column.name, Wrong.TWICE))
    for names in where.record.together:
        if any(values.get(one) is None for one in names):
            continue
        alike = (c[one] == values[one] for one in names)
        if connection.execute(select(c.id).where(c.home_id == where.home_id, *alike, c.id != but).limit(1)).first():
            found.append(Fault(names[-1], Wrong.TWICE))
    return tuple(found)


def leads_to(county: str, other: str) -> bool:
    """Whether a row of a county may lead to one of another, whoever writes: the city's may to all, and all to its."""
    return county == CITY or other in (county, CITY)
