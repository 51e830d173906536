"""What people call a row: the columns that name it; a link among them by what the linked row is called."""

from collections.abc import Iterable

from sqlalchemy import Connection

from cardsvc.core.ids import HomeId
from cardsvc.core.records import Kind, Record
from cardsvc.core.words import Language
from cardsvc.modules import Module
from cardsvc.naming.cells import written
from cardsvc.rows.keeping import Kept, Where, find_all

DEEP = 3
"""How many links a name follows."""


def titles(
    connection: Connection,
    home_id: HomeId,
    module: Module,
    record: Record,
    rows: Iterable[Kept],
    language: Language,
    deep: int = DEEP,
) -> dict[str, str]:
    """The names of rows, by their ids."""
    rows = list(rows)
    columns = [record.column(name) for name in record.name_by]
    linked: dict[str, str] = {}
    for column in columns:
        if column.kind is Kind.LINK and deep:
            ids = {str(one.values[column.name]) for one in rows if one.values[column.name] is not None}
            other = module.record(column.of)
            found = find_all(connection, Where(home_id, module.name, other), ids) if ids else []
            linked |= titles(connection, home_id, module, other, found, language, deep - 1)
    named = {}
    for row in rows:
        parts = [
            linked.get(str(row.values[one.name]), "")
            if one.kind is Kind.LINK
            else written(one, row.values[one.name], language)
            for one in columns
            if not one.secret
        ]
        named[row.id] = " ".join(one for one in parts if one) or row.id[:8]
    return named
