"""What a home allows its stations without network."""

from pydantic import TypeAdapter
from sqlalchemy import Connection, select, update

from cardsvc.core.ids import HomeId
from cardsvc.core.snapshot import Limits
from cardsvc.store import tables as t

LIMITS = TypeAdapter(Limits)


def limits_of(connection: Connection, home_id: HomeId) -> Limits:
    """The limits in force; what was never set is as the model has it."""
    h = t.home.c
    return LIMITS.validate_json(connection.execute(select(h.limits).where(h.home_id == home_id)).scalar_one())


def keep(connection: Connection, home_id: HomeId, limits: Limits) -> None:
    """Keep limits that were changed; every station learns them with its next hello."""
    h = t.home.c
    values = {"limits": limits.model_dump_json(exclude_defaults=True), "setup_version": h.setup_version + 1}
    connection.execute(update(t.home).where(h.home_id == home_id).values(values))
