"""The city's rules, version by version."""

from datetime import date, datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select

from cardsvc.core.ids import HomeId, StaffNo
from cardsvc.core.local_time import local
from cardsvc.core.policy import Policy
from cardsvc.store import reading
from cardsvc.store import tables as t

POLICY = TypeAdapter(Policy)


def policy_of(connection: Connection, home_id: HomeId, now: datetime) -> Policy:
    """The rules in force today; those of the product when the city has set none."""
    return policy_on(connection, home_id, local(now).date())


def policy_on(connection: Connection, home_id: HomeId, day: date) -> Policy:
    """The rules of a local day, as they are known now."""
    row = connection.execute(reading.RULES, {"of_home": home_id, "day": day.isoformat()}).one_or_none()
    return reading.policy(row.body) if row is not None else Policy()


def policies(connection: Connection, home_id: HomeId) -> list[tuple[Policy, datetime, StaffNo, StaffNo]]:
    """All versions, the newest first: the rules, when and by whom they were made."""
    c = t.policy.c
    rows = connection.execute(select(t.policy).where(c.home_id == home_id).order_by(c.version.desc()))
    return [(POLICY.validate_json(row.body), row.made_at, StaffNo(row.made_by), StaffNo(row.second)) for row in rows]


def keep_policy(
    connection: Connection, home_id: HomeId, policy: Policy, now: datetime, made_by: StaffNo, second: StaffNo
) -> Policy:
    """Keep a new version; its number follows the newest. Stations learn it with their next hello."""
    c, h = t.policy.c, t.home.c
    newest = connection.execute(select(func.max(c.version)).where(c.home_id == home_id)).scalar_one() or 0
    kept = policy.model_copy(update={"version": newest + 1})
    connection.execute(
        t.policy.insert().values(
            home_id=home_id,
            version=kept.version,
            valid_from=kept.valid_from.isoformat(),
            body=kept.model_dump_json(),
            made_at=now,
            made_by=made_by,
            second=second,
        )
    )
    connection.execute(t.home.update().where(h.home_id == home_id).values(setup_version=h.setup_version + 1))
    return kept
