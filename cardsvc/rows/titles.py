"""What people call a row: the columns that name it; a link among them by what the linked row is called.

A number of somebody among them is told by its ends (`cells.ends`), so that two people of one name differ.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from cardsvc.core.ids import HomeId
from cardsvc.core.records import Column, Kind, Record
from cardsvc.core.words import Language
from cardsvc.modules import Module
from cardsvc.naming.cells import ends, written
from cardsvc.rows.keeping import Kept, Where, clear, find_all
from cardsvc.vault.vault import Vault

DEEP = 3
"""How many links a name follows."""


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
) -> dict[str, str]:
    """The names of rows, by their ids; without their `numbers` as people may say them who do not know any.

    Raises VaultError.
    """
    rows = list(rows)
    columns = [record.column(name) for name in record.name_by]
    linked: dict[str, str] = {}
    for column in columns:
        if column.kind is Kind.LINK and deep:
            ids = {str(one.values[column.name]) for one in rows if one.values[column.name] is not None}
            other = module.record(column.of)
            found = find_all(connection, Where(home_id, module.name, other), ids) if ids else []
            linked |= titles(connection, vault, home_id, module, other, found, language, deep - 1, numbers)
    where = Where(home_id, module.name, record)

    def part(row: Kept, column: Column) -> str:
        if column.kind is Kind.LINK:
            return linked.get(str(row.values[column.name]), "")
        if column.secret:
            return ends(column.kind, clear(vault, where, row, column.name)) if numbers else ""
        return written(column, row.values[column.name], language)

    return {row.id: " ".join(one for column in columns if (one := part(row, column))) or row.id[:8] for row in rows}
