"""Which waivers a person has as a beneficiary: a martyr's family its own, all others as 优抚对象."""

from collections.abc import Iterable, Iterator
from datetime import date

from sqlalchemy import Connection, text

from cardsvc.core.registers import Entitlement
from cardsvc.core.standing import on_day
from cardsvc.core.terms import WaiverFor
from cardsvc.modules import Stood

BENEFICIARIES = text("SELECT * FROM veterans_beneficiary WHERE id_no_blind = :person ORDER BY number")
FAMILIES = frozenset({"martyr_family", "martyr_child"})


def waivers(connection: Connection, person: str, day: date, stood: Stood) -> Iterable[Entitlement]:
    """The records of a person that were in force, suspended or withdrawn on a local day (MODULES.md, cross-link 1).

    `person` is the blind index of an ID number.
    """
    return list(_found(connection, person, day, stood))


def _found(connection: Connection, person: str, day: date, stood: Stood) -> Iterator[Entitlement]:
    for row in connection.execute(BENEFICIARIES, {"person": person}).mappings():
        state = on_day(stood("beneficiary", row["id"]), day)
        if state is not None:
            category = WaiverFor.MARTYR_FAMILY if row["category"] in FAMILIES else WaiverFor.VETERAN
            yield Entitlement(person=person, category=category, number=row["number"], state=state, on=day)
