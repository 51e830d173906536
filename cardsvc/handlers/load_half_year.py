"""Load the bureau's half-year of acceptance into modules that have no rows yet: all of it or nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from cardsvc.context import Context
from cardsvc.core.ids import StaffNo, uuid7
from cardsvc.core.records import Record, Values
from cardsvc.rows import half_year, keeping, marks
from cardsvc.rows.keeping import Where
from cardsvc.store.engine import Connection, transact
from cardsvc.store.log import open_log

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """Nothing was loaded: a table has rows."""

    table: str


def handle(
    context: Context, staff_no: StaffNo, now: datetime, tell: Callable[[str, int], None]
) -> dict[str, int] | NotEmpty:
    """How many rows each module got; `tell` hears of the progress: the module and its rows so far."""
    numbers = count(int(now.timestamp() * 1000))

    def new_id() -> str:
        return uuid7(next(numbers), context.chance(10)).hex

    def act(connection: Connection) -> dict[str, int] | NotEmpty:
        home = context.home_id
        if (table := half_year.any_rows(connection, home, context.modules.values())) != "":
            return NotEmpty(table)
        done: dict[str, int] = {}
        told: list[tuple[str, str]] = []
        for module in context.modules.values():
            waiting: dict[str, list[tuple[str, Values]]] = {}
            done[module.name] = 0

            def write(record: Record, rows: list[tuple[str, Values]], module: str = module.name) -> None:
                chance = [context.chance(12 * len(record.columns)) for _ in rows]
                where, last = Where(home, module, record), half_year.HALF_YEAR.last
                keeping.insert(connection, context.vault, where, rows, staff_no, now, chance, "half-year", last)
                done[module] += len(rows)
                tell(module, done[module])

            for record, row_id, values in half_year.rows_of(module, new_id):
                rows = waiting.setdefault(record.name, [])
                rows.append((row_id, values))
                if len(rows) == AT_ONCE:
                    write(record, waiting.pop(record.name))
            for name, rows in waiting.items():
                write(module.record(name), rows)
            said = half_year.said_of(module)
            marks.keep(connection, home, module.name, half_year.HALF_YEAR, said, staff_no, now)
            told.append((module.name, f"{done[module.name]} rows, {len(said)} figures"))
        log = open_log(connection, home)  # last: who holds its head holds up every tap
        for name, what in told:
            log.add(f"half-year loaded: {name}", what, "", now, staff_no)
        log.close()
        return done

    return transact(context.engine, act)
