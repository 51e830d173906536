"""Which waivers a person has by the registers of relief: 低保 and 特困 by household, 重残单人保 as 低保, orphans."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Connection, text

from cardsvc.core.registers import Entitlement
from cardsvc.core.standing import on_day, weaker
from cardsvc.core.terms import WaiverFor
from cardsvc.modules import Stood

MEMBERS = text(
    "SELECT h.id, h.number, h.kind, m.id AS own_id FROM social_relief_member m"
    " JOIN social_relief_household h ON h.home_id = m.home_id AND h.id = m.household"
    " WHERE m.id_no_blind = :person ORDER BY h.number"
)
SINGLES = text("SELECT * FROM social_relief_single WHERE id_no_blind = :person ORDER BY number")
ORPHANS = text("SELECT * FROM social_relief_orphan WHERE id_no_blind = :person AND kind = 'orphan' ORDER BY number")
BY_KIND = {"subsistence": WaiverFor.LOW_INCOME, "destitute": WaiverFor.DESTITUTE}
"""Which waiver a household's kind gives; a borderline household has none."""


def waivers(connection: Connection, person: str, day: date, stood: Stood) -> Iterable[Entitlement]:
    """The records of a person that were in force, suspended or withdrawn on a local day (MODULES.md, cross-link 1).

    `person` is the blind index of an ID number. A member stands as the weaker of their own record and the household's.
    """
    return [*_by_household(connection, person, day, stood), *_by_own_record(connection, person, day, stood)]


def _by_household(connection: Connection, person: str, day: date, stood: Stood) -> Iterator[Entitlement]:
    for row in connection.execute(MEMBERS, {"person": person}).mappings():
        state = weaker(on_day(stood("household", row["id"]), day), on_day(stood("member", row["own_id"]), day))
        category = BY_KIND.get(row["kind"])
        if state is not None and category is not None:
            yield Entitlement(person=person, category=category, number=row["number"], state=state, on=day)


def _by_own_record(connection: Connection, person: str, day: date, stood: Stood) -> Iterator[Entitlement]:
    for record, query, category in (("single", SINGLES, WaiverFor.LOW_INCOME), ("orphan", ORPHANS, WaiverFor.ORPHAN)):
        for row in connection.execute(query, {"person": person}).mappings():
            state = on_day(stood(record, row["id"]), day)
            if state is not None:
                yield Entitlement(person=person, category=category, number=row["number"], state=state, on=day)
