"""What the bureau says of figures: targets, bounds, what is withheld; kept for a figure and a period."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.indicated import Marks, Relation, Said
from cardsvc.core.reporting import Period
from cardsvc.store import tables as t

NEAR = 31
"""So many days before it is withheld, what stood is withheld too, where nothing is said of that day itself."""


def exactly(connection: Connection, home_id: HomeId, module: str, period: Period) -> dict[str, Said]:
    """What is said of a module's figures in this very period, by their names."""
    c = t.module_figure.c
    days = (c.first_day == period.first.isoformat(), c.last_day == period.last.isoformat())
    rows = connection.execute(select(t.module_figure).where(c.home_id == home_id, c.module == module, *days))
    return {row.indicator: _said(row) for row in rows}


def around(connection: Connection, home_id: HomeId, module: str, period: Period) -> Marks:
    """All that is said of a module's figures in periods that have a day in common with this one."""
    c = t.module_figure.c
    days = (c.first_day <= period.last.isoformat(), c.last_day >= period.first.isoformat())
    found: dict[str, tuple[Said, ...]] = {}
    for row in connection.execute(select(t.module_figure).where(c.home_id == home_id, c.module == module, *days)):
        found[row.indicator] = (*found.get(row.indicator, ()), _said(row))
    return found


def stood(connection: Connection, home_id: HomeId, module: str, period: Period) -> frozenset[str]:
    """The figures that are withheld as they stood at the end of a period, by what is said of periods around its end.

    What was withheld last stays so from then on, until the bureau gives out that of a later period; and a month before
    it stood much the same.
    """
    c, last = t.module_figure.c, period.last.isoformat()
    until = (period.last + timedelta(days=NEAR)).isoformat()
    where = (c.home_id == home_id, c.module == module, c.withheld.is_not(None), c.last_day <= until)
    found: dict[str, tuple[str, bool]] = {}
    for row in connection.execute(select(t.module_figure).where(*where).order_by(c.last_day)):
        day, withheld = found.get(row.indicator, ("", False))
        if row.last_day <= last:
            found[row.indicator] = (row.last_day, row.withheld or (withheld and day == row.last_day))
        elif row.withheld and day != last:
            found[row.indicator] = (row.last_day, True)
    return frozenset(name for name, (_, withheld) in found.items() if withheld)


def keep(
    connection: Connection,
    home_id: HomeId,
    module: str,
    period: Period,
    said: Mapping[str, Said],
    staff_no: StaffNo,
    now: datetime,
) -> None:
    """From now on this is said of these figures in this period."""
    c = t.module_figure.c
    first, last = (day.isoformat() for day in period)
    same = (c.home_id == home_id, c.module == module, c.first_day == first, c.last_day == last)
    connection.execute(delete(t.module_figure).where(*same, c.indicator.in_(list(said))))
    key: dict[str, Any] = {"home_id": home_id, "module": module, "first_day": first, "last_day": last}
    key |= {"set_at": now, "set_by": staff_no}
    rows = [key | {"indicator": name} | _row(one) for name, one in said.items()]
    if rows:
        connection.execute(t.module_figure.insert(), rows)


def anything(connection: Connection, home_id: HomeId, modules: Iterable[str]) -> bool:
    """Whether anything is said of these modules' figures."""
    c = t.module_figure.c
    where = (c.home_id == home_id, c.module.in_(list(modules)))
    return connection.execute(select(c.indicator).where(*where).limit(1)).first() is not None


def _row(said: Said) -> dict[str, Any]:
    return {
        "target": said.target,
        "relation": said.relation.value,
        "bound": said.bound,
        "withheld": said.withheld,
        "note": said.note,
        "note_en": said.note_en,
    }


def _said(row: Any) -> Said:
    return Said(row.target, Relation(row.relation), row.bound, row.withheld, row.note, row.note_en)
