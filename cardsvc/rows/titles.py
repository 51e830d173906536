"""What people call a row: the columns that name it; a link among them by what the linked row is called.

A number of somebody among them is told by its ends (`cells.ends`), so that two people of one name differ. Of a row
that became another county's nobody of this one reads anything later than that (decision 0036).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from cardsvc.core.ids import HomeId
from cardsvc.core.records import Column, Kind, Record
from cardsvc.core.words import Language, say
from cardsvc.modules import Module
from cardsvc.naming.cells import ends, written
from cardsvc.rows.as_of import rows_then
from cardsvc.rows.keeping import Kept, Where, clear, find_all, leads_to
from cardsvc.vault.vault import Vault

DEEP = 3
"""How many links a name follows."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads names: `county` is the only one whose rows they see, None for all; `day`: as at its end, None now."""

    county: str | None = None
    day: date | None = None

    def sees(self, row: Kept) -> bool:
        """Whether a row of theirs may lead to this one: by the county that has it, or had it on the day."""
        return self.county is None or any(leads_to(self.county, one) for one in {row.county, row.now_in or row.county})


EVERYBODY = Reader()


def titles(
    connection: Connection,
    vault: Vault,
    home_id: HomeId,
    module: Module,
    record: Record,
    rows: Iterable[Kept],
    language: Language,
    deep: int = DEEP,
    numbers: bool = True,
    reader: Reader = EVERYBODY,
) -> dict[str, str]:
    """The names of rows, by their ids; without their `numbers` as people may say them who do not know any.

    The rows are the reader's own, as they stood on the reader's day; what they link to is looked up so.

    Raises VaultError.
    """
    rows = list(rows)
    columns = [record.column(name) for name in record.name_by]
    linked: dict[str, str] = {}
    for column in columns:
        if column.kind is Kind.LINK and deep:
            ids = {str(one.values[column.name]) for one in rows if one.values[column.name] is not None}
            to = Where(home_id, module.name, module.record(column.of))
            linked |= called(connection, vault, module, to, ids, language, reader, deep - 1, numbers)
    where = Where(home_id, module.name, record)

    def part(row: Kept, column: Column) -> str:
        if column.kind is Kind.LINK:
            return linked.get(str(row.values[column.name]), "")
        if column.secret:
            return ends(column.kind, clear(vault, where, row, column.name)) if numbers else ""
        return written(column, row.values[column.name], language)

    return {row.id: " ".join(one for column in columns if (one := part(row, column))) or row.id[:8] for row in rows}


def called(
    connection: Connection,
    vault: Vault,
    module: Module,
    to: Where,
    ids: Iterable[str],
    language: Language,
    reader: Reader = EVERYBODY,
    deep: int = DEEP,
    numbers: bool = True,
) -> dict[str, str]:
    """The names of rows that something links to, by their ids, as far as its reader may know them.

    Raises VaultError.
    """
    found = find_all(connection, to, ids)
    stood = rows_then(connection, to, found, reader.day) if reader.day is not None else found
    theirs = [one for one in stood if reader.sees(one)]
    named = titles(connection, vault, to.home_id, module, to.record, theirs, language, deep, numbers, reader)
    return {one.id: named.get(one.id, say(language, "records.not_yours")) for one in stood}
