"""The city's waiver tables, version by version."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.waivers import WaiverTable
from cardsvc.store import tables as t

WAIVERS = TypeAdapter(WaiverTable)


@dataclass(frozen=True, slots=True)
class Version:
    """A table as set: when and by which two people; None of the one that was founded with the home."""

    table: WaiverTable
    made_at: datetime | None
    made_by: StaffNo | None
    second: StaffNo | None


def versions(connection: Connection, home_id: HomeId) -> list[Version]:
    """All versions, the newest first."""
    c = t.waiver_table.c
    rows = connection.execute(select(t.waiver_table).where(c.home_id == home_id).order_by(c.version.desc()))
    return [Version(WAIVERS.validate_json(one.body), one.made_at, one.made_by, one.second) for one in rows]


def keep(
    connection: Connection, home_id: HomeId, table: WaiverTable, by: StaffNo, second: StaffNo, now: datetime
) -> WaiverTable:
    """Keep a new version; its number follows the newest."""
    c = t.waiver_table.c
    newest = connection.execute(select(func.max(c.version)).where(c.home_id == home_id)).scalar_one() or 0
    kept = table.model_copy(update={"version": newest + 1})
    row = {"home_id": home_id, "version": kept.version, "valid_from": kept.valid_from.isoformat()}
    who = {"made_by": by, "second": second, "made_at": now}
    connection.execute(t.waiver_table.insert().values(**row, **who, body=kept.model_dump_json()))
    return kept
