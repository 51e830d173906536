"""The second pair of eyes on a module's row: somebody else, who works in the module and sees rows of its county."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.permissions import EVERY_MODULE, Action, confirmed
from cardsvc.core.problems import Problem, Refusal
from cardsvc.core.records import Record, Values
from cardsvc.rows import agreeing, grants
from cardsvc.rows.keeping import Where
from cardsvc.store import staff
from cardsvc.store.opening import load_staff


def confirming(
    connection: Connection,
    home_id: HomeId,
    at: tuple[str, str | None],
    people: tuple[StaffNo, StaffNo | None],
    alone: bool,
) -> StaffNo | Refusal | None:
    """Who confirms what the first of two people does with rows: None where the first may do it `alone`; or why nobody.

    `at`: the module, and the county of the rows, None of more than one.
    """
    return None if alone else _missing(connection, home_id, *at, people) or people[1]


def keeps(connection: Connection, where: Where, records: Mapping[str, Record], rows: Iterable[Values]) -> bool:
    """Whether two people keep one of these rows of a record (`Record.by_two`); their counties are among the values."""
    asks = where.record.by_two
    return asks is not None and any(asks(one, agreeing.led_to(connection, where, records, one)[0]) for one in rows)


def _missing(
    connection: Connection, home_id: HomeId, module: str, county: str | None, people: tuple[StaffNo, StaffNo | None]
) -> Refusal | None:
    """Why the second of two people does not confirm what the first does; None when they do."""
    first, second = people
    if (alone := confirmed(first, second, load_staff(connection, home_id), Action.EDIT_RECORDS)) is not None:
        return alone
    if second is None or not _works_there(connection, home_id, second, module, county):
        return Refusal(Problem.NOT_ALLOWED, module)
    return None


def _works_there(connection: Connection, home_id: HomeId, staff_no: StaffNo, module: str, county: str | None) -> bool:
    """Whether somebody works in the module, and with rows of this county: the second pair of eyes must see the row."""
    member = staff.find(connection, home_id, staff_no)
    if member is None or member.county not in (None, county):
        return False
    granted = grants.of(connection, home_id, staff_no)
    return bool(EVERY_MODULE & set(member.roles)) or module in granted
