"""Which waivers a person has by the registers of relief: 低保 and 特困 by household, 重残单人保 as 低保, orphans."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Connection, text

from cardsvc.core.registers import Entitlement
from cardsvc.core.standing import on_day, weaker
from cardsvc.core.terms import WaiverFor

MEMBERS = text(
    "SELECT h.number, h.kind, h.state, h.since, h.until, h.suspended_on, h.resumed_on, h.ended_on,"
    " m.state AS own_state, m.since AS own_since, m.until AS own_until, m.suspended_on AS own_suspended_on,"
    " m.resumed_on AS own_resumed_on, m.ended_on AS own_ended_on"
    " FROM social_relief_member m"
    " JOIN social_relief_household h ON h.home_id = m.home_id AND h.id = m.household"
    " WHERE m.id_no_blind = :person ORDER BY h.number"
)
SINGLES = text("SELECT * FROM social_relief_single WHERE id_no_blind = :person ORDER BY number")
ORPHANS = text("SELECT * FROM social_relief_orphan WHERE id_no_blind = :person AND kind = 'orphan' ORDER BY number")
BY_KIND = {"subsistence": WaiverFor.LOW_INCOME, "destitute": WaiverFor.DESTITUTE}
"""Which waiver a household's kind gives; a borderline household has none."""
DAYS = ("state", "since", "until", "suspended_on", "resumed_on", "ended_on")


def waivers(connection: Connection, person: str, day: date) -> Iterable[Entitlement]:
    """The records of a person that were in force, suspended or withdrawn on a local day (MODULES.md, cross-link 1).

    `person` is the blind index of an ID number. A member stands as the weaker of their own record and the household's.
    """
    return [*_by_household(connection, person, day), *_by_own_record(connection, person, day)]


def _by_household(connection: Connection, person: str, day: date) -> Iterator[Entitlement]:
    for row in connection.execute(MEMBERS, {"person": person}).mappings():
        own = {name: row[f"own_{name}"] for name in DAYS}
        state = weaker(on_day(dict(row), day), on_day(own, day))
        category = BY_KIND.get(row["kind"])
        if state is not None and category is not None:
            yield Entitlement(person=person, category=category, number=row["number"], state=state, on=day)


def _by_own_record(connection: Connection, person: str, day: date) -> Iterator[Entitlement]:
    for query, category in ((SINGLES, WaiverFor.LOW_INCOME), (ORPHANS, WaiverFor.ORPHAN)):
        for row in connection.execute(query, {"person": person}).mappings():
            state = on_day(dict(row), day)
            if state is not None:
                yield Entitlement(person=person, category=category, number=row["number"], state=state, on=day)
