"""Values and conditions for which a database uses no index, where it would choose a worse one than the list's own."""

from typing import Any

from sqlalchemy import ColumnElement, case, func


def value_aside(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value, by which rows are neither found nor met in order."""
    return func.coalesce(column, column, type_=column.type)


def condition_aside(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition, by which no rows are found.

    PostgreSQL takes half of the rows to meet it. A comparison with a value that it knows nothing of it takes to be met
    by one row in 200, and two of them by hardly any: it would read and sort a million rows rather than meet fifty.
    """
    return case((condition, True), else_=False)
