"""The bureau's half-year of acceptance: what it said of its figures, and the invented rows from which they come out."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import NamedTuple

from sqlalchemy import Connection, select

from cardsvc.core.figures import Unit
from cardsvc.core.ids import HomeId
from cardsvc.core.indicated import NOTHING_SAID, Relation, Said, hundredths
from cardsvc.core.records import Kind, Record, Value, Values
from cardsvc.core.reporting import Period
from cardsvc.modules import Module
from cardsvc.rows.tables import table_of

HALF_YEAR = Period(date(2026, 1, 1), date(2026, 6, 30))
TARGET = "_target"
RELATIONS = {"=": Relation.EXACT, ">": Relation.OVER, "<": Relation.NEARLY, "withheld": Relation.EXACT}


class Reported(NamedTuple):
    """A figure as the bureau reported it: `value` in its unit (yuan), none where it was withheld."""

    module: str
    indicator: str
    value: Decimal | None
    unit: Unit
    relation: Relation
    note: str
    note_en: str

    @property
    def target_of(self) -> str:
        """The indicator whose target this is; "" where it is a figure itself."""
        return self.indicator.removesuffix(TARGET) if self.indicator.endswith(TARGET) else ""


def reported() -> tuple[Reported, ...]:
    """What the bureau reported of its half-year (MODULES.md)."""
    with files("cardsvc.data").joinpath("half_year_figures.csv").open(encoding="utf-8") as lines:
        return tuple(
            Reported(
                row["module"],
                row["indicator"],
                Decimal(row["value"]) if row["value"] else None,
                Unit(row["unit"]),
                RELATIONS[row["relation"]],
                row["note_zh"],
                row["note"],
            )
            for row in csv.DictReader(lines)
        )


def said_of(module: Module) -> dict[str, Said]:
    """What the bureau said of a module's figures; what it gave out is told, whatever it is made of."""
    found: dict[str, Said] = {}
    units = {one.name: one.unit for one in module.indicators}
    for one in reported():
        if one.module != module.name:
            continue
        name = one.target_of or one.indicator
        # The bureau's file counts yuan; where an indicator is money, both are in fen from here on.
        value = int(hundredths(Unit.COUNT, one.value)) if one.value is not None and name in units else None
        before = found.get(name, NOTHING_SAID)
        notes = (one.note or before.note, one.note_en or before.note_en)
        if one.target_of:
            found[name] = Said(value, before.relation, before.bound, before.withheld, *notes)
        else:
            bound = value if one.relation is not Relation.EXACT else None
            found[name] = Said(before.target, one.relation, bound, one.value is None, *notes)
    return found


def any_rows(connection: Connection, home_id: HomeId, modules: Iterable[Module]) -> str:
    """The first table of these modules that has rows; "" where none has."""
    for module in modules:
        for record in module.records:
            table = table_of(module.name, record)
            if connection.execute(select(table.c.id).where(table.c.home_id == home_id).limit(1)).first() is not None:
                return table.name
    return ""


def rows_of(module: Module, new_id: Callable[[], str]) -> Iterator[tuple[Record, str, Values]]:
    """The module's rows with ids for the keys by which they name each other, states and derived values added.

    Raises ValueError for a row that breaks its record's own rule.
    """
    ids: dict[tuple[str, str], str] = {}
    for row in module.half_year() if module.half_year is not None else ():
        record = module.record(row.record)
        values: dict[str, Value] = {**record.start, **row.values}
        for column in record.columns:
            key = values.get(column.name)
            if column.kind is Kind.LINK and key is not None:
                values[column.name] = ids.setdefault((column.of, str(key)), new_id())
        faults = list(record.check(values)) if record.check is not None else []
        if faults:
            raise ValueError(f"{module.name}/{row.record}: {', '.join(one.column for one in faults)} of a row is wrong")
        if record.derive is not None:
            values |= record.derive(values)
        yield record, ids.setdefault((row.record, row.key), new_id()) if row.key else new_id(), values
